import type { CompiledMessage } from '../model/context.js';
import { validateContent } from '../model/content.js';
import { InvalidArgumentError } from '../model/errors.js';
import { moveHead, requireAttached } from './head.js';
import type { Scope } from './scope.js';
import { requireMessage, writeCommit } from './write-commit.js';

export interface ReorderResult {
  /** What a model may stumble over in the new order; it was made all the same. */
  readonly warnings: readonly string[];
  readonly head: string;
}

/**
 * Puts messages first, in this order; the rest keep theirs (SPEC §2, §9.3).
 * @throws InvalidArgumentError for an empty list or a message named twice, TargetError, DetachedHeadError
 */
export async function reorder(scope: Scope, hashes: readonly string[]): Promise<ReorderResult> {
  const head = requireAttached(scope, 'reorder');
  if (hashes.length === 0)
    throw new InvalidArgumentError('Name at least one commit to put first. Nothing was changed.');
  if (new Set(hashes).size < hashes.length)
    throw new InvalidArgumentError('A commit is named twice. Nothing was changed.');
  for (const hash of hashes) requireMessage(scope, hash, head.hash, 'reorder');
  const { compiler } = scope.env;
  const before = await compiler.compile(scope.tx, head.hash);
  const content = validateContent({ content_type: 'order', hashes }, scope.env.types);
  const message = `reorder ${hashes.length} message${hashes.length === 1 ? '' : 's'}`;
  const stored = writeCommit(scope, {
    operation: 'reorder',
    content,
    parentHash: head.hash,
    targets: hashes,
    options: { message },
  });
  moveHead(scope, stored.commitHash);
  const after = await compiler.compile(scope.tx, stored.commitHash);
  return { warnings: warnings(before.messages, after.messages), head: stored.commitHash };
}

function warnings(before: readonly CompiledMessage[], after: readonly CompiledMessage[]): readonly string[] {
  const place = new Map(after.map((message, i) => [message.commitHash, i]));
  const at = (message: CompiledMessage) => place.get(message.commitHash) ?? -1;
  const found: string[] = [];
  let question: CompiledMessage | undefined;
  let lastCall: CompiledMessage | undefined;
  const calls = new Map<string, CompiledMessage>();
  for (const message of before) {
    if (message.role === 'user') question = message;
    for (const call of message.toolCalls ?? []) calls.set(call.id, message);
    if (message.direction === 'call') lastCall = message;
    const call = callOf(message, calls, lastCall);
    if (call && at(message) < at(call))
      found.push(
        `Tool result ${message.commitHash.slice(0, 8)} now comes before its call ${call.commitHash.slice(0, 8)}.`,
      );
    if (message.role === 'assistant' && question && at(message) < at(question)) {
      found.push(
        `Answer ${message.commitHash.slice(0, 8)} now comes before its question ${question.commitHash.slice(0, 8)}.`,
      );
    }
  }
  return found;
}

/** The call a tool result answers: by its id, else the nearest call before it. */
function callOf(
  message: CompiledMessage,
  calls: ReadonlyMap<string, CompiledMessage>,
  lastCall: CompiledMessage | undefined,
): CompiledMessage | undefined {
  if (message.toolCallId !== null) return calls.get(message.toolCallId);
  return message.direction === 'result' ? lastCall : undefined;
}

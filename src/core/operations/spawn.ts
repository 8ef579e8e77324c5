import { resolveRef } from '../graph/resolve.js';
import { checkArgument, checkOptions, oneOf, TEXT } from '../model/arguments.js';
import type { StoredTract } from '../model/tract.js';
import { validateContent } from '../model/content.js';
import { toTimestampIso } from '../model/timestamp.js';
import { moveHead, readHead } from './head.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

export interface SpawnOptions {
  /** The commit to start from; HEAD when left out. */
  readonly at?: string;
  readonly purpose: string;
  /** `full`: the whole history; `snapshot`: the compiled messages as fresh commits; `empty`: nothing. */
  readonly mode?: 'full' | 'snapshot' | 'empty';
  readonly name?: string;
}

/** @throws InvalidArgumentError */
export function checkSpawnOptions(options: SpawnOptions): void {
  checkOptions(options, { at: TEXT, mode: oneOf(['full', 'snapshot', 'empty']), name: TEXT });
  checkArgument('purpose', options.purpose, TEXT);
}

/**
 * Makes a child tract of a commit (SPEC §9.7) and returns its row.
 * @throws CommitNotFoundError
 */
export async function spawn(scope: Scope, options: SpawnOptions): Promise<StoredTract> {
  const { tx, tractId, env } = scope;
  const { purpose, mode = 'full', name = purpose } = options;
  const at = options.at === undefined ? readHead(tx, tractId).hash : resolveRef(tx, tractId, options.at);
  const tract: StoredTract = {
    tractId: env.newId(),
    name: name === '' ? 'child' : name,
    createdAt: toTimestampIso(env.clock()),
    spawn: { tractId, commitHash: at, purpose, mode },
    collapsedInto: null,
    source: null,
  };
  tx.put({ kind: 'tract', tract });
  const child: Scope = { ...scope, tractId: tract.tractId };
  if (mode === 'full' && at !== null) moveHead(child, at);
  if (mode === 'snapshot' && at !== null) await copyContext(child, at);
  return tract;
}

async function copyContext(child: Scope, at: string): Promise<void> {
  const context = await child.env.compiler.compile(child.tx, at);
  let parentHash: string | null = null;
  for (const message of context.messages) {
    const content =
      message.role === 'system'
        ? { content_type: 'instruction', text: message.content }
        : { content_type: 'dialogue', role: message.role, text: message.content, name: message.name };
    const metadata = {
      spawned_from: message.commitHash,
      ...(message.toolCalls ? { tool_calls: message.toolCalls } : {}),
      ...(message.toolCallId ? { tool_call_id: message.toolCallId } : {}),
    };
    const commit = writeCommit(child, {
      operation: 'append',
      content: validateContent(content, child.env.types),
      parentHash,
      options: { metadata, generationConfig: message.generationConfig },
    });
    parentHash = commit.commitHash;
  }
  if (parentHash !== null) moveHead(child, parentHash);
}

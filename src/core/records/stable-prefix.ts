import type { CompiledMessage } from '../model/context.js';
import { canonicalJson } from '../model/canonical.js';

/**
 * How many leading messages of a context equal those of the one before (SPEC §7): what a provider's prompt cache can reuse. Tokens
 * are the messages' own. Different tools change the request from its start: then nothing is stable.
 */
export function stablePrefix(
  before: { readonly messages: readonly CompiledMessage[]; readonly toolsHash: string | null } | null,
  now: { readonly messages: readonly CompiledMessage[]; readonly toolsHash: string | null },
): { readonly messages: number; readonly tokens: number } {
  if (before === null || before.toolsHash !== now.toolsHash) return { messages: 0, tokens: 0 };
  let tokens = 0;
  let count = 0;
  for (const message of now.messages) {
    const other = before.messages[count];
    if (!other || !sameForModel(other, message)) break;
    tokens += message.tokenCount;
    count++;
  }
  return { messages: count, tokens };
}

/** Whether a model is sent the same for both. Identity decides nearly always: equal slot states share one message object. */
function sameForModel(a: CompiledMessage, b: CompiledMessage): boolean {
  return (
    a === b ||
    (a.role === b.role &&
      a.content === b.content &&
      a.name === b.name &&
      a.toolCallId === b.toolCallId &&
      canonicalJson(a.toolCalls) === canonicalJson(b.toolCalls))
  );
}

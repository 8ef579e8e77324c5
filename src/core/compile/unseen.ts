import type { Environment } from '../environment.js';
import { lineOf } from '../graph/history.js';
import type { CompileSource } from './compiler.js';
import { estimatedTokens } from './render.js';
import type { Tokenizer } from '../ports/tokenizer.js';

/** How far back a report is looked for; older ones say little about today's system prompt. */
const MAX_BACK = 200;

/**
 * Tokens of a request that no transcript holds, such as an agent's system prompt and tool definitions (Annex B.10): reported −
 * estimated at the nearest reported ancestor, not across a compression; 0 when there is none. Shown, never used for limits.
 */
export async function unseenTokens(
  compiler: Environment['compiler'],
  source: CompileSource,
  head: string | null,
  tokenizer: Tokenizer,
): Promise<number> {
  if (head === null) return 0;
  let steps = 0;
  for (const commit of lineOf(source, head)) {
    const report = source.latestUsage(commit.commitHash, '');
    if (report) {
      const estimate = estimatedTokens(await compiler.snapshot(source, commit.commitHash), tokenizer);
      return Math.max(0, report.usage.promptTokens - estimate);
    }
    if (commit.operation === 'compress' || ++steps === MAX_BACK) return 0;
  }
  return 0;
}

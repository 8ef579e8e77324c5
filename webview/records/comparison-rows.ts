import type { MessageDiffView } from '../../src/shared/record-view.js';

/** A row of a comparison: one changed message, or a run of unchanged ones folded into one line. */
export type ComparisonRow =
  | { readonly kind: 'message'; readonly diff: MessageDiffView }
  | { readonly kind: 'fold'; readonly key: string; readonly count: number; readonly tokens: number };

/** Folds runs of two or more unchanged messages, unless they were opened. O(messages). */
export function comparisonRows(
  messages: readonly MessageDiffView[],
  opened: ReadonlySet<string>,
): readonly ComparisonRow[] {
  const rows: ComparisonRow[] = [];
  let start = 0;
  while (start < messages.length) {
    const first = messages[start];
    if (!first) break;
    let end = start;
    let tokens = 0;
    while (messages[end]?.status === 'unchanged') {
      tokens += messages[end]?.tokensB ?? 0;
      end++;
    }
    const key = `fold-${first.hash}`;
    if (end - start >= 2 && !opened.has(key)) {
      rows.push({ kind: 'fold', key, count: end - start, tokens });
      start = end;
      continue;
    }
    const stop = Math.max(end, start + 1);
    for (const diff of messages.slice(start, stop)) rows.push({ kind: 'message', diff });
    start = stop;
  }
  return rows;
}

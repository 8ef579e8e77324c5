import type * as vscode from 'vscode';
import type { CountedDocument } from './counted-document.js';

/** Tokens of the selections together, each counted as a text of its own; null when nothing is selected or not counted yet. */
export function selectedTokens(
  { document, counter }: CountedDocument,
  selections: readonly vscode.Selection[],
): number | null {
  const counts = selections
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ start, end }) => counter.countRange(document.offsetAt(start), document.offsetAt(end)));
  if (counts.length === 0 || counts.includes(null)) return null;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

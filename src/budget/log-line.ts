import type { BudgetSelection } from './selection.js';

const MOST_PATHS = 10;
const LONGEST_PATH = 200;

/** A path on one line: control characters and line separators become spaces, long paths keep their end. */
function onOneLine(path: string): string {
  const safe = path.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  return safe.length > LONGEST_PATH ? `…${safe.slice(-LONGEST_PATH)}` : safe;
}

/**
 * The one log line of a selection (SPEC §12): counts, and at most 10 paths in all, kept before omitted. Never a content,
 * never the query. `substituted` = files represented by summaries.
 */
export function selectionLogLine(selection: BudgetSelection, substituted = 0): string {
  const { kept, omitted, embedding } = selection;
  const keptPaths = kept.slice(0, MOST_PATHS).map(({ path }) => onOneLine(path));
  const omittedPaths = omitted.slice(0, MOST_PATHS - keptPaths.length).map(onOneLine);
  const more = kept.length + omitted.length - keptPaths.length - omittedPaths.length;
  return [
    'File selection:',
    `mode=${selection.mode}${embedding.fallbackReason === null ? '' : `(${embedding.fallbackReason})`}`,
    `kept=${selection.filesKeptCount} omitted=${selection.filesOmittedCount} substituted=${substituted}`,
    `tokens=${selection.usedTokensEst}/${selection.budgetTokens} pinned=${selection.pinnedTokens}`,
    `overBudget=${selection.overBudget}`,
    `hits=${embedding.hits} misses=${embedding.misses} calls=${embedding.calls} cap=${embedding.capValue}`,
    `kept: [${keptPaths.join(', ')}] omitted: [${omittedPaths.join(', ')}]${more > 0 ? ` and ${more} more` : ''}`,
  ].join(' ');
}

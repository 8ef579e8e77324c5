import * as vscode from 'vscode';
import { fullCount, percent } from '../../shared/format.js';
import type { DocumentBlock } from '../../tokens/documents/block.js';
import type { BlockTokens } from '../../tokens/documents/count-block.js';
import { describeCounting, type Counting } from './counting.js';

/** The command that commits a part of a document. */
export const COMMIT_SECTION = 'tract.commitSection';

/** What a hover over a count says: tokens, whether exact, share of the budget, and the way into the context (SPEC §15). */
export function blockHover(
  uri: vscode.Uri,
  block: DocumentBlock,
  { own, total }: BlockTokens,
  counting: Counting,
): vscode.MarkdownString {
  const mark = counting.estimated ? '~' : '';
  const lines = [`**${mark}${vscode.l10n.t('{0} tokens', fullCount(own))}** · ${describeCounting(counting)}`];
  if (total !== own) lines.push(vscode.l10n.t('{0}{1} with its sub-sections', mark, fullCount(total)));
  if (block.kind === 'message') lines.push(vscode.l10n.t('As a message: 3 more than its strings, 1 for a name.'));
  if (block.kind === 'chat') lines.push(vscode.l10n.t('All messages with their tools, and 3 for the answer to begin.'));
  if (block.kind === 'tool' || block.kind === 'tools') lines.push(vscode.l10n.t('As JSON, the way tools are sent.'));
  lines.push(budgetLine(total, counting));
  if (block.kind === 'section' || block.kind === 'message') {
    const argument = encodeURIComponent(JSON.stringify([{ uri: uri.toString(), start: block.start }]));
    lines.push(
      `[$(git-commit) ${vscode.l10n.t('Commit this section to context')}](command:${COMMIT_SECTION}?${argument})`,
    );
  }
  const hover = new vscode.MarkdownString(lines.filter((line) => line !== '').join('\n\n'), true);
  // A model's name may come from the workspace's settings: only this command may be run from here.
  hover.isTrusted = { enabledCommands: [COMMIT_SECTION] };
  return hover;
}

/** `3% of the budget of 200,000 tokens`; empty without a budget. */
export function budgetLine(tokens: number, { available }: Counting): string {
  if (available === null || available === 0) return '';
  return vscode.l10n.t('{0} of the budget of {1} tokens', percent(tokens / available), fullCount(available));
}

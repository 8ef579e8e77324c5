import * as vscode from 'vscode';
import type { CompressPlan } from '../../core/operations/compress-plan.js';
import { nodePatternTest } from '../../node/pattern-test.js';
import { fullCount } from '../../shared/format.js';
import type { TractWindow } from '../window.js';
import { withModel } from './with-model.js';

/** A line that parts the summaries of several groups in one document. */
const DIVIDER = /^<!-- summary \d+ of \d+ -->$/m;

/**
 * A model's summaries for a plan, as one text to be edited and approved (SPEC §9.4); null when the person writes it; undefined when
 * they left. Nothing is changed by it.
 */
export async function proposeSummaries(window: TractWindow, plan: CompressPlan): Promise<string | null | undefined> {
  const id = window.models.chosen('compress');
  if (id === null || window.models.refusal !== null) return null;
  const tokens = plan.groups.reduce((sum, group) => sum + group.tokens, 0);
  const byModel = {
    label: `$(sparkle) ${vscode.l10n.t('Let {0} write the summary', id)}`,
    detail: vscode.l10n.t('sends ~{0} tokens; you see and edit the summary before it holds', fullCount(tokens)),
  };
  const byHand = { label: `$(edit) ${vscode.l10n.t('Write it myself')}` };
  const chosen = await vscode.window.showQuickPick([byModel, byHand], {
    title: vscode.l10n.t('Compress: the Summary'),
  });
  if (chosen === undefined) return undefined;
  if (chosen === byHand) return null;
  const { summaries } = await import('../../core/operations/compress-range.js');
  const texts = await withModel(window, 'compress', vscode.l10n.t('Writing a summary'), (model, signal) =>
    summaries({ model, testPattern: nodePatternTest }, plan, { signal }),
  );
  return texts && joinSummaries(texts);
}

/** One text for several summaries; one alone is itself. */
export function joinSummaries(texts: readonly string[]): string {
  if (texts.length === 1) return texts[0] ?? '';
  return texts.map((text, i) => `<!-- summary ${i + 1} of ${texts.length} -->\n${text}`).join('\n\n');
}

/** What `joinSummaries` joined, as it was edited. */
export function splitSummaries(text: string): readonly string[] {
  if (!DIVIDER.test(text)) return [text];
  // What stands above the first divider is no summary.
  return text
    .split(DIVIDER)
    .slice(1)
    .map((part) => part.trim());
}

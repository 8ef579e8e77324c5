import * as vscode from 'vscode';
import {
  metricsRow,
  recordMetrics,
  selectionLogLine,
  type BudgetSelection,
  type CandidateFile,
} from '../../budget/index.js';
import { toTimestampIso } from '../../core/model/timestamp.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { compactCount } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import { contextBudget } from '../context-budget.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { askRequest } from './ask-request.js';
import { committedFiles } from './committed-files.js';
import { choosePlanned } from './choose-planned.js';
import { planFiles } from './plan-files.js';

/** What `Tract: Add Workspace Files to Context…` did. */
export interface AddedFiles {
  readonly added: readonly string[];
  /** In the context already and changed since: committed as an edit. */
  readonly changed: readonly string[];
  /** In the context already, as they are. */
  readonly unchanged: readonly string[];
  readonly omitted: readonly string[];
}

/**
 * Asks, plans in the background, shows the plan, and commits what is kept as one step that one Undo takes back (SPEC §12).
 * `options` of programs answer the questions.
 */
export async function addFiles(
  window: TractWindow,
  resources: readonly vscode.Uri[],
  options: unknown,
): Promise<AddedFiles | undefined> {
  const store = await window.store.open();
  const tract = (await window.store.active()) ?? (await window.store.create(vscode.workspace.name ?? 'main'));
  const { available } = contextBudget(store, tract.tractId);
  const request = await askRequest(resources, options, available);
  if (request === undefined) return undefined;
  const plan = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Tract: choosing files'),
      cancellable: true,
    },
    (_progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort(new vscode.CancellationError());
      });
      return planFiles(request, controller.signal);
    },
  );
  if (plan.selection.perFile.length === 0)
    throw new WindowError(
      vscode.l10n.t('There is no file to add here: the rest is ignored, secret, binary or too large.'),
    );
  const known = committedFiles(store, tract.head);
  const kept = request.confirmed
    ? plan.selection.kept.map(({ path }) => path)
    : await choosePlanned(plan, request, known);
  if (kept === undefined) return undefined;
  const chosen = kept.flatMap((path) => plan.files.get(path) ?? []);
  const result = await commitFiles(store, tract, chosen);
  window.log.info(selectionLogLine(plan.selection));
  await record(window, store, tract, keepOnly(plan.selection, kept));
  const text = vscode.l10n.t(
    'Added {0}, {1} of them changed since; {2} tokens.',
    counted(result.added.length + result.changed.length, 'file', 'files'),
    result.changed.length,
    compactCount(plan.selection.usedTokensEst),
  );
  vscode.window.setStatusBarMessage(`$(check) ${text}`, 5000);
  const all = plan.selection.perFile.map(({ path }) => path);
  return { ...result, omitted: all.filter((path) => !kept.includes(path)) };
}

/** One atomic write: new files are artifacts, changed ones edits of theirs; files that are as they were are left alone. */
async function commitFiles(
  store: Store,
  tract: Tract,
  files: readonly CandidateFile[],
): Promise<Omit<AddedFiles, 'omitted'>> {
  const known = committedFiles(store, tract.head);
  const added: string[] = [];
  const changed: string[] = [];
  const unchanged: string[] = [];
  await tract.batch(async (batch) => {
    for (const { path, content, contentHash } of files) {
      const before = known.get(path);
      const artifact = { content_type: 'artifact', artifact_type: 'file', content, language: null };
      const options = { message: path, metadata: { path, role: 'user', content_hash: contentHash } };
      if (before === undefined) {
        await batch.commit(artifact, options);
        added.push(path);
      } else if (before.contentHash !== contentHash) {
        await batch.edit(before.commitHash, artifact, options);
        changed.push(path);
      } else unchanged.push(path);
    }
  });
  return { added, changed, unchanged };
}

/** The selection as the person left it. */
function keepOnly(selection: BudgetSelection, kept: readonly string[]): BudgetSelection {
  const wanted = new Set(kept);
  const files = selection.perFile.filter(({ path }) => wanted.has(path));
  return {
    ...selection,
    usedTokensEst: files.reduce((sum, { tokens }) => sum + tokens, 0),
    filesKeptCount: files.length,
    filesOmittedCount: selection.perFile.length - files.length,
  };
}

/** One row of the metrics, under the commit the files ended at. Its failure only warns (SPEC §12). */
async function record({ log }: TractWindow, store: Store, tract: Tract, selection: BudgetSelection): Promise<void> {
  const row = metricsRow({
    runId: tract.tractId,
    phase: tract.head ?? tract.tractId,
    outcome: 'committed',
    createdAt: toTimestampIso(store.env.clock()),
    selection,
  });
  const write = async () => {
    await store.storage.write([{ kind: 'metrics', row }]);
    return true;
  };
  await recordMetrics(write, row, (message) => {
    log.warn(message);
  });
}

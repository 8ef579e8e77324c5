import * as vscode from 'vscode';
import type { RefusalReason } from '../../budget/workspace-files.js';
import type { PlanFileView, PlanView } from '../../shared/plan-view.js';
import type { Candidates } from './candidates.js';
import type { Choice, FileWishes } from './choose-files.js';
import type { CommittedFile } from './committed-files.js';
import type { PlannedFile } from './planned-file.js';

/** Files not read that are named one by one. */
const SKIPPED = 200;

/** What a plan knows when it is drawn. */
export interface PlanState {
  readonly id: string;
  readonly from: readonly string[];
  readonly wishes: FileWishes;
  readonly state: PlanView['state'];
  readonly candidates: Candidates | null;
  readonly choice: Choice | null;
  readonly files: readonly PlannedFile[];
  /** Files of the context by path. */
  readonly inContext: ReadonlyMap<string, CommittedFile>;
}

/** The plan for the panel. O(files). */
export function planView(plan: PlanState): PlanView {
  const { wishes, choice, candidates } = plan;
  const deliverables = new Set(wishes.deliverables);
  const modifiable = new Set(wishes.modifiable);
  const hashes = new Map(candidates?.files.map(({ path, contentHash }) => [path, contentHash]));
  const used = plan.files.reduce((sum, { kept, tokens }) => sum + (kept ? tokens : 0), 0);
  const files = plan.files.map((file): PlanFileView => {
    const { path, substitution } = file;
    const before = plan.inContext.get(path);
    return {
      path,
      tokens: substitution?.fullFileTokens ?? file.tokens,
      score: file.reason === 'pinned' ? null : file.score,
      reason: file.moved ? 'moved' : file.reason,
      kept: file.kept,
      deliverable: deliverables.has(path),
      modifiable: modifiable.has(path),
      substitution: substitution && {
        label: label(substitution.source, substitution.paths.length),
        tokens: substitution.artifactTokens,
        saves: substitution.fullFileTokens - substitution.artifactTokens,
      },
      inContext: before !== undefined,
      changedSince: before !== undefined && before.contentHash !== hashes.get(path),
    };
  });
  const refused = candidates?.refused ?? [];
  const cut = candidates?.truncated ?? [];
  const embedding = choice?.selection.embedding;
  return {
    id: plan.id,
    query: wishes.query,
    from: plan.from.length === 0 ? vscode.l10n.t('whole workspace') : plan.from.join(', '),
    state: plan.state,
    mode: choice?.selection.mode ?? 'lexical',
    fallbackReason: embedding?.fallbackReason ?? null,
    exact: choice?.exact ?? false,
    used,
    cap: wishes.budgetTokens,
    overBudget: used > wishes.budgetTokens,
    files,
    skipped: [
      ...cut.map(({ folder, limit }) => ({
        path: `${folder}/`,
        reason: vscode.l10n.t('only its first {0} files are here', limit),
      })),
      ...refused.slice(0, SKIPPED).map(({ path, reason }) => ({ path, reason: refusalText(reason) })),
    ],
    skippedCount: refused.length + cut.length,
    embedding: {
      hits: embedding?.hits ?? 0,
      misses: embedding?.misses ?? 0,
      calls: embedding?.calls ?? 0,
      cap: embedding?.capValue ?? 0,
    },
  };
}

function label(source: 'file' | 'history_pack' | 'session', files: number): string {
  const what = {
    file: vscode.l10n.t('summary'),
    history_pack: vscode.l10n.t('history pack'),
    session: vscode.l10n.t('session summary'),
  }[source];
  return files === 1 ? what : vscode.l10n.t('{0} of {1} files', what, files);
}

/** Why a file was not read, for a person. */
export function refusalText(reason: RefusalReason): string {
  switch (reason) {
    case 'outside':
      return vscode.l10n.t('outside the workspace');
    case 'secret':
      return vscode.l10n.t('may hold secrets');
    case 'ignored':
      return vscode.l10n.t('ignored by .gitignore');
    case 'excluded':
      return vscode.l10n.t('excluded by the settings');
    case 'missing':
      return vscode.l10n.t('not there');
    case 'not_a_file':
      return vscode.l10n.t('not a file');
    case 'too_large':
      return vscode.l10n.t('larger than 1 MiB');
    case 'binary':
      return vscode.l10n.t('not text');
    case 'unreadable':
      return vscode.l10n.t('cannot be read');
    case 'no_room':
      return vscode.l10n.t('too much text at once; choose a folder');
  }
}

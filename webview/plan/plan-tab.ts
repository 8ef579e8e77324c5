import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, fullCount, percent } from '../../src/shared/format.js';
import type { PlanFileView, PlanView } from '../../src/shared/plan-view.js';
import { icon, iconButton } from '../ui/controls.js';
import { emptyState } from '../ui/empty-state.js';
import { listOf, virtualList } from '../ui/list-of.js';
import type { Panel } from '../panel/panel-actions.js';
import { planToolbar } from './plan-toolbar.js';
import { costOf, planRows, savedBy, withMoved, type PlanRow } from './plan-rows.js';

const REASONS: Readonly<Record<PlanFileView['reason'], string>> = {
  pinned: 'Deliverable: always in',
  fit: 'Fits the budget',
  too_big: 'Larger than the whole budget',
  budget_exhausted: 'Does not fit what is left',
  moved: 'Moved by you',
};

/** The plan for workspace files: what goes in, what stays out, why, and what it costs (SPEC §12). */
export function planTab(panel: Panel): TemplateResult {
  const view = panel.views.plan;
  if (!view) return html`<div class="loading"></div>`;
  const rows = planRows(view);
  const busy = view.state !== 'ready';
  return html`<div class="tab-fill">
    ${planToolbar(panel, view)} ${planBar(view)}
    ${
      view.files.length === 0 && !busy
        ? emptyState(
            'files',
            'No files to choose from',
            'Every file was ignored or could not be read. Pick another folder.',
          )
        : virtualList(
            panel,
            'plan',
            'Files of the plan',
            listOf(rows, {
              rowHeight: 26,
              key: (row) => (row.kind === 'group' ? `group-${row.kept}` : row.file.path),
              selectable: (row) => row.kind === 'file',
              row: (row) => (row.kind === 'group' ? group(view, row) : fileRow(panel, view, row.file)),
              rowClass: (row) => (row.kind === 'group' ? 'group' : row.file.kept ? 'file kept' : 'file omitted'),
              label: (row) => (row.kind === 'group' ? (row.kept ? 'Kept' : 'Omitted') : describe(row.file)),
              open: (row) => {
                if (row.kind === 'file') panel.post({ type: 'planOpen', plan: view.id, path: row.file.path });
              },
              onKey: (row, event) => row.kind === 'file' && !busy && act(panel, view, row.file, event),
            }),
          )
    }
    ${skipped(view)}
  </div>`;
}

/** Space moves, D and M mark. */
function act(panel: Panel, view: PlanView, file: PlanFileView, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey) return false;
  if (key === 'd') mark(panel, view, file, 'deliverable');
  else if (key === 'm' && !file.deliverable) mark(panel, view, file, 'modifiable');
  else if (key === ' ' && !file.deliverable) move(panel, view, file);
  else return false;
  return true;
}

function mark(panel: Panel, view: PlanView, file: PlanFileView, as: 'deliverable' | 'modifiable'): void {
  panel.post({ type: 'planMark', plan: view.id, path: file.path, mark: as, on: !file[as] });
}

function move(panel: Panel, view: PlanView, file: PlanFileView): void {
  panel.showPlan(withMoved(view, file.path, !file.kept));
  panel.post({ type: 'planMove', plan: view.id, path: file.path, kept: !file.kept });
}

/** What a screen reader says of a row. */
function describe(file: PlanFileView): string {
  return [
    file.path,
    file.kept ? 'kept' : 'omitted',
    `${fullCount(costOf(file))} tokens`,
    REASONS[file.reason],
    ...(file.modifiable ? ['may be edited'] : []),
    ...(file.substitution ? [`${file.substitution.label}, saves ${fullCount(file.substitution.saves)}`] : []),
    ...(file.changedSince ? ['changed since it was committed'] : file.inContext ? ['in the context already'] : []),
  ].join(', ');
}

function planBar(view: PlanView): TemplateResult {
  const share = view.cap > 0 ? view.used / view.cap : view.used > 0 ? 1 : 0;
  const saved = savedBy(view);
  const sign = view.exact ? '' : '~';
  // A full budget is what a plan is for; only too much is worth a colour.
  const level = view.overBudget ? 'error' : 'ok';
  return html`<div class="plan-bar">
    <div class="budget-bar thin" role="img" aria-label=${`${fullCount(view.used)} of ${fullCount(view.cap)} tokens`}>
      <span class="part used level-${level}" .style=${`width: ${Math.min(100, share * 100).toFixed(2)}%`}></span
      ><span class="part free"></span>
    </div>
    <span
      ><b>${sign}${compactCount(view.used)}</b>
      <span class="quiet">/ ${compactCount(view.cap)} (${percent(share)})</span></span
    >
    ${view.overBudget ? html`<span class="over">${icon('warning')} over the budget</span>` : nothing}
    ${saved > 0 ? html`<span class="good">${icon('arrow-down')} ${sign}${compactCount(saved)} saved by summaries</span>` : nothing}
    <span
      class="quiet"
      title=${`Embeddings: ${view.embedding.hits} cached, ${view.embedding.misses} missed, ${view.embedding.calls} calls${
        view.embedding.cap < 0 ? '' : ` of at most ${view.embedding.cap}`
      }`}
      >${view.mode}${view.fallbackReason === null ? '' : `: ${view.fallbackReason}`}</span
    >
  </div>`;
}

function group(view: PlanView, row: Extract<PlanRow, { kind: 'group' }>): TemplateResult {
  return html`<div class="group-line">
    ${icon(row.kept ? 'check' : 'circle-slash')} <b>${row.kept ? 'Kept' : 'Omitted'}</b>
    <span class="quiet"
      >${counted(row.files, 'file', 'files')} · ${view.exact ? '' : '~'}${compactCount(row.tokens)} tokens</span
    >
  </div>`;
}

function fileRow(panel: Panel, view: PlanView, file: PlanFileView): TemplateResult {
  const slash = file.path.lastIndexOf('/') + 1;
  const sign = view.exact ? '' : '~';
  const busy = view.state !== 'ready';
  return html`<div class="file-line">
    ${iconButton(
      file.deliverable ? 'lock-small' : file.kept ? 'remove' : 'add',
      file.deliverable ? 'A deliverable is always in' : file.kept ? 'Leave out (Space)' : 'Put in (Space)',
      () => {
        move(panel, view, file);
      },
      { disabled: file.deliverable || busy, tabStop: false },
    )}
    <span class="file-path" title=${file.path}
      ><span class="file-name">${file.path.slice(slash)}</span>
      <span class="quiet">${file.path.slice(0, Math.max(0, slash - 1))}</span></span
    >
    <span class="marks"
      >${file.changedSince ? icon('history', 'Changed since it was committed') : file.inContext ? icon('check', 'In the context already') : nothing}${iconButton(
        'pinned',
        'Must be in (D)',
        () => {
          mark(panel, view, file, 'deliverable');
        },
        { pressed: file.deliverable, disabled: busy, tabStop: false },
      )}${iconButton(
        'edit',
        'May be edited: whole, and before files that are only read (M)',
        () => {
          mark(panel, view, file, 'modifiable');
        },
        { pressed: file.modifiable, disabled: busy || file.deliverable, tabStop: false },
      )}</span
    >
    <span class="reason quiet" title=${REASONS[file.reason]}
      >${file.substitution ? file.substitution.label : file.reason.replace('_', ' ')}</span
    >
    <span class="number score quiet" title="Relevance">${scoreText(view.mode, file.score)}</span>
    <span
      class="number"
      title=${file.substitution ? `${fullCount(file.tokens)} tokens whole, ${fullCount(file.substitution.saves)} saved` : `${fullCount(file.tokens)} tokens`}
      >${file.substitution ? html`<s class="quiet">${sign}${compactCount(file.tokens)}</s> ` : nothing}${sign}${compactCount(costOf(file))}</span
    >
  </div>`;
}

/** Lexical scores are whole numbers, cosines are not. */
function scoreText(mode: PlanView['mode'], score: number | null): string {
  if (score === null) return '';
  return mode === 'lexical' ? String(score) : score.toFixed(2);
}

const counted = (count: number, one: string, many: string) => `${fullCount(count)} ${count === 1 ? one : many}`;

function skipped(view: PlanView): TemplateResult | typeof nothing {
  if (view.skipped.length === 0) return nothing;
  return html`<details class="skipped-files">
    <summary>${counted(view.skippedCount, 'file or folder was', 'files and folders were')} not read</summary>
    <ul>
      ${view.skipped.map(({ path, reason }) => html`<li><span>${path}</span> <span class="quiet">${reason}</span></li>`)}
    </ul>
  </details>`;
}

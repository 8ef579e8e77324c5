import { html, type TemplateResult } from 'lit';
import type { EfficiencyView } from '../../src/shared/efficiency-view.js';
import { age, compactCount, fullCount, percent } from '../../src/shared/format.js';
import { button, dataGrid } from '../ui/controls.js';
import { emptyState } from '../ui/empty-state.js';
import type { Panel } from '../panel/panel-actions.js';

/** The newest rows the table shows; the plot has them all. */
const TABLE_ROWS = 100;

/** What selecting files saved over the calls of a tract (SPEC §12 Metrics). */
export function efficiencyTab(panel: Panel): TemplateResult {
  const view = panel.views.efficiency;
  if (!view || view.rows.length === 0) {
    return emptyState(
      'pulse',
      'No selections yet',
      'When workspace files were chosen for a call, what it used and saved shows here.',
      button('Add Workspace Files…', () => {
        panel.post({ type: 'command', command: 'addFiles' });
      }),
    );
  }
  return html`<div class="tab-scroll budget">
    <section class="card wide-card" aria-label="Totals">
      <dl class="facts">
        ${fact('Selections', selections(view))} ${fact('Saved', `~${compactCount(view.savedTotal)} tokens`)}
        ${fact('Utilisation', percent(view.utilisation))} ${fact('Modes', counts(view.modes))}
        ${fact('Outcomes', counts(view.outcomes))}
      </dl>
    </section>
    <section class="card wide-card" aria-label="Over time">
      <h2>Over time <span class="quiet">per selection</span></h2>
      <tract-plot
        aria-label=${`Tokens used, available and saved over ${view.rows.length} selections`}
        .data=${{
          format: compactCount,
          series: [
            { label: 'Used', color: '--vscode-charts-blue', filled: true, values: view.rows.map((row) => row.used) },
            {
              label: 'Budget',
              color: '--vscode-charts-foreground',
              dashed: true,
              values: view.rows.map((row) => row.cap),
            },
            { label: 'Saved', color: '--vscode-charts-green', values: view.rows.map((row) => row.saved) },
          ],
        }}
      ></tract-plot>
    </section>
    <section class="card wide-card grid-card" aria-label="Selections">${table(panel, view)}</section>
  </div>`;
}

function table(panel: Panel, view: EfficiencyView): TemplateResult {
  const rows = view.rows
    .slice(-TABLE_ROWS)
    .reverse()
    .map((row) => ({
      age: age(row.createdAt, panel.now),
      mode: row.fallbackReason === null ? row.mode : `${row.mode}: ${row.fallbackReason}`,
      used: `~${compactCount(row.used)} / ${compactCount(row.cap)}`,
      files: `${row.kept} kept, ${row.omitted} omitted`,
      saved: row.saved === 0 ? '–' : `~${compactCount(row.saved)} (${row.substitutions})`,
      cache: `${row.cacheHits} hit, ${row.cacheMisses} miss, ${row.calls} calls`,
      outcome: row.outcome,
    }));
  return dataGrid(
    'Selections, newest first',
    [
      { key: 'age', title: 'Age' },
      { key: 'mode', title: 'Mode' },
      { key: 'used', title: 'Used' },
      { key: 'files', title: 'Files' },
      { key: 'saved', title: 'Saved' },
      { key: 'cache', title: 'Embeddings' },
      { key: 'outcome', title: 'Outcome' },
    ],
    rows,
    '70px 1.4fr 1fr 1.4fr 1fr 1.6fr 1fr',
  );
}

function fact(label: string, value: string): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** Totals are of calls that were made; what waits for the next call is said apart. */
function selections({ rows, outcomes }: EfficiencyView): string {
  const sent = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const waiting = rows.length - sent;
  return waiting === 0 ? fullCount(sent) : `${fullCount(sent)}, and ${fullCount(waiting)} not sent yet`;
}

function counts(of: Readonly<Record<string, number>>): string {
  const texts = Object.entries(of).map(([name, count]) => `${name} ${count}`);
  return texts.length === 0 ? '–' : texts.join(', ');
}

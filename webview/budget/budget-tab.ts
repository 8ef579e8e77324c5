import { html, nothing, type TemplateResult } from 'lit';
import type { BudgetView, ShareView } from '../../src/shared/budget-view.js';
import { compactCount, fullCount, messageCount, percent } from '../../src/shared/format.js';
import { button, link } from '../ui/controls.js';
import { emptyState } from '../ui/empty-state.js';
import type { Panel } from '../panel/panel-actions.js';
import { budgetBar } from './budget-bar.js';

const ACTIONS: Readonly<Record<BudgetView['action'], string>> = {
  warn: 'Over the maximum: Tract warns and goes on',
  reject: 'Over the maximum: Tract refuses the commit',
  callback: 'Over the maximum: a callback decides',
  none: '',
};

/** Used, reserved and free; what uses it; and how it went from call to call (SPEC §11, §15). */
export function budgetTab(panel: Panel): TemplateResult {
  const view = panel.views.budget;
  if (!view) return html`<div class="loading">Counting…</div>`;
  if (view.used.count === 0 && view.history.length === 0) {
    return emptyState(
      'graph',
      'Nothing to count yet',
      'Tokens by role, type and commit show here as soon as the context holds a message.',
    );
  }
  return html`<div class="tab-scroll budget">
    <section class="card wide-card" aria-label="Budget">
      ${budgetBar(view)}
      <p class="quiet small">
        ${
          view.max === null
            ? 'No maximum: '
            : view.maxSource === 'model'
              ? "Maximum: the model's context window; what does not fit it is never sent. "
              : 'Maximum: your setting. '
        }${ACTIONS[view.action]}
        ${link(view.max === null ? 'Set a budget…' : 'Change…', () => {
          panel.post({ type: 'command', command: 'setBudget' });
        })}
      </p>
      ${suggestions(panel, view)}
    </section>
    ${shares('By role', view.byRole, view.used.count)} ${shares('By type', view.byType, view.used.count)}
    <section class="card wide-card" aria-label="By commit">
      <h2>By commit</h2>
      <tract-treemap
        .commits=${view.commits}
        .used=${view.used.count}
        .onOpen=${(hash: string) => {
          panel.post({ type: 'commit', action: 'open', hash });
        }}
      ></tract-treemap>
      <ul class="legend">
        ${view.byRole.map((share) => html`<li><span class="swatch role-${share.key}"></span>${share.key}</li>`)}
      </ul>
    </section>
    ${history(view)} ${drift(view)}
  </div>`;
}

function suggestions(panel: Panel, view: BudgetView): TemplateResult | typeof nothing {
  if (view.suggestions.length === 0) return nothing;
  return html`<div class="suggestions" role="group" aria-label="Make room">
    ${view.suggestions.map((suggestion) =>
      button(
        `${suggestion.label} (frees ~${compactCount(suggestion.saves)})`,
        () => {
          panel.post({ type: 'applySuggestion', id: suggestion.id });
        },
        {
          secondary: true,
          title: `Frees about ${fullCount(suggestion.saves)} tokens; you see what happens before it does`,
        },
      ),
    )}
  </div>`;
}

function shares(title: string, list: readonly ShareView[], used: number): TemplateResult {
  const most = Math.max(1, ...list.map((share) => share.tokens));
  return html`<section class="card" aria-label=${title}>
    <h2>${title}</h2>
    <table class="shares">
      <tbody>
        ${[...list]
          .sort((a, b) => b.tokens - a.tokens)
          .map(
            (share) =>
              html`<tr>
                <th scope="row">${share.key}</th>
                <td class="bar-cell" aria-hidden="true">
                  <span
                    class="share-bar role-${share.key}"
                    .style=${`width: ${((share.tokens / most) * 100).toFixed(2)}%`}
                  ></span>
                </td>
                <td
                  class="number"
                  title=${`${fullCount(share.tokens)} tokens, estimated, in ${messageCount(share.messages)}`}
                >
                  ~${compactCount(share.tokens)}
                </td>
                <td class="number quiet">${percent(used > 0 ? share.tokens / used : 0)}</td>
                <td class="number quiet wide">${fullCount(share.messages)} msg</td>
              </tr>`,
          )}
      </tbody>
    </table>
  </section>`;
}

function history(view: BudgetView): TemplateResult {
  const last = view.history.at(-1);
  return html`<section class="card wide-card" aria-label="Over time">
    <h2>Over time <span class="quiet">per model call</span></h2>
    ${
      last
        ? html`<tract-plot
            aria-label=${`Prompt tokens over ${view.history.length} calls; the last: ${
              last.reported === null
                ? `about ${fullCount(last.estimated)}, estimated`
                : `${fullCount(last.reported)}, reported`
            }`}
            .data=${{
              format: compactCount,
              series: [
                {
                  label: 'Reported',
                  color: '--vscode-charts-blue',
                  filled: true,
                  values: view.history.map((point) => point.reported),
                },
                {
                  label: 'Cache read',
                  color: '--vscode-charts-green',
                  values: view.history.map((point) => point.cacheRead),
                },
                {
                  label: '~ Estimated',
                  color: '--vscode-charts-yellow',
                  dashed: true,
                  values: view.history.map((point) => point.estimated),
                },
              ],
            }}
          ></tract-plot>`
        : html`<p class="quiet">No model call yet. Each call adds a point.</p>`
    }
  </section>`;
}

function drift(view: BudgetView): TemplateResult | typeof nothing {
  if (view.drift.length === 0) return nothing;
  return html`<section class="card wide-card" aria-label="Drift">
    <h2>Drift <span class="quiet">reported ÷ estimated, never applied by itself</span></h2>
    <table class="shares">
      <tbody>
        ${view.drift.map(
          (one) =>
            html`<tr>
              <th scope="row">${one.model}</th>
              <td class="number">× ${one.ratio.toFixed(3)}</td>
              <td class="number" title="The estimate of this context, calibrated by the reports of this model's calls">
                ${view.used.exact ? nothing : `this context ≈ ~${compactCount(Math.round(view.used.count * one.ratio))}`}
              </td>
              <td class="number quiet">${one.records === 1 ? '1 record' : `${fullCount(one.records)} records`}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

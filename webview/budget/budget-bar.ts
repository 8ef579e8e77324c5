import { html, nothing, type TemplateResult } from 'lit';
import type { BudgetView } from '../../src/shared/budget-view.js';
import { compactCount, compactTokens, describeTokens, fullCount, percent } from '../../src/shared/format.js';
import { budgetParts } from './budget-parts.js';

/** Used, unseen, free and reserved as one bar with its legend. Reserved is hatched: it is kept free, not used. */
export function budgetBar(view: BudgetView): TemplateResult {
  const parts = budgetParts(view);
  const width = (tokens: number) => `width: ${((tokens / parts.whole) * 100).toFixed(3)}%`;
  const says = `${describeTokens(view.used)} used${view.unseen > 0 ? `, ${fullCount(view.unseen)} unseen` : ''}${
    view.max === null
      ? ''
      : `, ${fullCount(parts.reserved)} reserved, ${fullCount(parts.free)} free of ${fullCount(view.max)}`
  }`;
  return html`<div class="budget-head">
      <span class="budget-figure level-${parts.level}">${compactTokens(view.used)}</span>
      ${view.unseen > 0 ? html`<span class="quiet">+ ${compactCount(view.unseen)} unseen</span>` : nothing}
      ${
        view.max === null
          ? html`<span class="quiet">tokens used, no maximum set</span>`
          : html`<span class="quiet"
              >of ${compactCount(view.max - view.reserved)}
              available${
                parts.share === null
                  ? nothing
                  : html` (${Number.isFinite(parts.share) ? percent(parts.share) : 'over'})`
              }</span
            >`
      }
      ${parts.over > 0 ? html`<span class="over">${compactTokens({ count: parts.over, exact: view.used.exact })} over</span>` : nothing}
    </div>
    <div class="budget-bar" role="img" aria-label=${says} title=${says}>
      <span class="part used level-${parts.level}" .style=${width(parts.used)}></span>
      <span class="part unseen" .style=${width(parts.unseen)}></span>
      <span class="part free"></span>
      <span class="part reserved" .style=${width(parts.reserved)}></span>
    </div>
    <ul class="legend">
      <li><span class="swatch used level-${parts.level}"></span>Used <b>${compactTokens(view.used)}</b></li>
      ${
        view.unseen > 0
          ? html`<li title="Counted by the provider, held by no transcript: system prompt and tool definitions">
              <span class="swatch unseen"></span>Unseen <b>${compactCount(view.unseen)}</b>
            </li>`
          : nothing
      }
      ${
        view.max === null
          ? nothing
          : html`<li title="Kept free for the answer; not used">
                <span class="swatch reserved"></span>Reserved <b>${compactCount(parts.reserved)}</b>
              </li>
              <li>
                <span class="swatch free"></span>Free
                <b>${compactTokens({ count: parts.free, exact: view.used.exact })}</b>
              </li>`
      }
    </ul>`;
}

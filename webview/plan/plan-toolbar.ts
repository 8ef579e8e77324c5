import { html, nothing, type TemplateResult } from 'lit';
import { fullCount } from '../../src/shared/format.js';
import type { PlanView } from '../../src/shared/plan-view.js';
import { button, progressRing, textField } from '../ui/controls.js';
import { budgetOf } from './budget-of.js';
import type { Panel } from '../panel/panel-actions.js';

/** Whether something was typed that the plan does not know yet: what would be committed is not what the person sees next. */
function isStale({ local }: Panel, view: PlanView): boolean {
  const budget = local.planBudget === null ? null : budgetOf(local.planBudget);
  return (local.planQuery ?? view.query) !== view.query || (budget ?? view.cap) !== view.cap;
}

/** What was asked for, and what becomes of it. */
export function planToolbar(panel: Panel, view: PlanView): TemplateResult {
  const plan = view.id;
  const kept = view.files.filter((file) => file.kept).length;
  return html`<div class="toolbar plan-toolbar">
      ${textField(
        'What you want to do',
        panel.local.planQuery ?? view.query,
        (planQuery) => {
          panel.remember({ planQuery });
          panel.later('planQuery', () => {
            panel.post({ type: 'planQuery', plan, query: planQuery });
          });
        },
        { icon: 'search', placeholder: 'What do you want to do? Files are ranked by it' },
      )}
      ${button(
        `Commit ${fullCount(kept)} ${kept === 1 ? 'File' : 'Files'}`,
        () => {
          panel.post({ type: 'planCommit', plan });
        },
        { disabled: view.state !== 'ready' || kept === 0 || isStale(panel, view) },
      )}
      ${button(
        'Cancel',
        () => {
          panel.post({ type: 'planCancel', plan });
        },
        { secondary: true },
      )}
    </div>
    <div class="toolbar plan-scope">
      <span class="quiet">From</span>
      ${button(
        view.from,
        () => {
          panel.post({ type: 'planFolder', plan });
        },
        { icon: 'folder-opened', secondary: true, title: 'Choose files from another folder' },
      )}
      <span class="quiet">Budget</span>
      ${textField(
        'Budget in tokens',
        panel.local.planBudget ?? String(view.cap),
        (planBudget) => {
          panel.remember({ planBudget });
          const tokens = budgetOf(planBudget);
          if (tokens === null) return;
          panel.later('planBudget', () => {
            panel.post({ type: 'planBudget', plan, tokens });
          });
        },
        { invalid: panel.local.planBudget !== null && budgetOf(panel.local.planBudget) === null },
      )}
      <span class="quiet">tokens</span>
      <span class="spacer"></span>
      ${view.state === 'planning' ? html`${progressRing('Choosing files')}<span class="quiet">Choosing files…</span>` : nothing}
    </div>`;
}

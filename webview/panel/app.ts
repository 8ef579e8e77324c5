import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, fullCount } from '../../src/shared/format.js';
import { Tab } from '../../src/shared/protocol.js';
import { budgetTab } from '../budget/budget-tab.js';
import { contextTab } from '../context/context-tab.js';
import { icon, panels } from '../ui/controls.js';
import { efficiencyTab } from '../efficiency/efficiency-tab.js';
import { graphTab } from '../graph/graph-tab.js';
import { header } from './header.js';
import type { Panel } from './panel-actions.js';
import { tabs } from './panel-state.js';
import { planTab } from '../plan/plan-tab.js';
import { recordsTab } from '../records/records-tab.js';

const LABELS: Readonly<Record<Tab, string>> = {
  context: 'Context',
  budget: 'Budget',
  records: 'Records',
  graph: 'Graph',
  plan: 'Plan',
  efficiency: 'Efficiency',
};

const CONTENT: Readonly<Record<Tab, (panel: Panel) => TemplateResult>> = {
  context: contextTab,
  budget: budgetTab,
  records: recordsTab,
  graph: graphTab,
  plan: planTab,
  efficiency: efficiencyTab,
};

/** The whole panel. */
export function app(panel: Panel, openTab: (tab: Tab) => void): TemplateResult {
  const shown = tabs(panel.views);
  const open = shown.includes(panel.local.tab) ? panel.local.tab : 'context';
  return html`
    ${header(panel)}
    ${panels(
      Tab.options.map((tab) => ({
        id: tab,
        label: LABELS[tab],
        detail: detail(panel, tab),
        hidden: !shown.includes(tab),
      })),
      open,
      (id) => {
        const tab = shown.find((one) => one === id);
        if (tab) openTab(tab);
      },
      html`${failure(panel)}${CONTENT[open](panel)}`,
    )}
    <div class="sr-only" role="status" aria-live="polite">${announcement(panel)}</div>
  `;
}

function detail(panel: Panel, tab: Tab): string {
  switch (tab) {
    case 'context':
      return panel.views.context
        ? compactCount(panel.views.context.messages.filter((one) => one.inContext).length)
        : '';
    case 'records':
      return panel.views.records
        ? compactCount(panel.views.records.records.length) + (panel.views.records.hasMore ? '+' : '')
        : '';
    default:
      return '';
  }
}

function failure(panel: Panel): TemplateResult | typeof nothing {
  const { failed } = panel.views;
  return failed
    ? html`<div class="notice error" role="alert">${icon('error')}<span>${failed.message}</span></div>`
    : nothing;
}

/** Read out when it changes: totals, and the end of an answer. */
function announcement(panel: Panel): string {
  const { context, composer } = panel.views;
  if (!context) return '';
  if (composer?.state.kind === 'sending') return 'Sent';
  const exact = context.total.exact ? 'reported' : 'estimated';
  return `${context.label}: ${fullCount(context.total.count)} tokens ${exact}`;
}

import * as z from 'zod/mini';
import type { BudgetView } from '../../src/shared/budget-view.js';
import type { ComposerView } from '../../src/shared/composer-view.js';
import type { ContextView } from '../../src/shared/context-view.js';
import type { EfficiencyView } from '../../src/shared/efficiency-view.js';
import type { GraphView } from '../../src/shared/graph-view.js';
import type { HeaderView } from '../../src/shared/header.js';
import type { PlanView } from '../../src/shared/plan-view.js';
import type { Tokens } from '../../src/shared/primitives.js';
import { Tab, type ToPanel } from '../../src/shared/protocol.js';
import type { ComparisonView, RecordDetailView, RecordsView } from '../../src/shared/record-view.js';

/** What the host said last of each view; null until it did. */
export interface Views {
  readonly header: HeaderView | null;
  readonly context: ContextView | null;
  readonly budget: BudgetView | null;
  readonly records: RecordsView | null;
  readonly graph: GraphView | null;
  readonly composer: ComposerView | null;
  readonly plan: PlanView | null;
  readonly efficiency: EfficiencyView | null;
  readonly recordDetail: RecordDetailView | null;
  readonly comparison: ComparisonView | null;
  /** Whole texts that were asked for, by `textKey`. A new context keeps those of messages that no edit changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly draftTokens: { readonly draft: number; readonly tokens: Tokens } | null;
  /** The last request that failed, told beside what waited for it. */
  readonly failed: Extract<ToPanel, { type: 'failed' }> | null;
}

export const NO_VIEWS: Views = {
  header: null,
  context: null,
  budget: null,
  records: null,
  graph: null,
  composer: null,
  plan: null,
  efficiency: null,
  recordDetail: null,
  comparison: null,
  texts: new Map(),
  draftTokens: null,
  failed: null,
};

/** What the panel itself remembers: kept across hiding the panel and reloading the window. */
export const Remembered = z.object({
  tab: Tab,
  filter: z.string(),
  showSkipped: z.boolean(),
  draft: z.string(),
  /** What was typed into the plan's query since the plan came; null: nothing. */
  planQuery: z.nullable(z.string()),
  /** What was typed into its budget since. */
  planBudget: z.nullable(z.string()),
  /** Keys of expanded rows. */
  expanded: z.array(z.string()),
  /** Scroll position in px by list. */
  scroll: z.record(z.string(), z.number()),
});
export type Remembered = z.infer<typeof Remembered>;

const FRESH: Remembered = {
  tab: 'context',
  filter: '',
  showSkipped: true,
  draft: '',
  planQuery: null,
  planBudget: null,
  expanded: [],
  scroll: {},
};

/** The remembered state, or a fresh one when there is none or it is from another version. */
export function remembered(saved: unknown): Remembered {
  const parsed = Remembered.safeParse(saved);
  return parsed.success ? parsed.data : FRESH;
}

/** The views after one message of the host. Pure. */
export function receive(views: Views, message: ToPanel): Views {
  switch (message.type) {
    case 'header':
      return { ...views, header: message.view };
    case 'context':
      return { ...views, context: message.view, texts: keptTexts(views, message.view) };
    case 'budget':
      return { ...views, budget: message.view };
    case 'records':
      return { ...views, records: message.view };
    case 'graph':
      return { ...views, graph: message.view };
    case 'composer':
      return { ...views, composer: message.view };
    case 'plan':
      return { ...views, plan: message.view };
    case 'efficiency':
      return { ...views, efficiency: message.view };
    case 'recordDetail':
      return { ...views, recordDetail: message.view, failed: null };
    case 'comparison':
      return { ...views, comparison: message.view, failed: null };
    case 'text':
      return { ...views, texts: new Map(views.texts).set(textKey(message.hash, message.at), message.text) };
    case 'draftTokens':
      return { ...views, draftTokens: { draft: message.draft, tokens: message.tokens } };
    case 'failed':
      return { ...views, failed: message };
    case 'reveal':
      return views;
  }
}

/** Texts whose message stands unchanged: an append must not fold what a person has open. */
function keptTexts(views: Views, next: ContextView): ReadonlyMap<string, string> {
  if (views.texts.size === 0) return views.texts;
  const before = views.context?.at ?? null;
  const kept = new Map<string, string>();
  for (const message of next.messages) {
    const text = views.texts.get(textKey(message.hash, before));
    if (text?.length === message.textLength && text.startsWith(message.text))
      kept.set(textKey(message.hash, next.at), text);
  }
  return kept;
}

/** A message's text belongs to the commit it was compiled at: an edit further on changes it. */
export function textKey(hash: string, at: string | null): string {
  return `${at ?? ''}:${hash}`;
}

/** The tabs there are now: `plan` and `efficiency` only when the host gave one. */
export function tabs(views: Views): readonly Tab[] {
  const shown: Tab[] = ['context', 'budget', 'records', 'graph'];
  if (views.plan) shown.push('plan');
  if (views.efficiency) shown.push('efficiency');
  return shown;
}

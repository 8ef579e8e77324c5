/**
 * Everything that the extension host and the context panel say to each other (SPEC §15, §17). One file, both directions.
 *
 * - The host sends **whole snapshots**: each message replaces what the panel knew of that view. There are no deltas, so a lost or
 *   late message never leaves the two apart; what is not asked for (a tab that is not open) need not be sent.
 * - The panel sends **requests**. None has a reply of its own: what it changes comes back as a new snapshot, what it asks for comes
 *   as the message named beside it. A request that fails is told to the person by the host, and as `failed` when the panel waits.
 * - Both ends parse what they get with `parseToPanel` / `parseToHost`: what does not fit is dropped and logged, never half used.
 *
 * Start: the panel posts `ready`; the host answers with `header`, `context` and `composer`, and with the snapshot of the open tab.
 * After every move of HEAD the host sends `header`, `context`, `composer` and the open tab's snapshot again.
 */
import * as z from 'zod/mini';
import { BudgetView } from './budget-view.js';
import { ComposerView } from './composer-view.js';
import { ContextView } from './context-view.js';
import { EfficiencyView } from './efficiency-view.js';
import { GraphView } from './graph-view.js';
import { HeaderView } from './header.js';
import { PlanView } from './plan-view.js';
import { Hash, Priority, text, Tokens } from './primitives.js';
import { ComparisonView, RecordDetailView, RecordsView } from './record-view.js';

/** `plan` and `efficiency` are shown only after the host sent their view. */
export const Tab = z.enum(['context', 'budget', 'records', 'graph', 'plan', 'efficiency']);
export type Tab = z.infer<typeof Tab>;

/** How many rows the first `records` and `graph` hold when the panel asked for no other number. */
export const FIRST_PAGE = 200;
/** Most rows the panel asks for. */
export const MAX_ROWS = 100_000;

/** Host → panel. */
export const ToPanel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), view: HeaderView }),
  z.object({ type: z.literal('context'), view: ContextView }),
  z.object({ type: z.literal('budget'), view: BudgetView }),
  z.object({ type: z.literal('records'), view: RecordsView }),
  z.object({ type: z.literal('graph'), view: GraphView }),
  z.object({ type: z.literal('composer'), view: ComposerView }),
  /** Null takes the tab away. */
  z.object({ type: z.literal('plan'), view: z.nullable(PlanView) }),
  z.object({ type: z.literal('efficiency'), view: z.nullable(EfficiencyView) }),
  /** For `openRecord`. */
  z.object({ type: z.literal('recordDetail'), view: RecordDetailView }),
  /** For `compareRecords`. */
  z.object({ type: z.literal('comparison'), view: ComparisonView }),
  /** For `loadText`: the whole text of one message as it compiles at the commit that was asked for. */
  z.object({ type: z.literal('text'), hash: Hash, at: z.nullable(Hash), text: z.string() }),
  /** For `draft`: what the draft with this number would add to the request. */
  z.object({ type: z.literal('draftTokens'), draft: z.int(), tokens: Tokens }),
  /** Opens a tab, e.g. after `Tract: Add Workspace Files to Context…`; with `hash`, scrolls to that commit or message. */
  z.object({ type: z.literal('reveal'), tab: Tab, hash: z.nullable(Hash) }),
  /** A request that the panel waits for could not be served; `message` is for a person. */
  z.object({
    type: z.literal('failed'),
    request: z.enum(['loadText', 'openRecord', 'compareRecords', 'loadRecords', 'loadGraph']),
    /** What was asked for: a hash or a record id; empty for pages. */
    subject: z.string(),
    message: z.string(),
  }),
]);
export type ToPanel = z.infer<typeof ToPanel>;

/** Commands of the palette that the panel's empty states and header offer. The host maps each to its command. */
export const PanelCommand = z.enum([
  'importSession',
  'newTract',
  'switchTract',
  'commitSelection',
  'addFiles',
  'checkout',
  'createBranch',
  'undo',
  'redo',
  'configureModel',
  'setBudget',
  'openContext',
  'mergeSession',
  'commitChangedFiles',
]);
export type PanelCommand = z.infer<typeof PanelCommand>;

/** What can be done with one commit, each as its command in the tree does it (destructive ones ask first). */
export const CommitAction = z.enum([
  'open',
  'edit',
  'checkout',
  'resetSoft',
  'resetHard',
  'createBranch',
  'createTag',
  'compareWithHead',
  'compressUpTo',
  'expand',
  'cherryPick',
  'copyHash',
  'copyText',
  'showHistory',
]);
export type CommitAction = z.infer<typeof CommitAction>;

const RecordId = text(200);
const Rows = z.int().check(z.gte(1), z.lte(MAX_ROWS));

/** Panel → host. */
export const ToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), tab: Tab }),
  /** The host sends this tab's snapshot and keeps it fresh while it is open. */
  z.object({ type: z.literal('showTab'), tab: Tab }),
  z.object({ type: z.literal('command'), command: PanelCommand }),
  z.object({ type: z.literal('commit'), action: CommitAction, hash: Hash }),
  z.object({ type: z.literal('setPriority'), hash: Hash, priority: Priority }),
  z.object({
    type: z.literal('copyContext'),
    format: z.enum(['openai', 'anthropic', 'markdown']),
    at: z.nullable(Hash),
  }),
  /** → `text`. `at`: the commit whose context the text is of. */
  z.object({ type: z.literal('loadText'), hash: Hash, at: z.nullable(Hash) }),
  /** → `records` with the newest `limit`, which the host keeps to from then on. The panel doubles it as the person scrolls. */
  z.object({ type: z.literal('loadRecords'), limit: Rows }),
  /** → `recordDetail` */
  z.object({ type: z.literal('openRecord'), id: RecordId }),
  /** → `comparison` */
  z.object({ type: z.literal('compareRecords'), a: RecordId, b: RecordId }),
  /** → `graph` with the first `limit`, as for `loadRecords`. */
  z.object({ type: z.literal('loadGraph'), limit: Rows }),
  /** `SuggestionView.id`, or the id of a failure's `Remedy`. */
  z.object({ type: z.literal('applySuggestion'), id: text(100) }),
  /** → `draftTokens`. Sent a moment after the last key; `draft` counts up, so that an answer to an old text is known as such. */
  z.object({ type: z.literal('draft'), draft: z.int(), text: text(4_000_000) }),
  z.object({ type: z.literal('chooseModel'), id: text(400) }),
  /** An empty text asks the model to go on from the context as it is (`generate`); else `chat`. */
  z.object({ type: z.literal('send'), text: text(4_000_000) }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('dismissError') }),
  z.object({ type: z.literal('planQuery'), plan: text(100), query: text(10_000) }),
  z.object({ type: z.literal('planMove'), plan: text(100), path: text(4096), kept: z.boolean() }),
  /** `on` false takes the mark away. A deliverable is always in; a modifiable file comes before those that are only read. */
  z.object({
    type: z.literal('planMark'),
    plan: text(100),
    path: text(4096),
    mark: z.enum(['deliverable', 'modifiable']),
    on: z.boolean(),
  }),
  z.object({ type: z.literal('planBudget'), plan: text(100), tokens: z.int().check(z.gte(0), z.lte(1_000_000_000)) }),
  /** Asks the person where to choose files from. */
  z.object({ type: z.literal('planFolder'), plan: text(100) }),
  z.object({ type: z.literal('planOpen'), plan: text(100), path: text(4096) }),
  z.object({ type: z.literal('planCommit'), plan: text(100) }),
  z.object({ type: z.literal('planCancel'), plan: text(100) }),
  /** The panel dropped a message that did not fit the protocol; for the log. Never message text. */
  z.object({ type: z.literal('protocolError'), detail: text(1000) }),
]);
export type ToHost = z.infer<typeof ToHost>;

/** What parsing gives: the value, or where it did not fit (paths only, never contents). */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

/** Checks a message that the panel got. O(size of the message). */
export function parseToPanel(data: unknown): Parsed<ToPanel> {
  return parse(ToPanel, data);
}

/** Checks a message that the host got from the webview. O(size of the message). */
export function parseToHost(data: unknown): Parsed<ToHost> {
  return parse(ToHost, data);
}

function parse<T>(schema: z.ZodMiniType<T>, data: unknown): Parsed<T> {
  const result = schema.safeParse(data);
  if (result.success) return { ok: true, value: result.data };
  const issues = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(message)'}: ${issue.code}`);
  return { ok: false, detail: issues.join('; ').slice(0, 1000) };
}

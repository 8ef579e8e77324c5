/** Entry of the context panel: connects the host, keeps the state, renders. Everything else is a function of the state. */
import { render } from 'lit';
import type { ComposerView } from '../src/shared/composer-view.js';
import { parseToPanel, type Tab, type ToHost, type ToPanel } from '../src/shared/protocol.js';
import { app } from './panel/app.js';
import './budget/treemap-view.js';
import { isRunning, sending } from './composer/sending.js';
import './context/cache-pointer.js';
import { contextRows } from './context/context-rows.js';
import { registerControls } from './ui/controls.js';
import { connectHost } from './panel/host.js';
import type { Panel } from './panel/panel-actions.js';
import { NO_VIEWS, receive, remembered, type Remembered, type Views } from './panel/panel-state.js';
import './ui/plot.js';
import { VirtualList } from './ui/virtual-list.js';

/** How long after the last key what was typed goes to the host. */
const TYPING_PAUSE_MS = 150;
const SAVE_PAUSE_MS = 200;
/** Ages are drawn anew this often. */
const TICK_MS = 30_000;
/** Most expanded rows that are remembered. */
const MAX_EXPANDED = 500;

registerControls();
const host = connectHost();

let views: Views = NO_VIEWS;
let local: Remembered = remembered(host.loadState());
let marked: readonly string[] = [];
let draftNumber = 0;
let waitsToSend = false;
let scheduled = false;
let saveTimer: number | undefined;
const timers = new Map<string, number>();

const actions: Omit<Panel, 'views' | 'local' | 'now' | 'marked' | 'draftNumber' | 'waitsToSend'> = {
  post(request: ToHost): void {
    host.post(request);
  },
  remember(change: Partial<Remembered>): void {
    local = { ...local, ...change };
    save();
    schedule();
  },
  mark(ids: readonly string[]): void {
    marked = ids;
    schedule();
  },
  closeDetail(): void {
    views = { ...views, recordDetail: null, comparison: null };
    schedule();
  },
  showPlan(plan): void {
    views = { ...views, plan };
    schedule();
  },
  write(draft: string): void {
    draftNumber++;
    waitsToSend = false;
    this.remember({ draft });
    this.later('draft', () => {
      if (draft !== '') host.post({ type: 'draft', draft: draftNumber, text: draft });
    });
  },
  send(): void {
    host.post({ type: 'send', text: local.draft.trim() });
    this.write('');
  },
  waitToSend(waits: boolean): void {
    waitsToSend = waits;
    schedule();
  },
  later(name: string, action: () => void): void {
    clearTimeout(timers.get(name));
    timers.set(name, window.setTimeout(action, TYPING_PAUSE_MS));
  },
  toggle(key: string): void {
    const expanded = local.expanded.includes(key)
      ? local.expanded.filter((other) => other !== key)
      : [...local.expanded, key].slice(-MAX_EXPANDED);
    this.remember({ expanded });
  },
  scrolled(list: string, top: number): void {
    local = { ...local, scroll: { ...local.scroll, [list]: top } };
    save();
  },
};

function save(): void {
  clearTimeout(saveTimer);
  saveTimer = window.setTimeout(() => {
    host.saveState(local);
  }, SAVE_PAUSE_MS);
}

/** Several messages in one frame are one rendering. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

function draw(): void {
  render(app({ ...actions, views, local, marked, draftNumber, waitsToSend, now: Date.now() }, openTab), document.body);
}

function openTab(tab: Tab): void {
  if (tab === local.tab) return;
  actions.remember({ tab });
  host.post({ type: 'showTab', tab });
}

/** Opens the tab and brings the commit's row into sight. */
function reveal({ tab, hash }: Extract<ToPanel, { type: 'reveal' }>): void {
  openTab(tab);
  if (hash === null) return;
  draw();
  const list = document.getElementById(tab === 'graph' ? 'graph' : 'messages');
  if (!(list instanceof VirtualList)) return;
  const rows = views.context ? contextRows(views.context, local.filter, local.showSkipped) : [];
  const index =
    tab === 'graph'
      ? (views.graph?.commits.findIndex((commit) => commit.hash === hash) ?? -1)
      : rows.findIndex((row) => row.kind === 'message' && row.message.hash === hash);
  void list.updateComplete.then(() => {
    list.reveal(index, true);
  });
}

/** The model became known; what can never be sent any more waits no longer. */
function sendWhatWaits(view: ComposerView): void {
  const can = sending(view, local.draft);
  if (can === 'now' && !isRunning(view)) actions.send();
  else if (can !== 'without-model') actions.waitToSend(false);
}

host.onMessage((data) => {
  const parsed = parseToPanel(data);
  if (!parsed.ok) {
    host.post({ type: 'protocolError', detail: parsed.detail });
    return;
  }
  const plan = views.plan?.id;
  views = receive(views, parsed.value);
  if (views.plan?.id !== plan) local = { ...local, planQuery: null, planBudget: null };
  if (parsed.value.type === 'reveal') reveal(parsed.value);
  if (parsed.value.type === 'composer' && waitsToSend) sendWhatWaits(parsed.value.view);
  schedule();
});

window.setInterval(schedule, TICK_MS);
draw();
host.post({ type: 'ready', tab: local.tab });
// A draft that survived a reload is counted again: the host of before is gone.
if (local.draft !== '') actions.write(local.draft);

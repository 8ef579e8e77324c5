import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, compactTokens, describeTokens, fullCount, messageCount } from '../../src/shared/format.js';
import type { ContextView } from '../../src/shared/context-view.js';
import type { Priority } from '../../src/shared/primitives.js';
import { composer } from '../composer/composer.js';
import { button, dropdown, iconButton, textField } from '../ui/controls.js';
import { emptyState } from '../ui/empty-state.js';
import type { Panel } from '../panel/panel-actions.js';
import type { ListSource } from '../ui/virtual-list.js';
import { listOf, virtualList } from '../ui/list-of.js';
import { contextRows, heaviest, type ContextRow } from './context-rows.js';
import { kindOf, messageMenu, messageRow, toggleMessage } from './message-row.js';

const LINE_HEIGHT = 26;

/** The compiled messages of the commit that HEAD is on, and the composer under them. */
export function contextTab(panel: Panel): TemplateResult {
  const view = panel.views.context;
  if (!view) return html`<div class="loading">Compiling…</div>`;
  return html`<div class="tab-fill">
    ${view.messages.length === 0 ? emptyContext(panel) : messages(panel, view)} ${composer(panel)}
  </div>`;
}

function emptyContext(panel: Panel): TemplateResult {
  const run = (command: 'importSession' | 'commitSelection' | 'newTract' | 'addFiles') => () => {
    panel.post({ type: 'command', command });
  };
  return emptyState(
    'git-commit',
    panel.views.header?.tract ? 'This context is empty' : 'No tract yet',
    `Import a coding-agent session to see what its model was given, ${
      panel.views.composer ? 'commit a piece of text, or write to a model below' : 'or commit a piece of text'
    }. Every commit becomes a message here.`,
    html`${button('Import Session…', run('importSession'), { icon: 'cloud-download' })}${button(
      'Commit Selection…',
      run('commitSelection'),
      { secondary: true },
    )}${button('Add Workspace Files…', run('addFiles'), { secondary: true })}${
      panel.views.header?.tract ? nothing : button('New Tract…', run('newTract'), { secondary: true })
    }`,
  );
}

function messages(panel: Panel, view: ContextView): TemplateResult {
  const rows = contextRows(view, panel.local.filter, panel.local.showSkipped);
  const line = rows.findIndex((row) => row.kind === 'cacheLine');
  return html`${toolbar(panel, view)}
    <div class="list-frame">
      ${virtualList(panel, 'messages', `Messages of ${view.label}`, source(panel, view, rows))}
      ${line >= 0 ? cachePointer(view, line, rows) : nothing}
    </div>`;
}

function toolbar(panel: Panel, view: ContextView): TemplateResult {
  const inContext = view.messages.filter((message) => message.inContext).length;
  const skipped = view.messages.length - inContext;
  return html`<div class="toolbar">
    ${textField(
      'Filter messages',
      panel.local.filter,
      (filter) => {
        panel.remember({ filter });
      },
      { icon: 'search', placeholder: 'Filter' },
    )}
    <span class="summary"
      >${fullCount(inContext)} ${inContext === 1 ? 'message' : 'messages'}
      <span class="dot">·</span>
      <strong title=${`${describeTokens(view.total)} (${view.tokenSource})`}>${compactTokens(view.total)}</strong>
      tokens${
        view.unseen > 0
          ? html`<span
              class="quiet"
              title="Counted by the provider, held by no transcript: system prompt and tool definitions"
            >
              + ${compactCount(view.unseen)} unseen</span
            >`
          : nothing
      }</span
    >
    ${
      skipped > 0
        ? iconButton(
            panel.local.showSkipped ? 'eye' : 'eye-closed',
            panel.local.showSkipped ? `Hide ${skipped} skipped` : `Show ${skipped} skipped`,
            () => {
              panel.remember({ showSkipped: !panel.local.showSkipped });
            },
            { pressed: panel.local.showSkipped },
          )
        : nothing
    }
    ${iconButton('go-to-file', 'Open as document', () => {
      panel.post({ type: 'command', command: 'openContext' });
    })}
    <span class="copy-as">${copyAs(panel, view)}</span>
  </div>`;
}

const FORMATS = [
  { value: 'none', label: 'Copy as…' },
  { value: 'openai', label: 'OpenAI messages' },
  { value: 'anthropic', label: 'Anthropic request' },
  { value: 'markdown', label: 'Markdown' },
] as const;

function copyAs(panel: Panel, view: ContextView): TemplateResult {
  return dropdown('Copy compiled context as', FORMATS, 'none', (value) => {
    const format = FORMATS.find((choice) => choice.value === value)?.value;
    if (format !== undefined && format !== 'none') panel.post({ type: 'copyContext', format, at: view.at });
    panel.remember({});
  });
}

const KEYS: Readonly<Record<string, Priority>> = { p: 'pinned', s: 'skip', n: 'normal', i: 'important' };

function source(panel: Panel, view: ContextView, rows: readonly ContextRow[]): ListSource {
  const most = heaviest(view);
  const expanded = new Set(panel.local.expanded);
  const readOnly = panel.views.header?.readOnly !== null || panel.views.header.detached;
  return listOf(rows, {
    estimate: (row) => (row.kind === 'message' && expanded.has(row.message.hash) ? 160 : LINE_HEIGHT),
    key: (row) => (row.kind === 'cacheLine' ? 'cache-line' : row.message.hash),
    selectable: (row) => row.kind === 'message',
    row: (row) =>
      row.kind === 'cacheLine'
        ? cacheLine(view)
        : messageRow(panel, row.message, {
            number: row.number,
            heaviest: most,
            expanded: expanded.has(row.message.hash),
            at: view.at,
            readOnly,
          }),
    rowClass: (row) =>
      row.kind === 'cacheLine'
        ? 'cache-row'
        : `message role-${row.message.role} ${row.message.inContext ? '' : 'skipped'} ${row.cached ? 'cached' : ''}`,
    label: (row) =>
      row.kind === 'cacheLine'
        ? 'Cached up to here'
        : `${kindOf(row.message)}, ${describeTokens(row.message.tokens)}${row.message.inContext ? '' : ', skipped'}${
            row.message.priority === 'pinned' ? ', pinned' : ''
          }${row.message.edited ? ', edited' : ''}: ${row.message.text.slice(0, 120)}`,
    menu: (row) => (row.kind === 'message' ? messageMenu(row.message, view.at) : ''),
    open: (row) => {
      if (row.kind === 'message') panel.post({ type: 'commit', action: 'open', hash: row.message.hash });
    },
    onKey: (row, event) =>
      row.kind === 'message' &&
      onKey(panel, row.message, { expanded: expanded.has(row.message.hash), at: view.at }, readOnly, event),
  });
}

function onKey(
  panel: Panel,
  message: Extract<ContextRow, { kind: 'message' }>['message'],
  shown: { readonly expanded: boolean; readonly at: string | null },
  readOnly: boolean,
  event: KeyboardEvent,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === ' ' || (key === 'arrowright' && !shown.expanded) || (key === 'arrowleft' && shown.expanded)) {
    toggleMessage(panel, message, shown);
    return true;
  }
  if (readOnly) return false;
  const priority = KEYS[key];
  if (priority !== undefined) panel.post({ type: 'setPriority', hash: message.hash, priority });
  else if (key === 'e') panel.post({ type: 'commit', action: 'edit', hash: message.hash });
  else return false;
  return true;
}

function cacheText(view: ContextView): string {
  const cached = view.cachedUpTo;
  return cached ? `Cached up to here · ${messageCount(cached.messages)} · ~${compactCount(cached.tokens)} tokens` : '';
}

const CACHE_HELP =
  'These leading messages equal those of the last request, so the provider should have them cached. Changing one makes the model read everything from there anew.';

function cacheLine(view: ContextView): TemplateResult {
  return html`<div class="cache-line" title=${CACHE_HELP}><span>${cacheText(view)}</span></div>`;
}

/** The same line at the edge of the list while it is out of sight; the list moves it (see `panel.ts`). */
function cachePointer(view: ContextView, line: number, rows: readonly ContextRow[]): TemplateResult {
  return html`<tract-cache-pointer
    .line=${line}
    .rows=${rows.length}
    .text=${cacheText(view)}
    .help=${CACHE_HELP}
  ></tract-cache-pointer>`;
}

import { html, nothing, type TemplateResult } from 'lit';
import { age, shortHash } from '../../src/shared/format.js';
import { MAX_ROWS } from '../../src/shared/protocol.js';
import type { RecordsView, RecordView } from '../../src/shared/record-view.js';
import { button, iconButton } from '../ui/controls.js';
import { emptyState } from '../ui/empty-state.js';
import { listOf, virtualList } from '../ui/list-of.js';
import type { Panel } from '../panel/panel-actions.js';
import { comparison } from './comparison.js';
import { importedMark, modelName, outcomeIcon, outcomeText, RECORD_COLUMNS, recordCells } from './record-cells.js';
import { recordDetail } from './record-detail.js';

/** The history of compiles (SPEC §7, §15): the list, one record opened, or two compared. */
export function recordsTab(panel: Panel): TemplateResult {
  const { records, recordDetail: detail, comparison: compared } = panel.views;
  if (compared) return comparison(panel, compared);
  if (detail) return recordDetail(panel, detail);
  if (!records) return html`<div class="loading">Reading records…</div>`;
  if (records.records.length === 0) {
    return emptyState(
      'history',
      'No compile records yet',
      'Every call to a model is recorded here before it is sent: what it was given, what it cost, how it ended. Send a message from the Context tab, or import a session with its calls.',
      html`${button(
        'Import Session…',
        () => {
          panel.post({ type: 'command', command: 'importSession' });
        },
        { icon: 'cloud-download' },
      )}`,
    );
  }
  return html`<div class="tab-fill">
    ${compareBar(panel, records)}
    <div class="record-line head" aria-hidden="true">
      <span></span><span></span><span>Model</span><span class="record-id">HEAD</span>
      ${RECORD_COLUMNS.map((column) => html`<span class="number col-${column.name}" title=${column.help}>${column.title}</span>`)}
      <span class="age">Age</span>
    </div>
    ${list(panel, records)}
  </div>`;
}

function list(panel: Panel, view: RecordsView): TemplateResult {
  const { records } = view;
  return virtualList(
    panel,
    'records',
    'Compile records, newest first',
    listOf(records, {
      rowHeight: 26,
      key: (record) => record.id,
      row: (record, index) => recordLine(panel, record, records[index + 1]),
      rowClass: (record) => `record ${panel.marked.includes(record.id) ? 'marked' : ''}`,
      label: (record) =>
        `${record.model ?? 'unknown model'}, ${outcomeText(record)}, ${
          record.usage ? `${record.usage.prompt} prompt tokens reported` : `about ${record.estimated} tokens estimated`
        }, ${age(record.createdAt, panel.now)} ago${panel.marked.includes(record.id) ? ', marked for comparison' : ''}`,
      open: (record) => {
        panel.post({ type: 'openRecord', id: record.id });
      },
      onKey: (record, event, index) => onKey(panel, record, records[index + 1], event),
      nearEnd: () => {
        if (view.hasMore) panel.post({ type: 'loadRecords', limit: Math.min(MAX_ROWS, records.length * 2) });
      },
    }),
  );
}

function recordLine(panel: Panel, record: RecordView, previous: RecordView | undefined): TemplateResult {
  const marked = panel.marked.includes(record.id);
  return html`<div class="record-line">
    ${iconButton(
      marked ? 'check' : 'circle-large-outline',
      marked ? 'Unmark (Space)' : 'Mark for comparison (Space)',
      () => {
        toggleMark(panel, record.id);
      },
      { pressed: marked, tabStop: false },
    )}
    ${outcomeIcon(record)}
    <span class="record-model" title=${record.provider ?? ''}>${modelName(record)} ${importedMark(record)}</span>
    <code class="hash record-id">${shortHash(record.head)}</code>
    ${recordCells(record).map((cell) => html`<span class="number col-${cell.name}">${cell.content}</span>`)}
    <time class="age" datetime=${record.createdAt} title=${record.createdAt}>${age(record.createdAt, panel.now)}</time>
    <span class="actions" role="group" aria-label="Actions"
      >${
        previous
          ? iconButton(
              'git-compare',
              'Compare with the call before (D)',
              () => {
                panel.post({ type: 'compareRecords', a: previous.id, b: record.id });
              },
              { tabStop: false },
            )
          : nothing
      }${iconButton(
        'target',
        'Check out the commit that was sent (C)',
        () => {
          panel.post({ type: 'commit', action: 'checkout', hash: record.head });
        },
        { tabStop: false },
      )}${iconButton(
        'chevron-right',
        'Open (Enter)',
        () => {
          panel.post({ type: 'openRecord', id: record.id });
        },
        { tabStop: false },
      )}</span
    >
  </div>`;
}

function onKey(panel: Panel, record: RecordView, previous: RecordView | undefined, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key.toLowerCase()) {
    case ' ':
      toggleMark(panel, record.id);
      return true;
    case 'c':
      panel.post({ type: 'commit', action: 'checkout', hash: record.head });
      return true;
    case 'd':
      if (previous) panel.post({ type: 'compareRecords', a: previous.id, b: record.id });
      return previous !== undefined;
    default:
      return false;
  }
}

/** At most two are marked; a third takes the place of the first. */
function toggleMark(panel: Panel, id: string): void {
  const marked = panel.marked.includes(id)
    ? panel.marked.filter((other) => other !== id)
    : [...panel.marked, id].slice(-2);
  panel.mark(marked);
}

function compareBar(panel: Panel, view: RecordsView): TemplateResult | typeof nothing {
  if (panel.marked.length === 0) return nothing;
  // Newest first: the one further down is the older.
  const [b, a] = view.records.filter((record) => panel.marked.includes(record.id)).map((record) => record.id);
  return html`<div class="toolbar" role="status">
    <span class="summary">${panel.marked.length === 1 ? 'Mark one more record to compare' : '2 records marked'}</span>
    <span class="spacer"></span>
    ${button(
      'Compare',
      () => {
        if (a !== undefined && b !== undefined) panel.post({ type: 'compareRecords', a, b });
      },
      { disabled: a === undefined || b === undefined },
    )}
    ${button(
      'Clear',
      () => {
        panel.mark([]);
      },
      { secondary: true },
    )}
  </div>`;
}

import { html, nothing, type TemplateResult } from 'lit';
import { age, compactCount, messageCount, shortHash } from '../../src/shared/format.js';
import type { ComparisonView, MessageDiffView, RecordView } from '../../src/shared/record-view.js';
import { iconOf } from '../context/message-row.js';
import { icon, iconButton } from '../ui/controls.js';
import { listOf, virtualList } from '../ui/list-of.js';
import type { Panel } from '../panel/panel-actions.js';
import { comparisonRows, type ComparisonRow } from './comparison-rows.js';

const SIGNS: Readonly<Record<MessageDiffView['status'], string>> = {
  added: 'diff-added',
  removed: 'diff-removed',
  modified: 'diff-modified',
  unchanged: 'dash',
};

/** Two records message by message: the older one is the left side. */
export function comparison(panel: Panel, view: ComparisonView): TemplateResult {
  const opened = new Set(panel.local.expanded);
  const rows = comparisonRows(view.messages, opened);
  return html`<div class="tab-fill">
    <div class="toolbar">
      ${iconButton('arrow-left', 'Back to all records', () => {
        panel.closeDetail();
      })}
      <span class="summary">${side(panel, view.a)} ${icon('arrow-right')} ${side(panel, view.b)}</span>
      <span class="spacer"></span>
      <span class="diff-totals" title="Messages added, removed, modified, unchanged; change in tokens">
        <span class="added">+${view.added}</span> <span class="removed">−${view.removed}</span>
        <span class="modified">~${view.modified}</span> <span class="quiet">=${view.unchanged}</span>
        <b>${signed(view)}</b></span
      >
    </div>
    ${virtualList(
      panel,
      'comparison',
      'Messages of both records',
      listOf(rows, {
        estimate: (row) => (row.kind === 'fold' ? 26 : 60),
        key: (row) => (row.kind === 'fold' ? row.key : `${row.diff.status}-${row.diff.hash}`),
        row: (row) => (row.kind === 'fold' ? fold(panel, row) : diffRow(row.diff)),
        rowClass: (row) => (row.kind === 'fold' ? 'fold' : `diff diff-${row.diff.status}`),
        label: (row) =>
          row.kind === 'fold' ? `${messageCount(row.count)} unchanged` : `${row.diff.status} ${row.diff.role}`,
        open: (row) => {
          if (row.kind === 'fold') panel.toggle(row.key);
          else panel.post({ type: 'commit', action: 'open', hash: row.diff.hash });
        },
      }),
    )}
  </div>`;
}

function side(panel: Panel, record: RecordView): TemplateResult {
  return html`<span title=${record.createdAt}
    ><code class="hash">${shortHash(record.head)}</code>
    <span class="quiet">${age(record.createdAt, panel.now)}</span></span
  >`;
}

function signed(view: ComparisonView): string {
  const { count } = view.tokenDelta;
  const sign = count > 0 ? '+' : count < 0 ? '−' : '±';
  return `${view.tokenDelta.exact ? '' : '~'}${sign}${compactCount(Math.abs(count))} tokens`;
}

function fold(panel: Panel, row: Extract<ComparisonRow, { kind: 'fold' }>): TemplateResult {
  return html`<button
    type="button"
    class="link fold-line"
    tabindex="-1"
    @click=${() => {
      panel.toggle(row.key);
    }}
  >
    ${icon('unfold')} ${messageCount(row.count)} unchanged · ~${compactCount(row.tokens)} tokens
  </button>`;
}

function diffRow(diff: MessageDiffView): TemplateResult {
  return html`<div class="diff-line">
      <span class="sign">${icon(SIGNS[diff.status], diff.status)}</span>
      <span class="kind kind-${diff.role}">${icon(iconOf(diff))}<span class="kind-name">${diff.role}</span></span>
      <code class="hash">${shortHash(diff.hash)}</code>
      <span class="spacer"></span>
      <span class="tokens-count quiet">${tokens(diff)}</span>
    </div>
    ${
      diff.status === 'unchanged'
        ? html`<div class="diff-body quiet preview-text">${diff.runs.map((run) => run.text).join('')}</div>`
        : html`<pre class="diff-body">
${diff.runs.map((run) => html`<span class="run-${run.kind}">${run.text}</span>`)}</pre>`
    }`;
}

function tokens(diff: MessageDiffView): TemplateResult | string | typeof nothing {
  if (diff.tokensA !== null && diff.tokensB !== null && diff.tokensA !== diff.tokensB) {
    return `~${compactCount(diff.tokensA)} → ~${compactCount(diff.tokensB)}`;
  }
  const one = diff.tokensB ?? diff.tokensA;
  return one === null ? nothing : `~${compactCount(one)}`;
}

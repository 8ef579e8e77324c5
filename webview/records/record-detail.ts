import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, duration, fullCount, percent, shortHash } from '../../src/shared/format.js';
import type { RecordDetailView, RecordView } from '../../src/shared/record-view.js';
import { kindOf, messageMenu, messageRow, toggleMessage } from '../context/message-row.js';
import { icon, iconButton, link } from '../ui/controls.js';
import { listOf, virtualList } from '../ui/list-of.js';
import type { Panel } from '../panel/panel-actions.js';
import { cachedShare, outcomeIcon, outcomeText } from './record-cells.js';

/** One record: how the call went, and the very messages that were sent. */
export function recordDetail(panel: Panel, view: RecordDetailView): TemplateResult {
  const { record, messages } = view;
  const most = messages.reduce((top, message) => Math.max(top, message.tokens.count), 1);
  const expanded = new Set(panel.local.expanded);
  const cached = new Set(messages.slice(0, record.stablePrefix.messages).map((message) => message.hash));
  return html`<div class="tab-fill">
    <div class="toolbar">
      ${iconButton('arrow-left', 'Back to all records', () => {
        panel.closeDetail();
      })}
      ${outcomeIcon(record)}
      <span class="summary"
        ><strong>${record.model ?? 'unknown model'}</strong> <span class="quiet">${record.createdAt}</span></span
      >
      <span class="spacer"></span>
      ${iconButton('target', 'Check out the commit that was sent', () => {
        panel.post({ type: 'commit', action: 'checkout', hash: record.head });
      })}
    </div>
    <dl class="facts">
      ${facts(record).map(([label, value, help]) => fact(label, value, help))}
      ${view.facts.map(({ label, value }) => fact(label, value))}
      ${
        record.answer
          ? fact(
              'Answer',
              link(shortHash(record.answer), () => {
                if (record.answer) panel.post({ type: 'commit', action: 'open', hash: record.answer });
              }),
            )
          : nothing
      }
      ${fact('Proof', proof(view))}
    </dl>
    ${virtualList(
      panel,
      'record-messages',
      'Messages that were sent',
      listOf(messages, {
        estimate: () => 26,
        key: (message) => message.hash,
        row: (message, index) =>
          messageRow(panel, message, {
            number: index + 1,
            heaviest: most,
            expanded: expanded.has(message.hash),
            at: record.head,
            readOnly: true,
          }),
        rowClass: (message) => `message role-${message.role} ${cached.has(message.hash) ? 'cached' : ''}`,
        label: (message) => `${kindOf(message)}: ${message.text.slice(0, 120)}`,
        menu: (message) => messageMenu(message, null),
        open: (message) => {
          panel.post({ type: 'commit', action: 'open', hash: message.hash });
        },
        onKey: (message, event) => {
          if (event.key !== ' ') return false;
          toggleMessage(panel, message, { expanded: expanded.has(message.hash), at: record.head });
          return true;
        },
      }),
    )}
  </div>`;
}

function fact(label: string, value: TemplateResult | string, help?: string): TemplateResult {
  return html`<div title=${help ?? nothing}>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

function facts(record: RecordView): readonly (readonly [string, string, string?])[] {
  const { usage } = record;
  const cached = cachedShare(record);
  return [
    ['Outcome', outcomeText(record)],
    ['Messages', fullCount(record.messages)],
    ['Estimate', `~${fullCount(record.estimated)}`, 'Tokens counted before the call'],
    ...(usage
      ? ([
          ['Prompt', fullCount(usage.prompt), 'Reported by the provider'],
          ['Answer', fullCount(usage.completion), 'Reported by the provider'],
          ['Cache read', `${compactCount(usage.cacheRead)}${cached === null ? '' : ` (${percent(cached)})`}`],
          ['Cache write', compactCount(usage.cacheWrite)],
          ['Reasoning', compactCount(usage.reasoning)],
        ] as const)
      : ([['Usage', 'not reported']] as const)),
    ['Stable prefix', `${fullCount(record.stablePrefix.messages)} msg · ~${compactCount(record.stablePrefix.tokens)}`],
    ...(record.latencyMs === null ? [] : ([['Latency', duration(record.latencyMs)]] as const)),
    ['HEAD', shortHash(record.head)],
  ];
}

function proof(view: RecordDetailView): TemplateResult {
  switch (view.reproduced) {
    case 'same':
      return html`<span class="good">${icon('verified')} compiles to the same context again</span>`;
    case 'different':
      return html`<span class="bad">${icon('error')} ${view.reason ?? 'does not compile to the same context'}</span>`;
    case 'notReproducible':
      return html`<span class="quiet">${icon('question')} ${view.reason ?? 'cannot be compiled again'}</span>`;
  }
}

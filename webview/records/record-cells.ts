import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, duration, fullCount, messageCount, percent } from '../../src/shared/format.js';
import type { RecordView } from '../../src/shared/record-view.js';
import { icon } from '../ui/controls.js';

const OUTCOMES: Readonly<Record<RecordView['outcome'], { readonly icon: string; readonly text: string }>> = {
  pending: { icon: 'loading', text: 'Pending' },
  answered: { icon: 'pass', text: 'Answered' },
  failed: { icon: 'error', text: 'Failed' },
  cancelled: { icon: 'circle-slash', text: 'Cancelled' },
  interrupted: { icon: 'debug-disconnect', text: 'Interrupted: the window closed before the answer' },
};

export function outcomeIcon(record: RecordView): TemplateResult {
  const outcome = OUTCOMES[record.outcome];
  return html`<span class="outcome outcome-${record.outcome}">${icon(outcome.icon, outcomeText(record))}</span>`;
}

/** `Failed (RATE_LIMITED)`, `Answered (stop)`. */
export function outcomeText(record: RecordView): string {
  const detail = record.errorCode ?? record.finishReason;
  return OUTCOMES[record.outcome].text + (detail === null ? '' : ` (${detail})`);
}

/** The prompt's share that came from the provider's cache, 0…1; null when nothing was reported. */
export function cachedShare(record: RecordView): number | null {
  const { usage } = record;
  return usage === null || usage.prompt === 0 ? null : usage.cacheRead / usage.prompt;
}

/** What a record's line says, column by column. Estimates carry `~`; what was not reported is a dash. */
export function recordCells(
  record: RecordView,
): readonly { readonly name: string; readonly content: TemplateResult | string }[] {
  const { usage } = record;
  const dash = html`<span class="quiet" title="Not reported">–</span>`;
  const exact = (value: number | undefined) =>
    value === undefined
      ? dash
      : html`<span title=${`${fullCount(value)} tokens, reported by the provider`}>${compactCount(value)}</span>`;
  const cached = cachedShare(record);
  return [
    {
      name: 'estimate',
      content: html`<span title=${`${fullCount(record.estimated)} tokens, estimated before the call`}
        >~${compactCount(record.estimated)}</span
      >`,
    },
    { name: 'prompt', content: exact(usage?.prompt) },
    { name: 'completion', content: exact(usage?.completion) },
    {
      name: 'cache',
      content:
        usage === null || cached === null
          ? dash
          : html`<span
              title=${`${fullCount(usage.cacheRead)} tokens read from the cache, ${fullCount(usage.cacheWrite)} written to it`}
              >${percent(cached)}</span
            >`,
    },
    {
      name: 'stable',
      content: html`<span
        title=${`The first ${messageCount(record.stablePrefix.messages)}, about ${fullCount(record.stablePrefix.tokens)} tokens, as in the call before`}
        >${record.stablePrefix.messages > 0 ? `${fullCount(record.stablePrefix.messages)} msg` : html`<span class="quiet">–</span>`}</span
      >`,
    },
    {
      name: 'latency',
      content: record.latencyMs === null ? html`<span class="quiet">–</span>` : duration(record.latencyMs),
    },
  ];
}

export const RECORD_COLUMNS: readonly { readonly name: string; readonly title: string; readonly help: string }[] = [
  { name: 'estimate', title: 'Estimate', help: 'Tokens counted before the call' },
  { name: 'prompt', title: 'Prompt', help: 'Prompt tokens the provider reported, cached ones included' },
  { name: 'completion', title: 'Answer', help: 'Completion tokens the provider reported, reasoning included' },
  { name: 'cache', title: 'Cached', help: "Share of the prompt read from the provider's cache" },
  { name: 'stable', title: 'Prefix', help: 'Leading messages equal to the call before' },
  { name: 'latency', title: 'Latency', help: 'From request to the end of the answer' },
];

export function modelName(record: RecordView): TemplateResult | string {
  return record.model ?? html`<span class="quiet">${record.provider ?? 'unknown model'}</span>`;
}

export function importedMark(record: RecordView): TemplateResult | typeof nothing {
  return record.imported ? icon('cloud-download', 'Imported from a session') : nothing;
}

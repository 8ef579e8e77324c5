import { html, nothing, type TemplateResult } from 'lit';
import type { MessageView } from '../../src/shared/context-view.js';
import { age, compactTokens, describeTokens, fullCount, messageCount, shortHash } from '../../src/shared/format.js';
import { commitMenu } from '../ui/commit-menu.js';
import { icon, iconButton, link } from '../ui/controls.js';
import type { Panel } from '../panel/panel-actions.js';
import { textKey } from '../panel/panel-state.js';

const ICONS: Readonly<Record<string, string>> = {
  instruction: 'law',
  reasoning: 'lightbulb',
  artifact: 'file-code',
  output: 'output',
  session: 'bookmark',
  compression: 'fold',
  freeform: 'json',
  tool_io: 'tools',
};
const ROLE_ICONS: Readonly<Record<string, string>> = {
  system: 'law',
  user: 'account',
  assistant: 'sparkle',
  tool: 'tools',
};

/** What a message is to a person, in one word. */
export function kindOf(message: MessageView): string {
  if (message.summarises > 0) return 'summary';
  if (message.contentType === 'dialogue') return message.role;
  if (message.contentType === 'tool_io')
    return message.role === 'tool' && message.toolCallId !== null ? 'result' : 'tool';
  return message.contentType;
}

export function iconOf(message: Pick<MessageView, 'contentType' | 'role'>): string {
  return ICONS[message.contentType] ?? ROLE_ICONS[message.role] ?? 'comment';
}

/** The menu of a message's commit. */
export function messageMenu(message: MessageView, head: string | null): string {
  return commitMenu({
    commitHash: message.hash,
    priority: message.priority,
    isHead: message.hash === head,
    isSummary: message.summarises > 0,
  });
}

/** Whether the text is code or data, and so set in the editor's font and kept to one line until opened. */
function isData(message: MessageView): boolean {
  return ['tool_io', 'artifact', 'freeform', 'reasoning'].includes(message.contentType) || message.role === 'tool';
}

/** A tool call's text is its one-line form; the call itself shows the arguments whole. */
function isCall(message: MessageView): boolean {
  return message.contentType === 'tool_io' && message.toolCalls.length > 0;
}

export interface MessageRowOptions {
  readonly number: number;
  readonly heaviest: number;
  readonly expanded: boolean;
  /** The commit whose context the message is shown in. */
  readonly at: string | null;
  /** A record's messages can be read but not changed. */
  readonly readOnly: boolean;
}

/** One message: kind, text, marks, tokens, age, and at most three actions that show on hover and focus. */
export function messageRow(panel: Panel, message: MessageView, options: MessageRowOptions): TemplateResult {
  const kind = kindOf(message);
  return html`
    <div class="message-line">
      ${iconButton(
        options.expanded ? 'chevron-down' : 'chevron-right',
        options.expanded ? 'Collapse' : 'Expand',
        () => {
          toggleMessage(panel, message, options);
        },
        { tabStop: false },
      )}
      <span class="kind kind-${message.role}" title=${`${message.role} · ${message.contentType}`}>
        ${icon(message.failed ? 'error' : iconOf(message))}<span class="kind-name">${kind}</span>
      </span>
      <div class="preview ${isData(message) ? 'data' : ''}">
        ${subject(message)}<span class="preview-text"
          >${options.expanded && !isCall(message) ? '' : oneLine(message)}</span
        >
      </div>
      <span class="marks">${marks(message)}</span>
      <span class="actions" role="group" aria-label="Actions">${actions(panel, message, options)}</span>
      ${tokensCell(message, options.heaviest)}
      <time class="age" datetime=${message.createdAt} title=${whoAndWhen(message)}
        >${age(message.createdAt, panel.now)}</time
      >
    </div>
    ${options.expanded ? body(panel, message, options) : nothing}
  `;
}

/** Expands or collapses, asking the host for the rest of a long text the first time. */
export function toggleMessage(
  panel: Panel,
  message: MessageView,
  options: Pick<MessageRowOptions, 'expanded' | 'at'>,
): void {
  panel.toggle(message.hash);
  const cut = message.textLength > message.text.length;
  // A text of a few screens comes at once; a longer one only when it is asked for.
  if (
    !options.expanded &&
    cut &&
    message.textLength <= 20_000 &&
    !panel.views.texts.has(textKey(message.hash, options.at))
  ) {
    panel.post({ type: 'loadText', hash: message.hash, at: options.at });
  }
}

function subject(message: MessageView): TemplateResult | typeof nothing {
  const name = message.path ?? message.name;
  return name === null || message.text.startsWith(name) ? nothing : html`<span class="subject">${name}</span> `;
}

function oneLine(message: MessageView): string {
  const text = message.text.trim();
  if (text !== '') return text;
  if (message.toolCalls.length > 0) return message.toolCalls.map((call) => `${call.name}(${call.arguments})`).join(' ');
  return '(empty)';
}

function marks(message: MessageView): TemplateResult {
  return html`${message.priority === 'pinned' ? icon('pinned', 'Pinned: survives compression verbatim') : nothing}${
    message.priority === 'important' ? icon('star-full', 'Important: summarised with care') : nothing
  }${message.inContext ? nothing : icon('eye-closed', 'Skipped: not part of the context')}${
    message.edited ? icon('edit', 'Edited') : nothing
  }${
    message.toolCalls.length > 0
      ? html`<span class="mark" title=${`${message.toolCalls.length} tool calls`}
          >${icon('tools')}${message.toolCalls.length}</span
        >`
      : nothing
  }`;
}

function actions(panel: Panel, message: MessageView, options: MessageRowOptions): TemplateResult {
  const open = iconButton(
    'go-to-file',
    'Open commit (Enter)',
    () => {
      panel.post({ type: 'commit', action: 'open', hash: message.hash });
    },
    { tabStop: false },
  );
  if (options.readOnly) return open;
  const pinned = message.priority === 'pinned';
  const skipped = !message.inContext;
  return html`${iconButton(
    pinned ? 'pinned-dirty' : 'pin',
    pinned ? 'Unpin (N)' : 'Pin (P)',
    () => {
      panel.post({ type: 'setPriority', hash: message.hash, priority: pinned ? 'normal' : 'pinned' });
    },
    { tabStop: false },
  )}${iconButton(
    skipped ? 'eye' : 'eye-closed',
    skipped ? 'Put back into the context (N)' : 'Skip: leave out of the context (S)',
    () => {
      panel.post({ type: 'setPriority', hash: message.hash, priority: skipped ? 'normal' : 'skip' });
    },
    { tabStop: false },
  )}${iconButton(
    'edit',
    'Edit (E)',
    () => {
      panel.post({ type: 'commit', action: 'edit', hash: message.hash });
    },
    { tabStop: false },
  )}`;
}

function tokensCell(message: MessageView, most: number): TemplateResult {
  const share = Math.max(0, Math.min(100, (message.tokens.count / most) * 100));
  return html`<span class="tokens" title=${describeTokens(message.tokens)}
    ><span class="tokens-bar" .style=${`width: ${message.inContext && share >= 2 ? share.toFixed(1) : 0}%`}></span
    ><span class="tokens-count">${compactTokens(message.tokens)}</span></span
  >`;
}

function whoAndWhen(message: MessageView): string {
  return `${message.author ? `${message.author}, ` : ''}${message.createdAt} · ${shortHash(message.hash)}`;
}

function body(panel: Panel, message: MessageView, options: MessageRowOptions): TemplateResult {
  const text = panel.views.texts.get(textKey(message.hash, options.at)) ?? message.text;
  const cut = message.textLength > text.length;
  return html`<div class="body">
    ${text === '' || isCall(message) ? nothing : html`<pre class="body-text ${isData(message) ? 'data' : ''}">${text}${cut ? '…' : ''}</pre>`}
    ${
      cut
        ? link(`Show all ${fullCount(message.textLength)} characters`, () => {
            panel.post({ type: 'loadText', hash: message.hash, at: options.at });
          })
        : nothing
    }
    ${message.toolCalls.map(
      (call) =>
        html`<div class="tool-call">
          <span class="tool-name">${icon('tools')} ${call.name}</span><span class="tool-id">${call.id}</span>
          <pre class="body-text data">${pretty(call.arguments)}</pre>
        </div>`,
    )}
    <div class="body-foot">
      ${options.number > 0 && message.inContext ? html`<span>#${options.number}</span>` : nothing}
      <span>${shortHash(message.hash)}</span>
      <span>${message.contentType}</span>
      ${message.author ? html`<span>${message.author}</span>` : nothing}
      ${message.summarises > 0 ? html`<span>stands for ${messageCount(message.summarises)}</span>` : nothing}
      ${message.toolCallId ? html`<span>answers ${message.toolCallId}</span>` : nothing}
      ${bodyLinks(panel, message, options)}
    </div>
  </div>`;
}

function bodyLinks(panel: Panel, message: MessageView, options: MessageRowOptions): TemplateResult {
  const act = (action: 'open' | 'checkout' | 'compressUpTo' | 'expand' | 'copyText' | 'showHistory', label: string) =>
    link(label, () => {
      panel.post({ type: 'commit', action, hash: message.hash });
    });
  if (options.readOnly) return html`${act('open', 'Open')}${act('copyText', 'Copy text')}`;
  return html`${act('open', 'Open')}${act('copyText', 'Copy text')}${
    message.edited ? act('showHistory', 'Edit history') : nothing
  }${act('checkout', 'Check out')}${
    message.summarises > 0 ? act('expand', 'Expand summary') : act('compressUpTo', 'Compress up to here')
  }`;
}

/** Arguments as a person reads them; what is no JSON stays as it was sent. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

import { html, nothing, type TemplateResult } from 'lit';
import type { ComposerView } from '../../src/shared/composer-view.js';
import { compactCount, compactTokens, describeTokens, fullCount } from '../../src/shared/format.js';
import { button, dropdown, icon, iconButton, link, progressRing, textArea } from '../ui/controls.js';
import type { Panel } from '../panel/panel-actions.js';
import { isRunning, sending } from './sending.js';

/** Under the compiled context: what would be sent, what it costs, to which model; send and stop (issue 6). */
export function composer(panel: Panel): TemplateResult | typeof nothing {
  const view = panel.views.composer;
  if (!view) return nothing;
  const running = isRunning(view);
  return html`<section class="composer" aria-label="Composer">
    ${answer(panel, view)} ${whyNot(panel, view)} ${waiting(panel, view)}
    <div class="composer-box">
      ${textArea(
        'Message to the model',
        panel.local.draft,
        (draft) => {
          panel.write(draft);
        },
        {
          placeholder: view.disabled ?? placeholder(view),
          rows: Math.min(8, Math.max(1, panel.local.draft.split('\n').length)),
          disabled: view.disabled !== null,
          onKeydown: (event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            if (!running) send(panel, view);
          },
        },
      )}
      <div class="composer-foot">
        ${models(panel, view)} ${cost(panel, view)}
        <span class="spacer"></span>
        ${
          running
            ? iconButton('debug-stop', 'Stop', () => {
                panel.post({ type: 'stop' });
              })
            : iconButton(
                'send',
                'Send (Enter; Shift+Enter for a new line)',
                () => {
                  send(panel, view);
                },
                { disabled: sending(view, panel.local.draft) !== 'now' },
              )
        }
      </div>
    </div>
  </section>`;
}

/** Why nothing can be sent, unless the header says so already; a disabled field alone is too pale to be read. */
function whyNot(panel: Panel, { disabled }: ComposerView): TemplateResult | typeof nothing {
  const { header } = panel.views;
  if (disabled === null || header?.detached === true || (header?.readOnly ?? null) !== null) return nothing;
  return html`<div class="notice info" role="status">${icon('lock')}<span>${disabled}</span></div>`;
}

function placeholder({ context }: ComposerView): string {
  return context.count === 0
    ? 'Message to the model'
    : 'Message, or nothing to let the model go on from the context above';
}

/** Tokens of the draft as the host counted them; null while the count of the latest text is on its way. */
function draftTokens(panel: Panel): number | null {
  if (panel.local.draft === '') return 0;
  const counted = panel.views.draftTokens;
  return counted?.draft === panel.draftNumber ? counted.tokens.count : null;
}

/** What would be sent: context and draft. */
function outgoing(panel: Panel, view: ComposerView): number {
  return view.context.count + (draftTokens(panel) ?? 0);
}

function fits(panel: Panel, view: ComposerView): boolean {
  return view.available === null || outgoing(panel, view) <= view.available;
}

function send(panel: Panel, view: ComposerView): void {
  const can = sending(view, panel.local.draft);
  if (can === 'now') panel.send();
  else panel.waitToSend(can === 'without-model');
}

/** Enter before a model is known: says what the message waits for. */
function waiting(panel: Panel, view: ComposerView): TemplateResult | typeof nothing {
  if (!panel.waitsToSend || sending(view, panel.local.draft) !== 'without-model') return nothing;
  return html`<div class="notice info" role="status">
    ${icon('watch')}<span>No model is known yet: the message is sent once one is chosen below.</span>
    ${button(
      'Do Not Send',
      () => {
        panel.waitToSend(false);
      },
      { secondary: true },
    )}
  </div>`;
}

function models(panel: Panel, view: ComposerView): TemplateResult | typeof nothing {
  if (view.models.length === 0 && view.disabled !== null) return nothing;
  if (view.models.length === 0) {
    return link('Configure a model…', () => {
      panel.post({ type: 'command', command: 'configureModel' });
    });
  }
  const chosen = view.models.find((model) => model.id === view.modelId);
  const choices = view.models.map((model) => ({ value: model.id, label: model.label }));
  if (!chosen) choices.unshift({ value: '', label: 'Choose a model…' });
  return html`${dropdown(
    'Model',
    choices,
    view.modelId ?? '',
    (id) => {
      if (id !== '') panel.post({ type: 'chooseModel', id });
    },
    { above: true },
  )}${chosen?.note ? icon('info', chosen.note) : nothing}`;
}

function cost(panel: Panel, view: ComposerView): TemplateResult {
  const draft = draftTokens(panel);
  const count = outgoing(panel, view);
  const exact = view.context.exact && panel.local.draft === '';
  const fresh = Math.max(0, count - view.stablePrefix);
  const over = view.available === null ? 0 : count - view.available;
  return html`<span class="cost">
    <span title=${`${describeTokens({ count, exact })}, would be sent: context and message`}
      >sends ${compactTokens({ count, exact })}${draft === null ? '…' : ''}</span
    >
    ${
      view.stablePrefix > 0
        ? html`<span
            class="quiet"
            title=${`About ${fullCount(view.stablePrefix)} leading tokens equal the last request and should be read from the provider's cache; about ${fullCount(fresh)} are read anew`}
            >~${compactCount(view.stablePrefix)} cached <span class="dot">·</span> ~${compactCount(fresh)} new</span
          >`
        : nothing
    }
    ${
      view.available === null
        ? nothing
        : fits(panel, view)
          ? html`<span class="quiet wide">of ${compactCount(view.available)}</span>`
          : html`<span class="over" role="alert"
              >${icon('warning')} ${compactTokens({ count: over, exact: false })} over the budget</span
            >`
    }
  </span>`;
}

function answer(panel: Panel, view: ComposerView): TemplateResult | typeof nothing {
  const state = view.state;
  switch (state.kind) {
    case 'idle':
      return nothing;
    case 'failed':
      return html`<div class="notice error" role="alert">
        ${icon('error')}<span>${state.message}</span>
        ${state.remedies.map((remedy, i) =>
          button(
            remedy.label,
            () => {
              panel.post({ type: 'applySuggestion', id: remedy.id });
            },
            { secondary: i > 0 },
          ),
        )}
        ${
          state.unsent !== '' && panel.local.draft === ''
            ? button(
                'Edit Message',
                () => {
                  panel.write(state.unsent);
                  panel.post({ type: 'dismissError' });
                },
                { secondary: true },
              )
            : nothing
        }
        ${button(
          'Dismiss',
          () => {
            panel.post({ type: 'dismissError' });
          },
          { secondary: true },
        )}
      </div>`;
    case 'sending':
      return html`<div class="streaming">
        ${progressRing('Waiting for the model')}<span>Recorded and sent. Waiting for the model…</span>
      </div>`;
    case 'streaming':
      return html`<div class="streaming" aria-busy="true">
        <span class="kind kind-assistant">${icon('sparkle')}<span class="kind-name">assistant</span></span>
        <div class="streaming-text">
          ${state.reasoning === '' ? nothing : html`<pre class="body-text reasoning">${state.reasoning}</pre>`}
          <pre class="body-text">${state.text}</pre>
        </div>
      </div>`;
  }
}

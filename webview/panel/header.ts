import { html, nothing, type TemplateResult } from 'lit';
import { compactCount, compactTokens, describeTokens, percent, shortHash } from '../../src/shared/format.js';
import type { HeaderView } from '../../src/shared/header.js';
import type { PanelCommand } from '../../src/shared/protocol.js';
import { button, icon, iconButton } from '../ui/controls.js';
import type { Panel } from './panel-actions.js';

/** Where HEAD is and what it costs, whatever tab is open; notices for everything that keeps a person from writing. */
export function header(panel: Panel): TemplateResult | typeof nothing {
  const view = panel.views.header;
  if (!view) return nothing;
  const run = (command: PanelCommand) => () => {
    panel.post({ type: 'command', command });
  };
  return html`<header class="panel-header">
      <button type="button" class="where" title="Switch tract" @click=${run('switchTract')}>
        ${icon('repo')}<span class="tract-name">${view.tract?.name ?? 'No tract'}</span>
      </button>
      <button type="button" class="where" title="Check out a branch or commit" @click=${run('checkout')}>
        ${icon(view.detached ? 'debug-disconnect' : 'git-branch')}<span class="branch-name"
          >${view.branch ?? (view.detached ? 'detached' : 'no commits')}</span
        >${view.head ? html`<code class="hash">${shortHash(view.head)}</code>` : nothing}
      </button>
      ${view.busy === null ? nothing : html`<span class="busy">${icon('loading')}<span>${view.busy}</span></span>`}
      <span class="spacer"></span>
      <span
        class="header-tokens"
        title=${`${describeTokens(view.tokens)}${view.unseen > 0 ? ` + ${view.unseen} unseen` : ''}`}
        >${totals(view)}</span
      >
      ${iconButton('discard', view.undo === null ? 'Nothing to undo' : `Undo ${view.undo}`, run('undo'), {
        disabled: view.undo === null || view.readOnly !== null,
      })}
      ${iconButton('redo', view.redo === null ? 'Nothing to redo' : `Redo ${view.redo}`, run('redo'), {
        disabled: view.redo === null || view.readOnly !== null,
      })}
    </header>
    ${notices(view, run)}`;
}

/** `~12.4k / 200k (6%)`, the same as the status bar says. */
export function totals(view: HeaderView): string {
  const taken = { count: view.tokens.count + view.unseen, exact: view.tokens.exact && view.unseen === 0 };
  if (view.available === null) return `${compactTokens(taken)} tokens`;
  const share = view.available > 0 ? ` (${percent(taken.count / view.available)})` : '';
  return `${compactTokens(taken)} / ${compactCount(view.available)}${share}`;
}

function notices(view: HeaderView, run: (command: PanelCommand) => () => void): TemplateResult {
  return html`${
    view.readOnly === null
      ? nothing
      : html`<div class="notice info" role="status">${icon('lock')}<span>Read-only: ${view.readOnly}</span></div>`
  }${
    view.detached
      ? html`<div class="notice warning" role="status">
          ${icon('debug-disconnect')}<span
            >Detached at ${view.head ? shortHash(view.head) : 'nothing'}: reading works, new commits need a
            branch.</span
          >
          ${button('Create Branch…', run('createBranch'), { secondary: true })}${button('Check Out…', run('checkout'), { secondary: true })}
        </div>`
      : nothing
  }${
    view.changedFiles > 0
      ? html`<div class="notice info" role="status">
          ${icon('history')}<span
            >${view.changedFiles} ${view.changedFiles === 1 ? 'file' : 'files'} changed since</span
          >
          ${button('Commit Changes', run('commitChangedFiles'), { secondary: true })}
        </div>`
      : nothing
  }${
    view.behindSession > 0
      ? html`<div class="notice info" role="status">
          ${icon('cloud-download')}<span>${view.behindSession} behind session</span>
          ${button('Merge or Rebase…', run('mergeSession'), { secondary: true })}
        </div>`
      : nothing
  }`;
}

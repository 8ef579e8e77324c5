/**
 * Every control of the panel. This is the one module that knows `@vscode/webview-ui-toolkit` (archived): to swap it, write these
 * functions anew. All of them return lit templates; none takes HTML.
 */
import { html as fast } from '@microsoft/fast-element';
import {
  Panels,
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDataGrid,
  vsCodeDataGridCell,
  vsCodeDataGridRow,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeProgressRing,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { DirectiveResult } from 'lit/directive.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';

/** Defines the custom elements. Once, before the first render. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    // The toolkit's own template has a `style` attribute, which the CSP forbids even when it is empty.
    vsCodeBadge({ template: fast`<div class="control" part="control"><slot></slot></div>` }),
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDataGrid(),
    vsCodeDataGridRow(),
    vsCodeDataGridCell(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeProgressRing(),
    vsCodeTextArea(),
    vsCodeTextField(),
  );
}

/** A codicon; decoration only, unless it has a title. */
export function icon(name: string, title?: string): TemplateResult {
  return html`<span
    class="codicon codicon-${name}"
    aria-hidden=${title === undefined ? 'true' : nothing}
    role=${title === undefined ? nothing : 'img'}
    aria-label=${title ?? nothing}
    title=${title ?? nothing}
  ></span>`;
}

export function button(
  label: string,
  onClick: () => void,
  options: {
    readonly icon?: string;
    readonly secondary?: boolean;
    readonly disabled?: boolean;
    readonly title?: string;
  } = {},
): TemplateResult {
  return html`<vscode-button
    appearance=${options.secondary ? 'secondary' : 'primary'}
    ?disabled=${options.disabled ?? false}
    title=${options.title ?? nothing}
    @click=${onClick}
    >${options.icon ? html`<span slot="start" class="codicon codicon-${options.icon}"></span>` : nothing}${label}</vscode-button
  >`;
}

/** An icon that does something; the label is its tooltip and accessible name. `pressed` makes it a toggle. */
export function iconButton(
  name: string,
  label: string,
  onClick: () => void,
  options: { readonly pressed?: boolean; readonly disabled?: boolean; readonly tabStop?: boolean } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    title=${label}
    aria-label=${label}
    aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)}
    ?disabled=${options.disabled ?? false}
    tabindex=${options.tabStop === false ? -1 : nothing}
    @click=${(event: Event) => {
      event.stopPropagation();
      onClick();
    }}
  >
    <span class="codicon codicon-${name}" aria-hidden="true"></span>
  </button>`;
}

/** The toolkit names its text fields by itself when they are connected; this gives them the name that a person needs. */
function named(label: string): DirectiveResult {
  return ref((element) => {
    queueMicrotask(() => element?.setAttribute('aria-label', label));
  });
}

/** Text that acts, where a button would be too loud. */
export function link(label: string, onClick: () => void, title?: string): TemplateResult {
  return html`<button type="button" class="link" title=${title ?? nothing} @click=${onClick}>${label}</button>`;
}

export function badge(label: string, title?: string): TemplateResult {
  return html`<vscode-badge title=${title ?? nothing}>${label}</vscode-badge>`;
}

export function progressRing(label: string): TemplateResult {
  return html`<vscode-progress-ring aria-label=${label}></vscode-progress-ring>`;
}

export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): TemplateResult {
  return html`<vscode-checkbox
    .checked=${live(checked)}
    @change=${(event: Event) => {
      onChange((event.target as HTMLInputElement).checked);
    }}
    >${label}</vscode-checkbox
  >`;
}

export function dropdown(
  label: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  value: string,
  onChange: (value: string) => void,
  options: { readonly disabled?: boolean; readonly above?: boolean } = {},
): TemplateResult {
  return html`<vscode-dropdown
    aria-label=${label}
    title=${label}
    position=${options.above ? 'above' : 'below'}
    ?disabled=${options.disabled ?? false}
    @change=${(event: Event) => {
      onChange((event.target as HTMLSelectElement).value);
    }}
    >${repeat(
      choices,
      (choice) => choice.value,
      (choice) =>
        html`<vscode-option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</vscode-option>`,
    )}</vscode-dropdown
  >`;
}

export function textField(
  label: string,
  value: string,
  onInput: (value: string) => void,
  options: {
    readonly icon?: string;
    readonly placeholder?: string;
    readonly invalid?: boolean;
    readonly onEnter?: () => void;
  } = {},
): TemplateResult {
  return html`<vscode-text-field
    ${named(label)}
    class=${options.invalid ? 'invalid' : ''}
    placeholder=${options.placeholder ?? label}
    .value=${live(value)}
    @input=${(event: Event) => {
      onInput((event.target as HTMLInputElement).value);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter') options.onEnter?.();
    }}
    >${options.icon ? html`<span slot="start" class="codicon codicon-${options.icon}"></span>` : nothing}</vscode-text-field
  >`;
}

export function textArea(
  label: string,
  value: string,
  onInput: (value: string) => void,
  options: {
    readonly placeholder?: string;
    readonly rows?: number;
    readonly disabled?: boolean;
    readonly onKeydown?: (event: KeyboardEvent) => void;
  } = {},
): TemplateResult {
  return html`<vscode-text-area
    ${named(label)}
    placeholder=${options.placeholder ?? label}
    rows=${options.rows ?? 2}
    ?disabled=${options.disabled ?? false}
    .value=${live(value)}
    @input=${(event: Event) => {
      onInput((event.target as HTMLTextAreaElement).value);
    }}
    @keydown=${(event: KeyboardEvent) => options.onKeydown?.(event)}
  ></vscode-text-area>`;
}

export interface PanelTab {
  readonly id: string;
  readonly label: string;
  /** A number beside the label; empty for none. */
  readonly detail: string;
  readonly hidden: boolean;
}

/**
 * Tabs; only the open one's content is in the document. Tabs that come and go stay in the list, hidden: the toolkit opens the first
 * tab when the open one is new to it. For the same reason it hears which one is open after all of them are drawn.
 */
export function panels(
  tabs: readonly PanelTab[],
  open: string,
  onOpen: (id: string) => void,
  content: TemplateResult,
): TemplateResult {
  const openAfterDrawing = ref((element) => {
    queueMicrotask(() => {
      if (element instanceof Panels) element.activeid = `tab-${open}`;
    });
  });
  return html`<vscode-panels
    aria-label="Context panel"
    ${openAfterDrawing}
    @change=${(event: CustomEvent<HTMLElement | undefined>) => {
      const id = event.detail?.id.replace(/^tab-/, '');
      if (id !== undefined && id !== open && tabs.some((tab) => tab.id === id)) onOpen(id);
    }}
    >${tabs.map(
      (tab) =>
        html`<vscode-panel-tab id="tab-${tab.id}" ?hidden=${tab.hidden}
          >${tab.label}${
            tab.detail ? html`<vscode-badge appearance="secondary">${tab.detail}</vscode-badge>` : nothing
          }</vscode-panel-tab
        >`,
    )}${tabs.map(
      (tab) => html`<vscode-panel-view id="view-${tab.id}">${tab.id === open ? content : nothing}</vscode-panel-view>`,
    )}</vscode-panels
  >`;
}

/** A small table of texts; long lists use the virtual list instead. */
export function dataGrid(
  label: string,
  columns: readonly { readonly key: string; readonly title: string }[],
  rows: readonly Readonly<Record<string, string>>[],
  template: string,
): TemplateResult {
  const definitions = columns.map(({ key, title }) => ({ columnDataKey: key, title }));
  return html`<vscode-data-grid
    aria-label=${label}
    grid-template-columns=${template}
    .columnDefinitions=${definitions}
    .rowsData=${rows.map((row) => ({ ...row }))}
  ></vscode-data-grid>`;
}

import { html, LitElement, nothing } from 'lit';
import type { VirtualList } from '../ui/virtual-list.js';

/**
 * Keeps the line "cached up to here" in sight: while the line itself is scrolled out of the list beside it, this shows it at the
 * edge beyond which it lies, and brings it back on a click.
 */
export class CachePointer extends LitElement {
  static override properties = {
    line: { attribute: false },
    rows: { attribute: false },
    text: { attribute: false },
    help: { attribute: false },
    edge: { state: true },
  };
  /** Index of the line among the list's rows. */
  declare line: number;
  declare rows: number;
  declare text: string;
  declare help: string;
  declare private edge: 'above' | 'below' | 'none';

  private list: VirtualList | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.edge = 'none';
    this.list = this.parentElement?.querySelector<VirtualList>('tract-list') ?? null;
    this.list?.addEventListener('scroll', this.place, { passive: true });
    this.list?.addEventListener('list-laid-out', this.place);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.list?.removeEventListener('scroll', this.place);
    this.list?.removeEventListener('list-laid-out', this.place);
  }

  protected override updated(): void {
    this.place();
  }

  private readonly place = (): void => {
    if (!this.list) return;
    const [first, last] = this.list.visibleRange();
    this.edge = this.line < first ? 'above' : this.line > last ? 'below' : 'none';
  };

  protected override render(): unknown {
    if (this.edge === 'none') return nothing;
    return html`<button
      type="button"
      class="cache-pointer ${this.edge}"
      title=${this.help}
      @click=${() => {
        this.list?.reveal(this.line);
      }}
    >
      <span class="codicon codicon-arrow-${this.edge === 'above' ? 'up' : 'down'}" aria-hidden="true"></span
      >${this.text}
    </button>`;
  }
}

if (!customElements.get('tract-cache-pointer')) customElements.define('tract-cache-pointer', CachePointer);

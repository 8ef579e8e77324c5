import { VirtualizerController, type VirtualItem } from '@tanstack/lit-virtual';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

/** What a virtual list shows. Rows are asked for by index, and only those in sight. */
export interface ListSource {
  readonly count: number;
  /** All rows have this height in px; or null when rows are measured. */
  readonly rowHeight: number | null;
  /** A measured row's height before it was seen. */
  estimate(index: number): number;
  /** Identity of a row across snapshots. */
  key(index: number): string;
  row(index: number): TemplateResult;
  rowClass(index: number): string;
  /** The row's accessible name. */
  label(index: number): string;
  /** The row's `data-vscode-context`; empty for none. */
  menu(index: number): string;
  /** False for separators, which arrows step over. */
  selectable(index: number): boolean;
  /** Enter or double click. */
  open(index: number): void;
  /** Any other key on a row; true when it was used. */
  onKey(index: number, event: KeyboardEvent): boolean;
  /** The end came near: time to load more. Called once per count. */
  nearEnd(): void;
}

/** Rows kept beyond each edge, so that a fast wheel does not show a gap. */
const OVERSCAN_ROWS = 16;

/**
 * A list of any length of which only the rows in sight are in the document. Rows may have any height: unseen ones count with their
 * estimate, seen ones with what was measured, and what is on screen stays put when a row above turns out taller.
 *
 * Which rows are in sight, and where, is the work of @tanstack/virtual-core; ours is the grid: roles, names, keys and focus. Light
 * DOM, so that the panel's one stylesheet applies.
 */
export class VirtualList extends LitElement {
  static override properties = {
    source: { attribute: false },
    name: {},
    initialScroll: { attribute: false },
    active: { state: true },
  };
  declare source: ListSource | undefined;
  /** Accessible name of the whole list. */
  declare name: string;
  declare initialScroll: number;
  /** Key of the row that has the focus, or gets it by Tab. */
  declare private active: string | undefined;

  private readonly virtualizer = new VirtualizerController<VirtualList, HTMLElement>(this, {
    getScrollElement: () => this,
    overscan: OVERSCAN_ROWS,
    ...rowsOf(undefined),
  }).getVirtualizer();
  private rows: readonly VirtualItem[] = [];
  private askedAt = -1;
  private restored = false;
  private focusActive = false;
  /** A row had the focus before this update, which may take it away by moving the row. */
  private hadFocus = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('scroll', this.onScroll, { passive: true });
    this.addEventListener('keydown', this.onKeydown);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('scroll', this.onScroll);
    this.removeEventListener('keydown', this.onKeydown);
  }

  /** Indexes of the rows at the top and at the bottom edge of the view. */
  visibleRange(): readonly [number, number] {
    const at = (y: number) => this.virtualizer.getVirtualItemForOffset(y)?.index ?? 0;
    return [at(this.scrollTop), at(this.scrollTop + this.clientHeight - 1)];
  }

  /** Scrolls until the row is in sight, to the middle when it was not, and makes it the active one. */
  reveal(index: number, focus = false): void {
    const source = this.source;
    if (!source || index < 0 || index >= source.count) return;
    this.active = source.key(index);
    this.focusActive = focus;
    const [top, bottom] = this.edges(index);
    if (top < this.scrollTop || bottom > this.scrollTop + this.clientHeight) {
      this.virtualizer.scrollToIndex(index, { align: 'center' });
    }
    this.requestUpdate();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('source')) this.takeSource();
    this.rows = this.virtualizer.getVirtualItems();
    this.keepFocus();
  }

  /** The focus stays with its row; when that one moved out of sight, with the row that is in its place now. */
  private takeSource(): void {
    const row = document.activeElement?.closest<HTMLElement>('.row');
    this.hadFocus = row !== null && row !== undefined && this.contains(row);
    const source = this.source;
    this.virtualizer.setOptions({ ...this.virtualizer.options, ...rowsOf(source) });
    if (!source || !row || !this.hadFocus) return;
    const index = this.activeIndex();
    const [top, bottom] = this.visibleRange();
    if (index >= top && index <= bottom) return;
    let place = Math.min(Number(row.dataset['index']), source.count - 1);
    while (place > 0 && !source.selectable(place)) place--;
    if (place >= 0) this.active = source.key(place);
  }

  /** When the focused row is about to leave the document the list itself takes the focus, so that arrows go on from there. */
  private keepFocus(): void {
    const row = document.activeElement?.closest<HTMLElement>('.row');
    if (!row || !this.contains(row)) return;
    const index = Number(row.dataset['index']);
    if (this.rows.some((shown) => shown.index === index)) return;
    this.tabIndex = -1;
    this.focus({ preventScroll: true });
  }

  protected override render(): unknown {
    const source = this.source;
    if (!source) return nothing;
    const indexes = this.rows.map(({ index }) => index).filter((index) => index < source.count);
    const activeShown = indexes.some((index) => source.key(index) === this.active);
    const tabStop = activeShown ? this.active : this.firstSelectable(source, indexes);
    return html`<div class="list-space" .style=${`height: ${this.virtualizer.getTotalSize()}px`}>
      <div class="list-window" .style=${`transform: translateY(${this.rows[0]?.start ?? 0}px)`}>
        ${repeat(
          indexes,
          (index) => source.key(index),
          (index) => this.renderRow(source, index, tabStop),
        )}
      </div>
    </div>`;
  }

  private renderRow(source: ListSource, index: number, tabStop: string | undefined): TemplateResult {
    const key = source.key(index);
    if (!source.selectable(index)) {
      return html`<div class="row separator ${source.rowClass(index)}" role="row" data-index=${index}>
        <div class="row-content" role="gridcell">${source.row(index)}</div>
      </div>`;
    }
    return html`<div
      class="row ${source.rowClass(index)} ${key === this.active ? 'active' : ''}"
      role="row"
      data-index=${index}
      data-vscode-context=${source.menu(index) || nothing}
      aria-rowindex=${index + 1}
      aria-label=${source.label(index)}
      aria-selected=${key === this.active ? 'true' : 'false'}
      tabindex=${key === tabStop ? 0 : -1}
      @focusin=${() => {
        if (this.active !== key) this.active = key;
      }}
      @dblclick=${(event: MouseEvent) => {
        if (!isControl(event)) source.open(index);
      }}
    >
      <div class="row-content" role="gridcell">${source.row(index)}</div>
    </div>`;
  }

  protected override updated(): void {
    this.setAttribute('role', 'grid');
    this.setAttribute('aria-label', this.name);
    this.setAttribute('aria-rowcount', String(this.source?.count ?? 0));
    const source = this.source;
    if (!this.restored && source && source.count > 0 && this.clientHeight > 0) {
      this.restored = true;
      if (this.initialScroll > 0) this.scrollTop = this.initialScroll;
    }
    if (source?.rowHeight === null) {
      for (const row of this.querySelectorAll<HTMLElement>(':scope > .list-space > .list-window > .row')) {
        this.virtualizer.measureElement(row);
      }
    }
    this.moveFocus();
    this.dispatchEvent(new Event('list-laid-out'));
    const last = this.rows.at(-1)?.index ?? -1;
    if (source && source.count > 0 && last >= source.count - 1 && this.askedAt !== source.count) {
      this.askedAt = source.count;
      source.nearEnd();
    }
  }

  /** Gives the active row the focus after a key moved it; or keeps the keys here when its row left the document. */
  private moveFocus(): void {
    if (this.hadFocus && !document.activeElement?.closest('.row')) this.focusActive = true;
    this.hadFocus = false;
    if (!this.focusActive) return;
    const index = this.activeIndex();
    const row = this.querySelector<HTMLElement>(`[data-index="${index}"]`);
    if (!row) return;
    this.focusActive = false;
    row.focus({ preventScroll: true });
  }

  /** Where a row begins and ends, in px from the top of the list. */
  private edges(index: number): readonly [number, number] {
    const row = this.virtualizer.measurementsCache[index];
    return [row?.start ?? 0, row?.end ?? 0];
  }

  private firstSelectable(source: ListSource, indexes: readonly number[]): string | undefined {
    const [top] = this.visibleRange();
    const index = indexes.find((at) => at >= top && source.selectable(at));
    return index === undefined ? undefined : source.key(index);
  }

  private readonly onScroll = (): void => {
    this.dispatchEvent(new CustomEvent<number>('list-scroll', { detail: this.scrollTop }));
  };

  private activeIndex(): number {
    const source = this.source;
    if (!source || this.active === undefined) return -1;
    for (let index = 0; index < source.count; index++) if (source.key(index) === this.active) return index;
    return -1;
  }

  private readonly onKeydown = (event: KeyboardEvent): void => {
    const source = this.source;
    if (!source || isControl(event)) return;
    const index = this.activeIndex();
    if (event.key === 'Enter' && index >= 0) {
      source.open(index);
      event.preventDefault();
      return;
    }
    const target = this.targetOf(event.key, index);
    if (target !== undefined) {
      event.preventDefault();
      this.step(source, target, event.key === 'ArrowUp' || event.key === 'PageUp' || event.key === 'End' ? -1 : 1);
    } else if (index >= 0 && (source.onKey(index, event) || event.key === ' ')) {
      // Space would scroll the list away from the row it was meant for.
      event.preventDefault();
    }
  };

  private targetOf(key: string, index: number): number | undefined {
    const [top, bottom] = this.visibleRange();
    const page = Math.max(1, bottom - top);
    switch (key) {
      case 'ArrowDown':
        return index + 1;
      case 'ArrowUp':
        return index - 1;
      case 'PageDown':
        return index + page;
      case 'PageUp':
        return index - page;
      case 'Home':
        return 0;
      case 'End':
        return (this.source?.count ?? 1) - 1;
      default:
        return undefined;
    }
  }

  /** Moves to the target, or past it in the given direction when it cannot be selected. */
  private step(source: ListSource, target: number, direction: 1 | -1): void {
    let index = Math.min(Math.max(target, 0), source.count - 1);
    while (index >= 0 && index < source.count && !source.selectable(index)) index += direction;
    if (index < 0 || index >= source.count) return;
    const [top, bottom] = this.edges(index);
    // Taller than the view: show its beginning.
    this.virtualizer.scrollToIndex(index, { align: bottom - top > this.clientHeight ? 'start' : 'auto' });
    this.active = source.key(index);
    this.focusActive = true;
    this.requestUpdate();
  }
}

function rowsOf(source: ListSource | undefined): {
  count: number;
  estimateSize: (index: number) => number;
  getItemKey: (index: number) => string | number;
} {
  return {
    count: source?.count ?? 0,
    estimateSize: (index) => source?.rowHeight ?? source?.estimate(index) ?? 0,
    getItemKey: (index) => source?.key(index) ?? index,
  };
}

/** Whether an event comes from a control inside a row, whose keys are its own. */
function isControl(event: Event): boolean {
  return (
    event.target instanceof Element && event.target.closest('button, vscode-button, a, input, select, .body') !== null
  );
}

if (!customElements.get('tract-list')) customElements.define('tract-list', VirtualList);

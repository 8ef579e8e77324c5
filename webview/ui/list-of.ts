import { html, type TemplateResult } from 'lit';
import type { Panel } from '../panel/panel-actions.js';
import type { ListSource } from './virtual-list.js';

/** A list's rows by item instead of by index; what most lists do not need has a default. */
export interface ListParts<T> {
  /** Fixed height in px. Rows are measured when there is none. */
  readonly rowHeight?: number;
  readonly estimate?: (item: T) => number;
  readonly key: (item: T) => string;
  readonly row: (item: T, index: number) => TemplateResult;
  readonly rowClass?: (item: T) => string;
  readonly label: (item: T) => string;
  /** The row's context menu: what `commitMenu` gives. */
  readonly menu?: (item: T) => string;
  readonly selectable?: (item: T) => boolean;
  readonly open?: (item: T, index: number) => void;
  readonly onKey?: (item: T, event: KeyboardEvent, index: number) => boolean;
  readonly nearEnd?: () => void;
}

/** The source of a virtual list over an array. */
export function listOf<T>(items: readonly T[], parts: ListParts<T>): ListSource {
  const at = (index: number): T => {
    const item = items[index];
    if (item === undefined) throw new RangeError(`Row ${index} of ${items.length}`);
    return item;
  };
  return {
    count: items.length,
    rowHeight: parts.rowHeight ?? null,
    estimate: (index) => parts.estimate?.(at(index)) ?? parts.rowHeight ?? 26,
    key: (index) => parts.key(at(index)),
    row: (index) => parts.row(at(index), index),
    rowClass: (index) => parts.rowClass?.(at(index)) ?? '',
    label: (index) => parts.label(at(index)),
    menu: (index) => parts.menu?.(at(index)) ?? '',
    selectable: (index) => parts.selectable?.(at(index)) ?? true,
    open: (index) => parts.open?.(at(index), index),
    onKey: (index, event) => parts.onKey?.(at(index), event, index) ?? false,
    nearEnd: () => parts.nearEnd?.(),
  };
}

/** A virtual list that comes back to where it was scrolled; `id` names it in the document and in the remembered state. */
export function virtualList(panel: Panel, id: string, name: string, source: ListSource): TemplateResult {
  return html`<tract-list
    id=${id}
    .name=${name}
    .source=${source}
    .initialScroll=${panel.local.scroll[id] ?? 0}
    @list-scroll=${(event: CustomEvent<number>) => {
      panel.scrolled(id, event.detail);
    }}
  ></tract-list>`;
}

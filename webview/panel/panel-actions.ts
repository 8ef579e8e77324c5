import type { PlanView } from '../../src/shared/plan-view.js';
import type { ToHost } from '../../src/shared/protocol.js';
import type { Remembered, Views } from './panel-state.js';

/** What every part of the panel gets: what to show, and how to act. Parts are functions from this to a template. */
export interface Panel {
  readonly views: Views;
  readonly local: Remembered;
  /** Milliseconds since the epoch that ages count from: one value for the whole page. */
  readonly now: number;
  /** Rows marked for comparison, by record id, in the order in which they were marked. */
  readonly marked: readonly string[];
  /** The number of the draft's latest text; an answer to an earlier one is stale. */
  readonly draftNumber: number;
  /** The draft goes out once a model is known. */
  readonly waitsToSend: boolean;
  post(request: ToHost): void;
  remember(change: Partial<Remembered>): void;
  mark(ids: readonly string[]): void;
  /** Takes back an opened record or comparison. */
  closeDetail(): void;
  /** Shows the plan as it will be, until the host says how it is. */
  showPlan(plan: PlanView): void;
  /** What is typed is no longer what waited to be sent. */
  write(draft: string): void;
  /** Sends the draft and empties it. */
  send(): void;
  waitToSend(waits: boolean): void;
  /** Does something a moment after the last call with the same name. */
  later(name: string, action: () => void): void;
  /** Expands or collapses a row. */
  toggle(key: string): void;
  /** Remembers a list's scroll position without rendering. */
  scrolled(list: string, top: number): void;
}

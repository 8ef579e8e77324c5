import * as vscode from 'vscode';
import type { Resolution } from '../../core/compile/fold.js';
import { slotOf, type Slot } from '../../core/compile/snapshot.js';
import { mergeBase } from '../../core/graph/ancestry.js';
import type { Priority } from '../../core/model/commit.js';
import { DetachedHeadError, type MergeConflict } from '../../core/model/errors.js';
import type { MergePlan } from '../../core/operations/merge.js';
import type { MergeResult } from '../../core/operations/merge.js';
import { commitLabel } from '../commit-look.js';
import { storedCommit } from '../documents/document-text.js';
import { WindowError } from '../errors.js';
import type { WindowStore } from '../store/window-store.js';
import { hasMarkers, withMarkers, withoutFinalNewline } from './markers.js';

/** A message that both branches changed, each in its own way (SPEC §9.2). */
export interface Conflict {
  readonly target: string;
  /** The first line of the message. */
  readonly label: string;
  readonly kinds: readonly MergeConflict['kind'][];
  /** What both sides started from. */
  readonly baseText: string;
  readonly ours: ConflictSide;
  readonly theirs: ConflictSide;
  /** What the person chose; undefined while it is open. */
  readonly resolution: Resolution | undefined;
}

export interface ConflictSide {
  readonly text: string;
  readonly priority: Priority;
}

export interface CurrentMerge {
  readonly tractId: string;
  /** What is merged, as `Tract.merge` takes it: a branch, or a commit. */
  readonly from: string;
  /** The branch it goes into. */
  readonly into: string;
  /** Hashes of the three commits that the texts are of. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly conflicts: readonly Conflict[];
}

/**
 * The merge of this window that waits for its conflicts to be resolved (SPEC §9.2, Annex B.12). Nothing is written before all of them
 * are, so it lives in memory only: a closed window has nothing to clean up.
 */
export class MergeInProgress implements vscode.Disposable {
  readonly #store: WindowStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #drafts = new Map<string, string>();
  #current: CurrentMerge | null = null;

  readonly onDidChange = this.#changed.event;

  constructor(store: WindowStore) {
    this.#store = store;
  }

  get current(): CurrentMerge | null {
    return this.#current;
  }

  /** The conflicts that nobody has resolved yet. */
  get open(): readonly Conflict[] {
    return this.#current?.conflicts.filter(({ resolution }) => resolution === undefined) ?? [];
  }

  conflict(target: string): Conflict | undefined {
    return this.#current?.conflicts.find((conflict) => conflict.target === target);
  }

  /**
   * Begins a merge with conflicts; one that was in progress is given up.
   * @throws DetachedHeadError
   */
  async start(tractId: string, from: string, plan: MergePlan): Promise<void> {
    this.#drafts.clear();
    this.#set(await this.#described(tractId, from, plan));
  }

  async #described(tractId: string, from: string, plan: MergePlan): Promise<CurrentMerge> {
    const store = await this.#store.open();
    const { storage, env } = store;
    const { currentBranch: into } = await this.#store.tract(tractId);
    const base = plan.ours && mergeBase(storage, plan.ours, plan.theirs);
    if (into === null || !plan.ours || !base) throw new DetachedHeadError('merge');
    const before = await env.compiler.snapshot(storage, base.commitHash);
    const ours = await env.compiler.snapshot(storage, plan.ours.commitHash);
    const theirs = await env.compiler.snapshot(storage, plan.theirs.commitHash);
    const targets = [...new Set(plan.conflicts.map(({ target }) => target))];
    const conflicts = targets.map((target): Conflict => ({
      target,
      label: commitLabel(storedCommit(store, target)),
      baseText: slotOf(before, target)?.text ?? '',
      kinds: plan.conflicts.filter((conflict) => conflict.target === target).map(({ kind }) => kind),
      ours: sideOf(slotOf(ours, target)),
      theirs: sideOf(slotOf(theirs, target)),
      resolution: undefined,
    }));
    return {
      tractId,
      from,
      into,
      base: base.commitHash,
      ours: plan.ours.commitHash,
      theirs: plan.theirs.commitHash,
      conflicts,
    };
  }

  /** What the document of a conflict shows: the text chosen or begun, else both sides between markers. Undefined: no such conflict. */
  text(tractId: string, target: string): string | undefined {
    const conflict = this.#current?.tractId === tractId ? this.conflict(target) : undefined;
    if (!conflict) return undefined;
    const { resolution, ours, theirs } = conflict;
    const draft = this.#drafts.get(target);
    if (draft !== undefined) return draft;
    if (resolution === 'ours') return ours.text;
    if (resolution === 'theirs') return theirs.text;
    return resolution?.text ?? withMarkers(ours.text, theirs.text);
  }

  /** Keeps a text for a conflict, a model's proposal or what the person wrote; it resolves nothing yet. */
  keep(target: string, text: string): void {
    this.#drafts.set(target, text);
    this.#changed.fire();
  }

  /** Takes the text that was kept as the resolution, when no markers are left in it (Annex B.12). */
  resolveWithText(target: string): boolean {
    const conflict = this.conflict(target);
    const text = this.#drafts.get(target);
    if (!conflict || text === undefined || hasMarkers(text)) return false;
    this.#resolve(target, resolutionOf(conflict, text));
    return true;
  }

  resolve(target: string, resolution: 'ours' | 'theirs'): void {
    this.#drafts.delete(target);
    this.#resolve(target, resolution);
  }

  #resolve(target: string, resolution: Resolution | undefined): void {
    if (!this.#current) return;
    const conflicts = this.#current.conflicts.map((conflict) =>
      conflict.target === target ? { ...conflict, resolution } : conflict,
    );
    this.#set({ ...this.#current, conflicts });
  }

  /**
   * Merges with the resolutions. Undefined when a branch moved meanwhile and brought conflicts that are open.
   * @throws WindowError while another branch is checked out; what `Tract.merge` throws. It stays in progress then, unless there is
   *   nothing to merge any more.
   */
  async complete(): Promise<MergeResult | undefined> {
    if (!this.#current) return undefined;
    const { tractId, from, into } = this.#current;
    const tract = await this.#store.tract(tractId);
    if (tract.currentBranch !== into)
      throw new WindowError(
        vscode.l10n.t("This merge goes into '{0}'. Check that branch out to complete it, or abort the merge.", into),
      );
    const plan = await tract.planMerge(from).catch((error: unknown) => {
      this.abort();
      throw error;
    });
    if (plan.ours?.commitHash !== this.#current.ours || plan.theirs.commitHash !== this.#current.theirs) {
      const moved = await this.#described(tractId, from, plan);
      this.#set({ ...moved, conflicts: moved.conflicts.map((conflict) => this.#keepingChoice(conflict)) });
      if (this.open.length > 0) return undefined;
    }
    const result = await tract.merge(from, { resolutions: chosen(this.#current.conflicts) });
    this.abort();
    return result;
  }

  /** After a move: what was chosen still holds where both sides read as they did. */
  #keepingChoice(conflict: Conflict): Conflict {
    const before = this.conflict(conflict.target);
    const same = JSON.stringify([before?.ours, before?.theirs]) === JSON.stringify([conflict.ours, conflict.theirs]);
    return same ? { ...conflict, resolution: before?.resolution } : conflict;
  }

  /** Gives the merge up; nothing was written. */
  abort(): void {
    this.#drafts.clear();
    this.#set(null);
  }

  #set(current: CurrentMerge | null): void {
    this.#current = current;
    void vscode.commands.executeCommand('setContext', 'tract.merging', current !== null);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

const sideOf = (slot: Slot | undefined): ConflictSide => ({
  text: slot?.text ?? '',
  priority: slot?.priority ?? 'normal',
});

/** A text that is one side's says so in the history, where it settles nothing but the text. */
function resolutionOf({ kinds, ours, theirs }: Conflict, written: string): Resolution {
  const text = [ours, theirs].some((side) => side.text.endsWith('\n')) ? written : withoutFinalNewline(written);
  const isAboutText = kinds.every((kind) => kind === 'both-edit');
  if (isAboutText && text === ours.text) return 'ours';
  if (isAboutText && text === theirs.text) return 'theirs';
  return { text };
}

function chosen(conflicts: readonly Conflict[]): Record<string, Resolution> {
  return Object.fromEntries(
    conflicts.flatMap(({ target, resolution }) => (resolution === undefined ? [] : [[target, resolution]])),
  );
}

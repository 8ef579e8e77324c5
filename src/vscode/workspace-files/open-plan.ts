import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { selectionLogLine } from '../../budget/log-line.js';
import { selectionMetrics } from '../../budget/metrics.js';
import type { Refusal } from '../../budget/workspace-files.js';
import type { JsonObject } from '../../core/model/json.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import type { PlanView } from '../../shared/plan-view.js';
import { gatherCandidates, type Candidates } from './candidates.js';
import { chooseFiles, type Choice, type ChoiceTools, type FileWishes } from './choose-files.js';
import { commitSelection, type CommittedResult, type FileToCommit } from './commit-files.js';
import { committedFiles, type CommittedFile } from './committed-files.js';
import { workspaceFiles } from './file-access.js';
import { plannedFiles, selectionLeft, type PlannedFile } from './planned-file.js';
import { planView } from './plan-view.js';

/** What a person asks for. Paths are relative to the workspace folder, with `/`. */
export interface FileRequest extends FileWishes {
  readonly root: vscode.Uri;
  /** The name of the workspace folder in a window with several; else null. */
  readonly folder: string | null;
  /** Files and folders to choose from; none: the whole workspace folder. */
  readonly from: readonly string[];
}

/** What a plan needs of the window. */
export interface PlanTools {
  /** The store and the active tract; null when there is none yet. */
  readonly current: () => Promise<{ readonly store: Store; readonly tract: Tract | null }>;
  /** The tract that files go into; made when there is none yet. */
  readonly target: () => Promise<Tract>;
  readonly choice: (tractId: string | null) => Promise<ChoiceTools>;
  readonly log: { info(message: string): void };
}

/** What committing a plan did. */
export interface AddedFiles extends CommittedResult {
  readonly omitted: readonly string[];
  /** Chosen, and no longer there or no longer allowed when they were committed. */
  readonly gone: readonly Refusal[];
  readonly tokens: number;
}

/** Omitted paths that the selection's commit names. */
const OMITTED = 200;

/** One plan for workspace files, from the first question to the commit (SPEC §12). Each change chooses again among what was read. */
export class OpenPlan implements vscode.Disposable {
  readonly id = randomUUID();
  readonly #tools: PlanTools;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #moved = new Map<string, boolean>();
  #request: FileRequest;
  #state: PlanView['state'] = 'planning';
  #candidates: Candidates | null = null;
  /** Whether the candidates are not those of the request: until they were read, whatever else is changed meanwhile. */
  #isStale = true;
  #choice: Choice | null = null;
  #files: readonly PlannedFile[] = [];
  #inContext: ReadonlyMap<string, CommittedFile> = new Map();
  #round = new AbortController();

  /** What is shown is another now. */
  readonly onDidChange = this.#changed.event;

  constructor(request: FileRequest, tools: PlanTools) {
    this.#request = request;
    this.#tools = tools;
  }

  dispose(): void {
    this.#round.abort(new vscode.CancellationError());
    this.#changed.dispose();
  }

  get request(): FileRequest {
    return this.#request;
  }

  get files(): readonly PlannedFile[] {
    return this.#files;
  }

  /** Reads the files and chooses. @throws CancellationError when it is disposed or changed meanwhile */
  start(): Promise<void> {
    this.#isStale = true;
    return this.#run();
  }

  /**
   * Changes what was asked for and chooses again; reads again only when the files to choose from are others. What is being committed
   * changes no more.
   */
  async change(change: Partial<FileRequest>): Promise<void> {
    if (this.#state === 'committing') return;
    this.#request = { ...this.#request, ...change };
    const known = new Set(this.#candidates?.files.map(({ path }) => path));
    const named = [...this.#request.deliverables, ...this.#request.modifiable];
    if (change.from !== undefined || named.some((path) => !known.has(path))) this.#isStale = true;
    await this.#run();
  }

  /** Puts a file in or out. At once: nothing is chosen again. */
  move(path: string, kept: boolean): void {
    if (this.#choice === null) return;
    this.#moved.set(path, kept);
    this.#files = plannedFiles(this.#choice, this.#moved);
    this.#changed.fire();
  }

  view(): PlanView {
    return planView({
      id: this.id,
      from: this.#request.from,
      wishes: this.#request,
      state: this.#state,
      candidates: this.#candidates,
      choice: this.#choice,
      files: this.#files,
      inContext: this.#inContext,
    });
  }

  async #run(): Promise<void> {
    this.#round.abort(new vscode.CancellationError());
    const round = new AbortController();
    this.#round = round;
    this.#set('planning');
    const { store, tract } = await this.#tools.current();
    const { root, from, deliverables, modifiable, folder } = this.#request;
    let candidates = this.#candidates;
    if (this.#isStale || candidates === null) {
      candidates = await gatherCandidates({ root, from, also: [...deliverables, ...modifiable] }, round.signal);
      round.signal.throwIfAborted();
      this.#candidates = candidates;
      this.#isStale = false;
    }
    const tools = await this.#tools.choice(tract?.tractId ?? null);
    const choice = await chooseFiles(candidates.files, this.#request, tools, round.signal);
    const inContext = (await committedFiles(store, tract?.head ?? null)).filter((file) => file.folder === folder);
    round.signal.throwIfAborted();
    this.#choice = choice;
    this.#inContext = new Map(inContext.map((file) => [file.path, file]));
    this.#files = plannedFiles(choice, this.#moved);
    this.#set('ready');
  }

  #set(state: PlanView['state']): void {
    this.#state = state;
    this.#changed.fire();
  }

  /**
   * Commits what is kept as one step that one undo takes back, with the selection for the next call's record, and logs one line. Files
   * are read again: what is committed is what is on the disk now.
   * @throws CancellationError when it was disposed before the batch
   */
  async commit(): Promise<AddedFiles> {
    if (this.#choice === null || this.#state !== 'ready') throw new vscode.CancellationError();
    const { selection, substitutions } = this.#choice;
    const files = this.#files;
    const { signal } = this.#round;
    signal.throwIfAborted();
    this.#set('committing');
    try {
      const tract = await this.#tools.target();
      const { store } = await this.#tools.current();
      const left = selectionLeft(selection, files);
      const { toCommit, gone } = await this.#readAgain(files.filter(({ kept }) => kept));
      // The last moment to stop: what follows is one batch.
      signal.throwIfAborted();
      const metrics = { ...selectionMetrics(left, substitutions) };
      const result = await commitSelection(store, tract, this.#request.folder, toCommit, {
        message:
          `Selected ${left.filesKeptCount} of ${files.length} files${this.#request.query === '' ? '' : `: ${this.#request.query}`}`.slice(
            0,
            500,
          ),
        data: this.#record(toCommit, { ...metrics, substituted_paths: [...metrics.substituted_paths] }),
      });
      this.#tools.log.info(selectionLogLine(left, metrics.artifact_substitutions));
      return { ...result, omitted: left.omitted, gone, tokens: left.usedTokensEst };
    } catch (error) {
      this.#set('ready');
      throw error;
    }
  }

  /** What the selection's commit keeps: what was asked for, what was chosen and why, and the columns of its metrics row. */
  #record(committed: readonly FileToCommit[], metrics: JsonObject): JsonObject {
    const { query, from, deliverables, modifiable } = this.#request;
    const hashes = new Map(committed.map(({ path, contentHash }) => [path, contentHash]));
    const omitted = this.#files.filter(({ kept }) => !kept).map(({ path }) => path);
    return {
      query,
      from: [...from],
      deliverables: [...deliverables],
      modifiable: [...modifiable],
      kept: this.#files
        .filter(({ kept }) => kept)
        .map(({ path, tokens, score, reason, moved, substitution }) => ({
          path,
          tokens,
          score,
          reason: moved ? 'moved' : reason,
          content_hash: hashes.get(path) ?? null,
          summary: substitution?.source ?? null,
        })),
      omitted: omitted.slice(0, OMITTED),
      metrics,
    };
  }

  async #readAgain(
    kept: readonly PlannedFile[],
  ): Promise<{ readonly toCommit: readonly FileToCommit[]; readonly gone: readonly Refusal[] }> {
    const paths = kept.flatMap(({ path, substitution }) => substitution?.paths ?? [path]);
    const read = await workspaceFiles(this.#request.root).read(paths);
    const now = new Map(read.files.map((file) => [file.path, file]));
    const planned = new Map(this.#candidates?.files.map(({ path, contentHash }) => [path, contentHash]));
    const toCommit = kept.flatMap(({ path, substitution }): FileToCommit[] => {
      const whole = (one: string): FileToCommit[] => {
        const file = now.get(one);
        return file ? [{ ...file, summaryOf: null }] : [];
      };
      // A summary of a file that changed since is stale: the files themselves go in.
      const fresh = substitution?.paths.every((one) => now.get(one)?.contentHash === planned.get(one)) ?? false;
      if (substitution === null) return whole(path);
      if (!fresh) return substitution.paths.flatMap(whole);
      const summaryOf = substitution.paths.map((one) => ({ path: one, contentHash: now.get(one)?.contentHash ?? '' }));
      return [{ path, content: substitution.text, contentHash: summaryOf[0]?.contentHash ?? '', summaryOf }];
    });
    return { toCommit, gone: read.refused };
  }
}

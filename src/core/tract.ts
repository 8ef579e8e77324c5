import { resolveRef } from './graph/resolve.js';
import type { Environment } from './environment.js';
import { checkArgument, checkOptions, FUNCTION, shownValue, TEXT, TEXTS } from './model/arguments.js';
import type { Commit, StoredCommit } from './model/commit.js';
import type { CompiledContext } from './model/context.js';
import type { RefLogEntry } from './model/refs.js';
import { annotate, type AnnotateOptions } from './operations/annotate.js';
import { createBranch, deleteBranch, listBranches, renameBranch, type Branch } from './operations/branch.js';
import { blame, type BlameEntry } from './operations/blame.js';
import { checkout } from './operations/checkout.js';
import { childSummary, collapse } from './operations/collapse.js';
import { commit } from './operations/commit.js';
import { compile, type CompileOptions } from './operations/compile.js';
import { compressRange, type CompressedRange, type SummaryOptions } from './operations/compress-range.js';
import { planCompression, type CompressOptions, type CompressPlan } from './operations/compress-plan.js';
import { diff, type ContextDiff } from './operations/diff.js';
import type { DoctorReport } from './operations/doctor.js';
import { edit } from './operations/edit.js';
import { editHistory, restore, type Version } from './operations/edit-history.js';
import { expand } from './operations/expand.js';
import type { GcOptions, GcResult } from './operations/gc.js';
import { generate, requireModel, type GenerateOptions, type GenerateResult } from './operations/generate.js';
import { importCommit, type ImportCommitOptions } from './operations/import-commit.js';
import { merge, planMerge, type MergeOptions, type MergePlan, type MergeResult } from './operations/merge.js';
import { rebase, type RebaseResult } from './operations/rebase.js';
import { reorder, type ReorderResult } from './operations/reorder.js';
import { search, type SearchHit, type SearchQuery } from './operations/search.js';
import { semanticResolutions, type SemanticOptions } from './operations/semantic-merge.js';
import { slidingWindow } from './operations/sliding-window.js';
import { checkSpawnOptions, spawn, type SpawnOptions } from './operations/spawn.js';
import { newCommit } from './operations/effective-state.js';
import { readHead, requireAttached } from './operations/head.js';
import { log, type LogOptions, type LogPage } from './operations/log.js';
import { recordUsage } from './operations/record-usage.js';
import { reset, resetMode, type ResetOptions } from './operations/reset.js';
import type { Scope } from './operations/scope.js';
import { status, type Status } from './operations/status.js';
import { deleteTag, listTags, setTag, type Tag } from './operations/tag.js';
import { redo, undo } from './operations/undo.js';
import type { CommitOptions } from './operations/write-commit.js';
import {
  compileRecords,
  recordDetails,
  type CompileRecord,
  type CompileRecordDetails,
} from './records/compile-record.js';
import { drift, type Drift } from './records/drift.js';
import { unpackEffectives } from './records/effectives.js';
import type { Action, Session } from './session.js';
import type { Reads } from './transaction.js';

/**
 * One tract: the names of SPEC §18. Every method delegates to the operation named after it; writing ones resolve once the change
 * is durable (inside `batch`: staged).
 */
export class Tract {
  readonly tractId: string;
  readonly #session: Session;
  readonly #env: Environment;
  readonly #owner: TractOwner;

  constructor(tractId: string, session: Session, env: Environment, owner: TractOwner) {
    this.tractId = tractId;
    this.#session = session;
    this.#env = env;
    this.#owner = owner;
  }

  /** Hash of the commit HEAD resolves to; null before the first commit. */
  get head(): string | null {
    return readHead(this.#reads, this.tractId).hash;
  }

  /** Null when detached, or before the first commit. */
  get currentBranch(): string | null {
    return readHead(this.#reads, this.tractId).branch;
  }

  get isDetached(): boolean {
    return readHead(this.#reads, this.tractId).detached;
  }

  commit(content: object, options: CommitOptions = {}): Promise<Commit> {
    return this.#commit({ name: 'commit', detail: 'commit' }, (scope) => commit(scope, content, options));
  }

  /** Commits an `instruction`. */
  system(text: string, options: CommitOptions = {}): Promise<Commit> {
    return this.commit({ content_type: 'instruction', text }, options);
  }

  user(text: string, options: CommitOptions = {}): Promise<Commit> {
    return this.commit({ content_type: 'dialogue', role: 'user', text }, options);
  }

  assistant(text: string, options: CommitOptions = {}): Promise<Commit> {
    return this.commit({ content_type: 'dialogue', role: 'assistant', text }, options);
  }

  edit(target: string, content: object, options: CommitOptions = {}): Promise<Commit> {
    return this.#commit({ name: 'edit', detail: `edit of ${shown(target)}` }, (scope) =>
      edit(scope, resolve(scope, target), content, options),
    );
  }

  annotate(target: string, priority: string, options: AnnotateOptions = {}): Promise<Commit> {
    return this.#commit({ name: 'annotate', detail: `${shown(priority)}: ${shown(target)}` }, (scope) =>
      annotate(scope, resolve(scope, target), priority, options),
    );
  }

  /** All of `fn`'s operations in one atomic, durable write; a throw leaves nothing (SPEC §18, Annex A). */
  async batch<T>(fn: (tract: Tract) => Promise<T>): Promise<T> {
    checkArgument('The work of a batch', fn, FUNCTION);
    return this.#owner.batch((session) => fn(new Tract(this.tractId, session, this.#env, this.#owner)));
  }

  compile(options: CompileOptions = {}): Promise<CompiledContext> {
    return compile(this.#env.compiler, this.#reads, this.tractId, options);
  }

  /** The context with the reported figures (SPEC §6). */
  async recordUsage(usage: unknown, options: { readonly headHash?: string } = {}): Promise<CompiledContext> {
    checkOptions(options, { headHash: TEXT }, 'Nothing was recorded.');
    await this.#run({ name: 'usage', detail: 'usage report', op: true }, (scope) =>
      recordUsage(scope, usage, options.headHash),
    );
    return this.compile();
  }

  async compileRecords(
    options: { readonly limit?: number; readonly before?: string } = {},
  ): Promise<readonly CompileRecord[]> {
    return Promise.resolve().then(() => compileRecords(this.#reads, this.tractId, options));
  }

  async compileRecordCommits(id: string): Promise<readonly string[]> {
    checkArgument('The id of a record', id, TEXT);
    const record = this.#reads.record(id);
    return Promise.resolve(record ? unpackEffectives(this.#reads, record) : []);
  }

  async compileRecord(id: string): Promise<CompileRecordDetails | null> {
    checkArgument('The id of a record', id, TEXT);
    const record = this.#reads.record(id);
    return Promise.resolve(record ? recordDetails(this.#env.compiler, this.#reads, record) : null);
  }

  /** Reported ÷ estimated per model (SPEC §6). */
  drift(): readonly Drift[] {
    return drift(this.#reads, this.tractId);
  }

  /** @throws CommitNotFoundError, AmbiguousPrefixError, InvalidArgumentError for a short prefix */
  async resolveCommit(ref: string): Promise<string> {
    return Promise.resolve().then(() => resolveRef(this.#reads, this.tractId, ref));
  }

  /** The new head. */
  async reset(target: string, options: ResetOptions = {}): Promise<string> {
    const mode = resetMode(options);
    return this.#run({ name: 'reset', detail: `reset (${mode}) to ${shown(target)}`, op: true }, (scope) => {
      const hash = resolveWhenAny(scope, target);
      reset(scope, hash);
      return hash;
    });
  }

  /** The commit that HEAD then resolves to. */
  async checkout(target: string): Promise<string> {
    return this.#run(
      { name: 'checkout', detail: `checkout ${shown(target)}`, op: true },
      (scope) => checkout(scope, target).hash ?? '',
    );
  }

  undo(): Promise<RefLogEntry> {
    return this.#run({ name: 'undo', detail: 'undo', op: true, kind: 'undo' }, undo);
  }

  redo(): Promise<RefLogEntry> {
    return this.#run({ name: 'redo', detail: 'redo', op: true, kind: 'redo' }, redo);
  }

  status(): Promise<Status> {
    return status(this.#reads, this.tractId, this.#env);
  }

  log(options: LogOptions = {}): Promise<LogPage> {
    return log(this.#reads, this.tractId, this.#env, options);
  }

  /** The commit the branch stands on. */
  branch(name: string, options: { readonly from?: string; readonly checkout?: boolean } = {}): Promise<string> {
    return this.#run({ name: 'branch', detail: `branch ${shown(name)}` }, (scope) =>
      createBranch(scope, name, options),
    );
  }

  branches(): Promise<readonly Branch[]> {
    return listBranches(this.#reads, this.tractId, this.#env);
  }

  deleteBranch(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return this.#run({ name: 'branch', detail: `delete branch ${shown(name)}` }, (scope) => {
      deleteBranch(scope, name, options);
    });
  }

  renameBranch(name: string, to: string): Promise<void> {
    return this.#run({ name: 'branch', detail: `rename branch ${shown(name)} to ${shown(to)}` }, (scope) => {
      renameBranch(scope, name, to);
    });
  }

  tag(name: string, ref = 'HEAD'): Promise<void> {
    return this.#run({ name: 'tag', detail: `tag ${shown(name)}` }, (scope) => {
      setTag(scope, name, resolve(scope, ref));
    });
  }

  untag(name: string): Promise<void> {
    return this.#run({ name: 'tag', detail: `delete tag ${shown(name)}` }, (scope) => {
      deleteTag(scope, name);
    });
  }

  async tags(): Promise<readonly Tag[]> {
    return Promise.resolve(listTags(this.#reads, this.tractId));
  }

  /** `b` is HEAD and `a` its parent unless given (SPEC §8). */
  diff(a?: string, b?: string): Promise<ContextDiff> {
    return diff(this.#reads, this.tractId, this.#env, a, b);
  }

  editHistory(ref: string): Promise<readonly Version[]> {
    return editHistory(this.#reads, this.tractId, this.#env, ref);
  }

  /** Version 0 is the original. */
  restore(ref: string, version: number): Promise<Commit> {
    return this.#commit({ name: 'edit', detail: `restore ${shown(ref)} to version ${shown(version)}` }, (scope) =>
      restore(scope, ref, version),
    );
  }

  blame(options: { readonly at?: string } = {}): Promise<readonly BlameEntry[]> {
    return blame(this.#reads, this.tractId, this.#env, options);
  }

  search(query: string | SearchQuery): Promise<readonly SearchHit[]> {
    return search(this.#reads, this.tractId, this.#env, query);
  }

  /** What a merge would meet; reads only. */
  planMerge(branch: string, options: Pick<MergeOptions, 'noFf'> = {}): Promise<MergePlan> {
    return planMerge(this.#reads, this.tractId, this.#env, branch, options);
  }

  async merge(branch: string, options: MergeOptions & SemanticOptions = {}): Promise<MergeResult> {
    checkOptions(options, {}, 'Nothing was merged.');
    requireAttached({ tx: this.#reads, tractId: this.tractId }, 'merge');
    const settled =
      options.strategy === 'semantic'
        ? { ...options, resolutions: await this.semanticResolutions(branch, options) }
        : options;
    return this.#run({ name: 'merge', detail: `merge ${shown(branch)}`, op: true }, async (scope) => {
      const { commit: stored, plan } = await merge(scope, branch, settled);
      return { commit: newCommit(scope.env, stored), fastForward: plan.fastForward, advisories: plan.advisories };
    });
  }

  /** A model's proposals for the conflicts of a merge, to be seen before they are merged. */
  semanticResolutions(
    branch: string,
    options: MergeOptions & SemanticOptions = {},
  ): Promise<NonNullable<MergeOptions['resolutions']>> {
    return semanticResolutions(this.#reads, this.tractId, this.#env, branch, options);
  }

  rebase(onto: string): Promise<RebaseResult> {
    return this.#run({ name: 'rebase', detail: `rebase onto ${shown(onto)}`, op: true }, (scope) =>
      rebase(scope, resolve(scope, onto)),
    );
  }

  /** Cherry-pick. */
  importCommit(ref: string, options: ImportCommitOptions = {}): Promise<Commit> {
    return this.#commit({ name: 'import', detail: `import ${shown(ref)}`, op: true }, (scope) =>
      importCommit(scope, resolve(scope, ref), options),
    );
  }

  async reorder(refs: readonly string[]): Promise<ReorderResult> {
    checkArgument('refs', refs, TEXTS);
    return this.#run({ name: 'reorder', detail: `reorder ${refs.length} messages` }, (scope) =>
      reorder(
        scope,
        refs.map((ref) => resolve(scope, ref)),
      ),
    );
  }

  /** What compressing a range would take together; reads only. */
  planCompression(options: CompressOptions = {}): Promise<CompressPlan> {
    return planCompression(this.#reads, this.tractId, this.#env, options);
  }

  /** With `text`, that; else a model's summaries (SPEC §9.4). */
  compress(options: CompressOptions & SummaryOptions = {}): Promise<CompressedRange> {
    return compressRange(this.#session, this.tractId, this.#env, options);
  }

  /** Compresses all but the last `n` messages. */
  slidingWindow(n: number, options: Omit<CompressOptions, 'range'> & SummaryOptions = {}): Promise<CompressedRange> {
    return slidingWindow(this.#session, this.tractId, this.#env, n, options);
  }

  expand(ref: string): Promise<Commit> {
    return this.#commit({ name: 'compress', detail: `expand ${shown(ref)}`, op: true }, (scope) =>
      expand(scope, resolve(scope, ref)),
    );
  }

  /** A model's answer to the current context (SPEC §10). */
  generate(options: GenerateOptions = {}): Promise<GenerateResult> {
    return generate(this.#session, this.tractId, this.#env, options);
  }

  /** Commits the person's message, then generates. */
  async chat(text: string, options: GenerateOptions = {}): Promise<GenerateResult> {
    requireModel(this.#session, this.tractId, this.#env, options);
    await this.user(text);
    return this.generate(options);
  }

  /** A child tract of one of this tract's commits (SPEC §9.7). */
  async spawn(options: SpawnOptions): Promise<Tract> {
    checkSpawnOptions(options);
    const child = await this.#run({ name: 'spawn', detail: `spawn ${options.purpose.slice(0, 40)}` }, (scope) =>
      spawn(scope, options),
    );
    return new Tract(child.tractId, this.#session, this.#env, this.#owner);
  }

  /** The commit here that holds the child's summary: the given text, or a model's (SPEC §9.7). */
  async collapse(
    child: Tract | string,
    options: Omit<SummaryOptions, 'text'> & { readonly text?: string } = {},
  ): Promise<Commit> {
    const childId = child instanceof Tract ? child.tractId : child;
    checkArgument('The child', childId, TEXT);
    requireAttached({ tx: this.#reads, tractId: this.tractId }, 'collapse');
    const text = await childSummary(this.#reads, this.#env, childId, options);
    return this.#commit({ name: 'collapse', detail: `collapse ${childId}` }, (scope) => collapse(scope, childId, text));
  }

  gc(options: GcOptions = {}): Promise<GcResult> {
    return this.#owner.gc(this.tractId, options);
  }

  doctor(): Promise<DoctorReport> {
    return this.#owner.doctor();
  }

  /** The whole tract as one file (SPEC §9.8). */
  exportTo(file: string): Promise<void> {
    return this.#owner.exportTo(this.tractId, file);
  }

  close(): Promise<void> {
    return this.#owner.close();
  }

  get #reads(): Reads {
    return this.#session.reads;
  }

  #run<T>(action: Action, operation: (scope: Scope) => Promise<T> | T): Promise<T> {
    return this.#session.run(this.tractId, action, operation);
  }

  async #commit(action: Action, operation: (scope: Scope) => Promise<StoredCommit> | StoredCommit): Promise<Commit> {
    return this.#run(action, async (scope) => newCommit(scope.env, await operation(scope)));
  }
}

/** What a tract asks of the store it belongs to. */
export interface TractOwner {
  batch<T>(run: (session: Session) => Promise<T>): Promise<T>;
  gc(tractId: string, options: GcOptions): Promise<GcResult>;
  doctor(): Promise<DoctorReport>;
  exportTo(tractId: string, file: string): Promise<void>;
  close(): Promise<void>;
}

function resolve({ tx, tractId }: Scope, ref: string): string {
  return resolveRef(tx, tractId, ref);
}

/** Without any commit the operation itself says so, better than "no such ref" would. */
function resolveWhenAny(scope: Scope, ref: string): string {
  return readHead(scope.tx, scope.tractId).hash === null ? ref : resolve(scope, ref);
}

/** Names and refs in one line for a person; what they are is checked later, by the operation. */
function shown(value: unknown): string {
  const ref = shownValue(value);
  return /^[0-9a-f]{9,64}$/i.test(ref) ? ref.slice(0, 8) : ref.slice(0, 60);
}

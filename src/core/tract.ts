import { resolveRef } from './graph/resolve.js';
import type { Environment } from './environment.js';
import type { Commit, StoredCommit } from './model/commit.js';
import type { CompiledContext } from './model/context.js';
import { InvalidArgumentError } from './model/errors.js';
import type { RefLogEntry } from './model/refs.js';
import { annotate, type AnnotateOptions } from './operations/annotate.js';
import { createBranch, deleteBranch, listBranches, renameBranch, type Branch } from './operations/branch.js';
import { checkout } from './operations/checkout.js';
import { commit } from './operations/commit.js';
import { compile, type CompileOptions } from './operations/compile.js';
import { edit } from './operations/edit.js';
import { commitIn } from './operations/effective-state.js';
import { readHead } from './operations/head.js';
import { log, type LogOptions, type LogPage } from './operations/log.js';
import { recordUsage } from './operations/record-usage.js';
import { reset, type ResetMode } from './operations/reset.js';
import type { Scope } from './operations/scope.js';
import { status, type Status } from './operations/status.js';
import { deleteTag, listTags, setTag, type Tag } from './operations/tag.js';
import { redo, undo } from './operations/undo.js';
import type { CommitOptions } from './operations/write-commit.js';
import {
  recordDetails,
  toCompileRecord,
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
    return this.#commit({ name: 'annotate', detail: `${priority}: ${shown(target)}` }, (scope) =>
      annotate(scope, resolve(scope, target), priority, options),
    );
  }

  /** All of `fn`'s operations in one atomic, durable write; a throw leaves nothing (SPEC §18, Annex A). */
  batch<T>(fn: (tract: Tract) => Promise<T>): Promise<T> {
    return this.#owner.batch((session) => fn(new Tract(this.tractId, session, this.#env, this.#owner)));
  }

  compile(options: CompileOptions = {}): Promise<CompiledContext> {
    return compile(this.#env.compiler, this.#reads, this.tractId, options);
  }

  /** The context with the reported figures (SPEC §6). */
  async recordUsage(usage: unknown, options: { readonly headHash?: string } = {}): Promise<CompiledContext> {
    await this.#run({ name: 'usage', detail: 'usage report', op: true }, (scope) =>
      recordUsage(scope, usage, options.headHash),
    );
    return this.compile();
  }

  async compileRecords(
    options: { readonly limit?: number; readonly before?: string } = {},
  ): Promise<readonly CompileRecord[]> {
    const { limit = 100, before } = options;
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new InvalidArgumentError('limit must be a whole number of at least 1.');
    return Promise.resolve(
      this.#reads.records(this.tractId, { limit, ...(before === undefined ? {} : { before }) }).map(toCompileRecord),
    );
  }

  async compileRecordCommits(id: string): Promise<readonly string[]> {
    const record = this.#reads.record(id);
    return Promise.resolve(record ? unpackEffectives(this.#reads, record) : []);
  }

  async compileRecord(id: string): Promise<CompileRecordDetails | null> {
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
  async reset(target: string, options: { readonly mode?: ResetMode } = {}): Promise<string> {
    const { mode = 'soft' } = options;
    return this.#run({ name: 'reset', detail: `reset (${mode}) to ${shown(target)}`, op: true }, (scope) => {
      const hash = resolveWhenAny(scope, target);
      reset(scope, hash, mode);
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
    return this.#run({ name: 'branch', detail: `branch ${name}` }, (scope) => createBranch(scope, name, options));
  }

  branches(): Promise<readonly Branch[]> {
    return listBranches(this.#reads, this.tractId, this.#env);
  }

  deleteBranch(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    return this.#run({ name: 'branch', detail: `delete branch ${name}` }, (scope) => {
      deleteBranch(scope, name, options);
    });
  }

  renameBranch(name: string, to: string): Promise<void> {
    return this.#run({ name: 'branch', detail: `rename branch ${name} to ${to}` }, (scope) => {
      renameBranch(scope, name, to);
    });
  }

  tag(name: string, ref = 'HEAD'): Promise<void> {
    return this.#run({ name: 'tag', detail: `tag ${name}` }, (scope) => {
      setTag(scope, name, resolve(scope, ref));
    });
  }

  untag(name: string): Promise<void> {
    return this.#run({ name: 'tag', detail: `delete tag ${name}` }, (scope) => {
      deleteTag(scope, name);
    });
  }

  async tags(): Promise<readonly Tag[]> {
    return Promise.resolve(listTags(this.#reads, this.tractId));
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

  async #commit(action: Action, operation: (scope: Scope) => Promise<StoredCommit>): Promise<Commit> {
    return this.#run(action, async (scope) => {
      const stored = await operation(scope);
      return commitIn(scope.tx, scope.env, stored, stored.commitHash);
    });
  }
}

/** What a tract asks of the store it belongs to. */
export interface TractOwner {
  batch<T>(run: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

function resolve({ tx, tractId }: Scope, ref: string): string {
  return resolveRef(tx, tractId, ref);
}

/** Without any commit the operation itself says so, better than "no such ref" would. */
function resolveWhenAny(scope: Scope, ref: string): string {
  return readHead(scope.tx, scope.tractId).hash === null ? ref : resolve(scope, ref);
}

function shown(ref: string): string {
  return /^[0-9a-f]{9,64}$/i.test(ref) ? ref.slice(0, 8) : ref.slice(0, 60);
}

import { basename, join } from 'node:path';
import { commitMessage } from '../commit-message.js';
import { KeyedQueue } from '../keyed-queue.js';
import { logLine } from '../lines.js';
import { opIdOfFile, timeOfOpId } from '../op-id.js';
import { parseOpFile } from '../parse.js';
import { GITATTRIBUTES, GITIGNORE, LIFECYCLE, OP_FILE_SUFFIX, OPS_FOLDER, PROPAGATION_ERRORS } from '../paths.js';
import type { PendingReason } from '../pending-reason.js';
import { commitFiles } from './commit-files.js';
import type { Git } from './git.js';
import type { PlainOpFiles } from './plain-op-files.js';
import { findRepository, refusal, type Repository } from './repository.js';

/**
 * One commit at a time per repository and process: several tracts, and several folders of one repository, would otherwise compete for
 * its index.lock. Other processes are waited for by trying again. Holds nothing once idle.
 */
const repositories = new KeyedQueue();

/** Room for clocks that disagree. */
const DAY_MS = 86_400_000;
const EXTRAS = [GITATTRIBUTES, GITIGNORE].map((name) => `${OPS_FOLDER}/${name}`);

export interface OpCommitterOptions {
  readonly files: PlainOpFiles;
  readonly git: Git;
  readonly isProtected: (branch: string) => boolean;
  readonly clock: () => Date;
  /** Writes a vanished op file again; false when nobody knows its lines. */
  readonly restore: (opId: string) => Promise<boolean>;
  /** Called once per reason: what a person should hear about. */
  readonly onPending: (reason: PendingReason) => void;
  /** Called when nothing is left to do for the op: its last state is committed, or there is no repository. */
  readonly onSettled: (opId: string, committed: boolean) => void;
}

/** What became of one try. `stop`: the reason holds for the whole repository, so the others need no try now. */
type Attempt =
  | { readonly status: 'committed' | 'skipped' }
  | { readonly status: 'waits'; readonly reason: PendingReason; readonly stop: boolean };

/**
 * Brings closed op files into the repository (SPEC §13), in the background, oldest first, one commit each. What cannot be
 * committed now stays pending with its reason. Nothing here ever rejects.
 */
export class OpCommitter {
  readonly #options: OpCommitterOptions;
  readonly #pending = new Map<string, PendingReason>();
  readonly #wanted = new Set<string>();
  readonly #said = new Set<PendingReason>();
  #running: Promise<void> | undefined;

  constructor(options: OpCommitterOptions) {
    this.#options = options;
  }

  /** Ids of closed ops whose last state is not committed, oldest first, and why. */
  pending(): { opId: string; reason: PendingReason }[] {
    return [...this.#pending].map(([opId, reason]) => ({ opId, reason })).sort((a, b) => (a.opId < b.opId ? -1 : 1));
  }

  isPending(opId: string): boolean {
    return this.#pending.has(opId);
  }

  /** Queues these ops and everything that is still pending. Returns at once. */
  enqueue(opIds: Iterable<string>): void {
    for (const opId of opIds) this.#pending.set(opId, 'queued');
    for (const opId of this.#pending.keys()) this.#wanted.add(opId);
    if (this.#wanted.size > 0) this.#running ??= this.#drain();
  }

  /** Resolves when every queued commit was tried. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    // Whoever queues in this same turn is part of this run.
    await Promise.resolve();
    for (;;) {
      const opId = [...this.#wanted].sort()[0];
      if (opId === undefined) break;
      this.#wanted.delete(opId);
      const attempt = await this.#try(opId).catch((error: unknown) => this.#broken(opId, error));
      // A line that was added meanwhile has queued the op again: its new state is not committed yet.
      if (attempt.status !== 'waits') {
        if (this.#wanted.has(opId)) continue;
        this.#pending.delete(opId);
        this.#options.onSettled(opId, attempt.status === 'committed');
      } else {
        const others = attempt.stop ? [...this.#wanted] : [];
        this.#waits([opId, ...others], attempt.reason);
        for (const other of others) this.#wanted.delete(other);
        for (const other of others) await this.#vanished(other).catch(() => undefined);
      }
    }
    this.#running = undefined;
  }

  async #try(opId: string): Promise<Attempt> {
    const { files, git } = this.#options;
    const restored = await this.#vanished(opId);
    if (restored === false) return { status: 'skipped' };
    const repository = await findRepository(git, files.directory);
    if (repository === 'none') return { status: 'skipped' };
    if (typeof repository === 'string') return { status: 'waits', reason: repository, stop: true };
    return repositories.run(repository.commonDir, () => this.#commit(repository, opId));
  }

  async #commit(repository: Repository, opId: string): Promise<Attempt> {
    const { files, git, isProtected } = this.#options;
    const reason = await refusal(git, repository, isProtected);
    if (reason !== undefined) return { status: 'waits', reason, stop: true };
    const file = `${OPS_FOLDER}/${opId}${OP_FILE_SUFFIX}`;
    const ignored = await git(['check-ignore', '--quiet', '--', file]);
    if (ignored.code !== 1) return { status: 'waits', reason: ignored.ok ? 'ignored' : 'git-failed', stop: true };
    await files.ensureFolder();
    const message = commitMessage(opId, parseOpFile(opId, (await files.read(opId)) ?? ''));
    const result = await commitFiles(git, repository, { file, extras: EXTRAS, message });
    if (result.status === 'committed') {
      await this.#note(LIFECYCLE, { event: 'committed', op_id: opId });
      return { status: 'committed' };
    }
    await this.#note(PROPAGATION_ERRORS, { op_id: opId, error_code: result.status, detail: result.detail });
    return {
      status: 'waits',
      reason: result.status === 'locked' ? 'locked' : 'git-failed',
      stop: result.status === 'locked',
    };
  }

  /** A closed op's file that is gone (`git clean -fdx`) is written again. False: it is gone and nobody knows its lines. */
  async #vanished(opId: string): Promise<boolean | undefined> {
    const { files, restore } = this.#options;
    if ((await files.read(opId)) !== undefined) return undefined;
    const written = await restore(opId);
    if (written) await this.#note(LIFECYCLE, { event: 'rewritten', op_id: opId });
    return written;
  }

  #waits(opIds: readonly string[], reason: PendingReason): void {
    for (const opId of opIds) this.#pending.set(opId, reason);
    if (this.#said.has(reason)) return;
    this.#said.add(reason);
    this.#options.onPending(reason);
  }

  async #broken(opId: string, error: unknown): Promise<Attempt> {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    await this.#note(PROPAGATION_ERRORS, { op_id: opId, error_code: code });
    return { status: 'waits', reason: 'git-failed', stop: false };
  }

  async #note(log: string, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#options.files.note(log, logLine({ ...fields, at: this.#options.clock().toISOString() }));
  }
}

/**
 * Of these ops, the ones that no branch ever held and that are not on the disk: an op that was committed is not written again because
 * its file is not in this checkout. None where git does not say. Reads only; as long as the history since the first of them.
 */
export async function neverCommitted(git: Git, files: PlainOpFiles, opIds: readonly string[]): Promise<string[]> {
  if (opIds.length === 0) return [];
  const since = new Date(Math.min(...opIds.map(timeOfOpId)) - DAY_MS).toISOString();
  const log = await git(['log', '--all', `--since=${since}`, '--format=', '--name-only', '-z', '--', OPS_FOLDER]);
  if (!log.ok) return [];
  const there = new Set(await files.ids());
  for (const path of log.stdout.split('\0')) there.add(opIdOfFile(basename(path.trim())) ?? '');
  return opIds.filter((opId) => !there.has(opId));
}

/**
 * Closed op files of the folder whose last state HEAD does not hold: what an earlier session left pending. Empty where there is no
 * repository. Reads only. O(files).
 */
export async function uncommittedOps(git: Git, files: PlainOpFiles): Promise<string[]> {
  const ids = await files.ids();
  if (ids.length === 0 || typeof (await findRepository(git, files.directory)) === 'string') return [];
  const [held, changed] = await Promise.all([
    git(['ls-tree', '-r', '-z', '--name-only', 'HEAD', '--', `${OPS_FOLDER}/`]),
    git(['diff', '--name-only', '-z', '--relative', 'HEAD', '--', OPS_FOLDER]),
  ]);
  const committed = new Set(held.ok ? held.stdout.split('\0') : []);
  for (const path of changed.ok ? changed.stdout.split('\0') : []) committed.delete(path);
  const found: string[] = [];
  for (const opId of ids) {
    if (committed.has(join(OPS_FOLDER, opId + OP_FILE_SUFFIX).replaceAll('\\', '/'))) continue;
    const text = await files.read(opId).catch(() => undefined);
    if (text !== undefined && parseOpFile(opId, text).completed !== undefined) found.push(opId);
  }
  return found;
}

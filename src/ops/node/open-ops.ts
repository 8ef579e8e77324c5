import { checkArgument, checkOptions, NUMBER, OBJECT, wholeFrom, type Kind } from '../../core/model/arguments.js';
import { InvalidArgumentError } from '../../core/model/errors.js';
import { checkOpsOptions, type OpDurability } from '../check-options.js';
import { AlreadyClosedError, OpNotFoundError } from '../errors.js';
import { KeyedQueue } from '../keyed-queue.js';
import { completedLine, indexLine, linkLine, startedLine } from '../lines.js';
import { memoryOpFiles } from '../memory-op-files.js';
import type { OpEnd, OpLink, OpStart } from '../op.js';
import type { OpFiles } from '../op-files.js';
import { assertOpId, createOpIds, isOpId } from '../op-id.js';
import { parseOpFile, startTime, summarise, type OpSummary } from '../parse.js';
import { OPS_INDEX } from '../paths.js';
import { pendingMessage, type PendingReason } from '../pending-reason.js';
import { gitIn, type Git } from './git.js';
import { neverCommitted, OpCommitter, uncommittedOps } from './op-committer.js';
import { PlainOpFiles } from './plain-op-files.js';
import { protectedBranches } from './repository.js';

export type { OpDurability };
const LIMIT: Kind = {
  says: 'a whole number of at least 0',
  accepts: (value) => value === Infinity || wholeFrom(0).accepts(value),
};
const NOT_WRITTEN = 'Nothing was written.';

/** A store's op log, asked for ops whose files vanished (SPEC Annex B.7). */
export interface OpSource {
  /** The lines of the op's file, without or with newlines; undefined when the log does not know it. */
  lines(opId: string): Promise<readonly string[] | undefined>;
  /** Ids of closed ops that were to be committed; of those neither committed nor on the disk the files are written again. Asked once, at open. */
  uncommitted?(): Promise<readonly string[]>;
}

export interface OpsOptions {
  /** The folder that holds, or will hold, `tract-ops/`. */
  readonly directory: string;
  /** `store` when left out: no file is ever written. */
  readonly durability?: OpDurability;
  /** Names and globs of branches that get no commits. */
  readonly protectedBranches?: readonly string[];
  readonly clock?: () => Date;
  readonly source?: OpSource;
  /** The git to run; `git` from the PATH when left out. */
  readonly gitPath?: string;
  /** Told once per reason when records cannot be committed now. */
  readonly onNotice?: (notice: { readonly reason: PendingReason; readonly message: string }) => void;
  /** Told when an op's last state has reached the repository. */
  readonly onCommitted?: (opId: string) => void;
}

/**
 * Op records of one folder (SPEC §13, Annex A). Returns at once. With `git`, what an earlier session left pending is tried again in
 * the background. @throws InvalidArgumentError for an unknown durability
 */
export function openOps(options: OpsOptions): Ops {
  return new Ops(options);
}

/** `begin`, `complete` and `link` resolve when their line is on the disk; commits follow in the background. */
export class Ops {
  readonly #clock: () => Date;
  readonly #nextId: () => string;
  readonly #files: OpFiles;
  readonly #committer: OpCommitter | undefined;
  readonly #source: OpSource | undefined;
  readonly #onDisk: PlainOpFiles;
  /** Lines of ops that are open, or closed and not committed yet: enough to write a vanished file again. */
  readonly #lines = new Map<string, string>();
  readonly #perOp = new KeyedQueue();
  readonly #recovered: Promise<void>;

  constructor(options: OpsOptions) {
    checkOpsOptions(options);
    const { durability = 'store', source, clock = () => new Date() } = options;
    this.#clock = clock;
    this.#nextId = createOpIds(clock);
    this.#source = source;
    this.#onDisk = new PlainOpFiles(options.directory);
    this.#files = durability === 'store' ? memoryOpFiles() : this.#onDisk;
    if (durability !== 'git') {
      this.#recovered = Promise.resolve();
      return;
    }
    const git = gitIn(this.#onDisk.directory, options.gitPath);
    const committer = new OpCommitter({
      files: this.#onDisk,
      git,
      clock,
      isProtected: protectedBranches(options.protectedBranches ?? []),
      restore: (opId) => this.#perOp.run(opId, async () => (await this.#restore(opId)) !== undefined),
      onPending: (reason) => {
        tell(() => options.onNotice?.({ reason, message: pendingMessage(reason) }));
      },
      onSettled: (opId, committed) => {
        this.#lines.delete(opId);
        if (committed) tell(() => options.onCommitted?.(opId));
      },
    });
    this.#committer = committer;
    this.#recovered = recover(git, this.#onDisk, source).then((opIds) => {
      committer.enqueue(opIds);
    });
  }

  /**
   * Records that an op begins; resolves with its id.
   * @throws InvalidOpIdError, OpCollisionError, OpLinkRefusedError, InvalidArgumentError: nothing was written
   */
  async begin(start: OpStart): Promise<string> {
    checkArgument('What is known of the operation', start, OBJECT, NOT_WRITTEN);
    const opId = start.opId ?? this.#nextId();
    assertOpId(opId);
    const line = startedLine(opId, start, this.#clock());
    return this.#perOp.run(opId, async () => {
      await this.#files.create(opId, line);
      this.#lines.set(opId, line);
      await this.#index(opId);
      return opId;
    });
  }

  /**
   * Records how an op ended, and with `git` queues its commit.
   * @throws InvalidOpIdError, OpNotFoundError, AlreadyClosedError, OpLinkRefusedError, InvalidArgumentError: nothing was written
   */
  async complete(opId: string, end: OpEnd): Promise<void> {
    assertOpId(opId);
    checkArgument('How the operation ended', end, OBJECT, NOT_WRITTEN);
    const line = completedLine(opId, end, this.#clock());
    await this.#perOp.run(opId, async () => {
      const { text, from } = await this.#textOf(opId);
      if (parseOpFile(opId, text).completed === undefined) await this.#append(opId, text, line);
      // The op log may know the end already when it gives a vanished file back.
      else if (from !== 'log') throw new AlreadyClosedError(opId);
      if (this.#committer === undefined) this.#lines.delete(opId);
    });
    this.#committer?.enqueue([opId]);
  }

  /**
   * Adds a link to what the op led to; a closed op's file is committed again.
   * @throws InvalidOpIdError, OpNotFoundError, OpLinkRefusedError, InvalidArgumentError: nothing was written
   */
  async link(opId: string, link: OpLink): Promise<void> {
    assertOpId(opId);
    checkArgument('The link', link, OBJECT, NOT_WRITTEN);
    const line = linkLine(opId, link, this.#clock());
    const closed = await this.#perOp.run(opId, async () => {
      const { text } = await this.#textOf(opId);
      await this.#append(opId, text, line);
      return parseOpFile(opId, text).completed !== undefined;
    });
    if (closed && this.#committer === undefined) this.#lines.delete(opId);
    if (closed) this.#committer?.enqueue([opId]);
  }

  /** The ops on record here, newest first; all of them, or the newest `limit`. O(files read). @throws InvalidArgumentError */
  async list(options: { readonly limit?: number } = {}): Promise<OpSummary[]> {
    checkOptions(options, { limit: LIMIT }, 'Nothing was listed.');
    const { limit = Infinity } = options;
    await this.#recovered;
    const found: OpSummary[] = [];
    for (const opId of (await this.#files.ids()).reverse().slice(0, limit)) {
      const text = await this.#files.read(opId).catch(() => undefined);
      if (text === undefined) continue;
      const where = { path: this.#files.path(opId), pending: this.#committer?.isPending(opId) ?? false };
      found.push(summarise(opId, parseOpFile(opId, text), where));
    }
    return found;
  }

  /** Closed ops that are not in the repository yet, oldest first, and why. Empty unless durability is `git`. */
  async pending(): Promise<{ opId: string; path: string; reason: PendingReason }[]> {
    await this.#recovered;
    const waiting = this.#committer?.pending() ?? [];
    return waiting.map(({ opId, reason }) => ({ opId, path: this.#onDisk.path(opId), reason }));
  }

  /** Tries to commit what is pending; resolves when all was tried. Never rejects. */
  async retry(): Promise<void> {
    await this.#recovered;
    this.#committer?.enqueue([]);
    await this.#committer?.idle();
  }

  /** Resolves when no write and no commit is under way or queued. What could not be committed stays pending. */
  async idle(): Promise<void> {
    await this.#recovered;
    await this.#perOp.idle();
    await this.#committer?.idle();
  }

  /**
   * Orphans: op files without a readable `completed` line, oldest first. Special files, links and foreign names are left
   * aside. Reads only, with any durability. O(files).
   */
  async doctor(): Promise<{ path: string }[]> {
    return (await this.#orphans()).map(({ opId }) => ({ path: this.#onDisk.path(opId) }));
  }

  /**
   * Closes orphans that began at least so many hours ago as `abandoned` by the `doctor`; resolves with their paths.
   * @throws InvalidArgumentError when the threshold is no number of hours ≥ 0
   */
  async closeStale(options: { readonly olderThanHours: number }): Promise<{ path: string }[]> {
    checkOptions(options, { olderThanHours: NUMBER }, 'Nothing was closed.');
    const { olderThanHours } = options;
    if (!(olderThanHours >= 0)) throw new InvalidArgumentError('olderThanHours is a number of hours, 0 or more.');
    const latest = this.#clock().getTime() - olderThanHours * 3_600_000;
    const closed: { path: string }[] = [];
    for (const { opId, startedAt } of await this.#orphans()) {
      if (startedAt > latest) continue;
      const line = completedLine(opId, { outcome: 'abandoned', closedBy: 'doctor' }, this.#clock());
      const done = await this.#perOp.run(opId, () => this.#abandon(opId, line));
      if (!done) continue;
      this.#committer?.enqueue([opId]);
      closed.push({ path: this.#onDisk.path(opId) });
    }
    return closed;
  }

  /** Adds an op to the derived index, or makes the index of all op files when there is none. Never fails. */
  async #index(opId: string): Promise<void> {
    const opIds = (await this.#files.hasLog(OPS_INDEX)) ? [opId] : await this.#files.ids();
    const lines: string[] = [];
    for (const id of opIds) {
      const text = await this.#files.read(id).catch(() => undefined);
      const { actor, startedAt } = summarise(id, parseOpFile(id, text ?? ''), { path: undefined, pending: false });
      lines.push(indexLine(id, actor, startedAt));
    }
    await this.#files.note(OPS_INDEX, lines.join(''));
  }

  async #abandon(opId: string, line: string): Promise<boolean> {
    const text = await this.#onDisk.read(opId);
    if (text === undefined || parseOpFile(opId, text).completed !== undefined) return false;
    await this.#onDisk.append(opId, line);
    this.#lines.set(opId, text + line);
    return true;
  }

  async #orphans(): Promise<{ opId: string; startedAt: number }[]> {
    const found: { opId: string; startedAt: number }[] = [];
    for (const opId of await this.#onDisk.ids()) {
      const text = await this.#onDisk.read(opId).catch(() => undefined);
      if (text === undefined) continue;
      const op = parseOpFile(opId, text);
      if (op.completed === undefined) found.push({ opId, startedAt: startTime(opId, op) });
    }
    return found;
  }

  /** The text of an op that a line is about to be added to; its file is there afterwards. */
  async #textOf(opId: string): Promise<{ text: string; from: Origin }> {
    const text = await this.#files.read(opId);
    if (text !== undefined) return { text, from: 'file' };
    const from = await this.#restore(opId);
    if (from === undefined) throw new OpNotFoundError(opId);
    return { text: (await this.#files.read(opId)) ?? '', from };
  }

  async #append(opId: string, text: string, line: string): Promise<void> {
    await this.#files.append(opId, line);
    this.#lines.set(opId, (text === '' || text.endsWith('\n') ? text : `${text}\n`) + line);
  }

  /** Writes a vanished file again, from memory or from the op log. Undefined when neither knows the op. */
  async #restore(opId: string): Promise<Origin | undefined> {
    const kept = this.#lines.get(opId);
    const known = kept ?? joined(await this.#source?.lines(opId).catch(() => undefined));
    if (known === undefined) return undefined;
    await this.#files.create(opId, known);
    return kept === undefined ? 'log' : 'memory';
  }
}

/** Where the lines of an op came from. */
type Origin = 'file' | 'memory' | 'log';

/** What an earlier session left uncommitted. A folder or op log that cannot be read leaves it to the next session. */
async function recover(git: Git, files: PlainOpFiles, source: OpSource | undefined): Promise<string[]> {
  try {
    const claimed = (await source?.uncommitted?.()) ?? [];
    return [...(await uncommittedOps(git, files)), ...(await neverCommitted(git, files, claimed.filter(isOpId)))];
  } catch {
    return [];
  }
}

/** A listener that throws must not stop the queue. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch {
    // Its owner's to report; the records are unaffected.
  }
}

function joined(lines: readonly string[] | undefined): string | undefined {
  return lines?.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
}

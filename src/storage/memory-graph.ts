import type { StoredCommit } from '../core/model/commit.js';
import type { ObjectStore } from '../core/ports/storage.js';
import { StoreIntegrityError } from './errors.js';
import { utf8 } from './utf8.js';

/** Takes back one step of a batch. Steps are taken back in reverse order. */
export type Undo = () => void;

/** Digits by which prefix lookups find their bucket; the shortest prefix a person may give (SPEC §8). */
const BUCKET = 4;

/** Commits and contents in maps, with the references between them enforced as the database's foreign keys do. */
export class MemoryGraph implements ObjectStore {
  private readonly commits = new Map<string, StoredCommit>();
  private readonly texts = new Map<string, string>();
  private readonly buckets = new Map<string, Set<string>>();
  private readonly targeting = new Map<string, Set<string>>();
  /** How many commits name a commit (as parent, target, jump) or a content. */
  private readonly uses = new Map<string, number>();
  private readonly unreachable = new Map<string, string>();

  commit(commitHash: string): StoredCommit | undefined {
    return this.commits.get(commitHash);
  }

  line(from: string, limit: number, minDepth = 0): readonly StoredCommit[] {
    const line: StoredCommit[] = [];
    let commit = this.commits.get(from);
    while (commit !== undefined && line.length < limit && commit.depth >= minDepth) {
      line.push(commit);
      commit = commit.parentHash === null ? undefined : this.commits.get(commit.parentHash);
    }
    return line;
  }

  commitsByPrefix(prefix: string, limit: number): readonly string[] {
    const candidates = prefix.length < BUCKET ? this.commits.keys() : (this.buckets.get(prefix.slice(0, BUCKET)) ?? []);
    return [...candidates]
      .filter((hash) => hash.startsWith(prefix))
      .sort()
      .slice(0, limit);
  }

  commitsTargeting(target: string): readonly string[] {
    return [...(this.targeting.get(target) ?? [])];
  }

  commitHashes(): Iterable<string> {
    return [...this.commits.keys()];
  }

  hasContent(contentHash: string): boolean {
    return this.texts.has(contentHash);
  }

  contents(contentHashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const hash of contentHashes) {
      const text = this.texts.get(hash);
      if (text !== undefined) found.set(hash, text);
    }
    return Promise.resolve(found);
  }

  contentSizes(): Iterable<{ readonly contentHash: string; readonly bytes: number }> {
    return [...this.texts].map(([contentHash, text]) => ({ contentHash, bytes: utf8(text).length }));
  }

  unreachableSince(commitHash: string): string | undefined {
    return this.unreachable.get(commitHash);
  }

  protected addContent(contentHash: string, text: string, undos: Undo[]): void {
    if (this.texts.has(contentHash)) return;
    this.texts.set(contentHash, text);
    undos.push(() => {
      this.texts.delete(contentHash);
    });
  }

  protected addCommit(commit: StoredCommit, undos: Undo[]): void {
    const hash = commit.commitHash;
    if (this.commits.has(hash)) return;
    if (!this.texts.has(commit.contentHash)) {
      throw new StoreIntegrityError(`commit ${hash} names the content ${commit.contentHash}, which is not there.`);
    }
    for (const named of commitsNamedBy(commit)) {
      if (!this.commits.has(named)) {
        throw new StoreIntegrityError(`commit ${hash} names the commit ${named}, which is not there.`);
      }
    }
    this.link(commit);
    undos.push(() => {
      this.unlink(commit);
    });
  }

  protected removeCommits(hashes: readonly string[], undos: Undo[]): void {
    const removed = hashes.flatMap((hash) => this.commits.get(hash) ?? []);
    if (removed.length === 0) return;
    // Undoing a removal puts all maps back in the order they had.
    const before = [...this.commits.values()];
    const marks = new Map(this.unreachable);
    for (const commit of removed) this.unlink(commit);
    undos.push(() => {
      for (const commit of before) this.unlink(commit);
      for (const commit of before) this.link(commit);
      for (const [hash, at] of marks) this.unreachable.set(hash, at);
    });
    const needed = removed.find((commit) => this.uses.has(commit.commitHash));
    if (needed !== undefined) {
      throw new StoreIntegrityError(`commit ${needed.commitHash} cannot be removed: other commits name it.`);
    }
  }

  protected removeContents(hashes: readonly string[], undos: Undo[]): void {
    for (const hash of hashes) {
      const text = this.texts.get(hash);
      if (text === undefined) continue;
      if (this.uses.has(hash)) throw new StoreIntegrityError(`content ${hash} cannot be removed: a commit needs it.`);
      this.texts.delete(hash);
      undos.push(() => {
        this.texts.set(hash, text);
      });
    }
  }

  protected markUnreachable(hashes: readonly string[], at: string | null, undos: Undo[]): void {
    for (const hash of hashes) {
      const before = this.unreachable.get(hash);
      if (at === null) {
        this.unreachable.delete(hash);
      } else if (this.commits.has(hash)) {
        this.unreachable.set(hash, at);
      } else {
        throw new StoreIntegrityError(`commit ${hash}, marked as unreachable, is not there.`);
      }
      undos.push(() => {
        if (before === undefined) this.unreachable.delete(hash);
        else this.unreachable.set(hash, before);
      });
    }
  }

  private link(commit: StoredCommit): void {
    const hash = commit.commitHash;
    this.commits.set(hash, commit);
    add(this.buckets, hash.slice(0, BUCKET), hash);
    for (const target of commit.targets) add(this.targeting, target, hash);
    for (const named of [commit.contentHash, ...commitsNamedBy(commit)]) {
      this.uses.set(named, (this.uses.get(named) ?? 0) + 1);
    }
  }

  private unlink(commit: StoredCommit): void {
    const hash = commit.commitHash;
    if (!this.commits.delete(hash)) return;
    this.unreachable.delete(hash);
    this.buckets.get(hash.slice(0, BUCKET))?.delete(hash);
    for (const target of commit.targets) this.targeting.get(target)?.delete(hash);
    for (const named of [commit.contentHash, ...commitsNamedBy(commit)]) {
      const left = (this.uses.get(named) ?? 0) - 1;
      if (left > 0) this.uses.set(named, left);
      else this.uses.delete(named);
    }
  }
}

/** Every other commit that a stored commit refers to, with repetitions. */
function commitsNamedBy(commit: StoredCommit): readonly string[] {
  const named = [...commit.extraParents, ...commit.targets];
  if (commit.parentHash !== null) named.push(commit.parentHash);
  if (commit.jump !== null) named.push(commit.jump);
  if (commit.lastMerge !== null && commit.lastMerge !== commit.commitHash) named.push(commit.lastMerge);
  if (commit.editTarget !== null) named.push(commit.editTarget);
  return named;
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

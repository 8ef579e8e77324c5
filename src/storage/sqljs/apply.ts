import type { StoredCommit } from '../../core/model/commit.js';
import type { RecordUpdate, StoredRecord } from '../../core/model/record.js';
import { StoreIntegrityError } from '../errors.js';
import type { ContentPlace, PlacedChange } from '../journal/place.js';
import { utf8 } from '../utf8.js';
import { noCommit, noContent, noRecord, willApply } from './check-names.js';
import { CommitIds } from './commit-ids.js';
import { dropPageOf } from './commit-pages.js';
import { HAS_EXTRA_PARENTS, HAS_TARGETS } from './commit-page.js';
import type { Statements } from './statements.js';
import { integer, text } from './statements.js';

const INSERT_COMMIT = `
  INSERT INTO commits VALUES (?, unhex(?), ${'?, '.repeat(9)} ${'CAST(? AS TEXT), '.repeat(3)} ?, ?, ?, ?, ?)
  ON CONFLICT (hash) DO NOTHING`;

/** Turns changes into rows. Always inside a transaction that {@link forget} follows when it is rolled back. */
export class ChangeWriter {
  private readonly commitIds: CommitIds;
  /** The content inserted last, until something else may have changed it: its commit comes right behind it. */
  private lastContent: { readonly contentHash: string; readonly id: number } | null = null;
  private inserted: StoredCommit[] = [];

  constructor(private readonly statements: Statements) {
    this.commitIds = new CommitIds(statements);
  }

  /**
   * Whether a batch will apply, as far as that is known before.
   * @throws StoreIntegrityError when it names what is not there
   */
  willApply(changes: readonly PlacedChange[]): boolean {
    return willApply(changes, {
      commit: (hash) => this.commitIds.of(hash) !== undefined,
      content: (hash) => this.contentId(hash) !== undefined,
      record: (id) => this.statements.row('SELECT 1 FROM records WHERE id = ?', [id]) !== undefined,
    });
  }

  /** The commits inserted since the last call: new ones only, in order. */
  takeInserted(): readonly StoredCommit[] {
    const { inserted } = this;
    this.inserted = [];
    return inserted;
  }

  /** @throws StoreIntegrityError when the change names what is not there */
  apply(change: PlacedChange): void {
    const { statements } = this;
    switch (change.kind) {
      case 'content':
        this.insertContent(change.place);
        return;
      case 'moved': {
        const { contentHash, file, offset, bytes, crc } = change.place;
        statements.run('UPDATE contents SET file = ?, offset = ?, bytes = ?, crc = ? WHERE hash = unhex(?)', [
          file,
          offset,
          bytes,
          crc,
          contentHash,
        ]);
        return;
      }
      case 'commit':
        this.insertCommit(change.commit);
        return;
      case 'ref':
        if (change.value === null) {
          statements.run('DELETE FROM refs WHERE tract_id = ? AND name = ?', [change.tractId, change.name]);
        } else {
          statements.run('INSERT OR REPLACE INTO refs VALUES (?, ?, ?)', [change.tractId, change.name, change.value]);
        }
        return;
      case 'refLog': {
        const { tractId, ...data } = change.entry;
        statements.run('INSERT INTO ref_log (tract_id, data) VALUES (?, ?)', [tractId, JSON.stringify(data)]);
        return;
      }
      case 'tract':
        statements.run(
          'INSERT INTO tracts (tract_id, data) VALUES (?, ?) ON CONFLICT (tract_id) DO UPDATE SET data = excluded.data',
          [change.tract.tractId, JSON.stringify(change.tract)],
        );
        return;
      case 'record': {
        const { effectives, ...data } = change.record;
        statements.run(
          `INSERT INTO records (id, tract_id, head_hash, pending, data, effectives)
           VALUES (?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT))
           ON CONFLICT (id) DO NOTHING`,
          [data.id, data.tractId, data.headHash, pending(data), jsonBytes(data), jsonBytes(effectives)],
        );
        return;
      }
      case 'recordUpdate':
        this.updateRecord(change.id, change.update);
        return;
      case 'usage':
        statements.run('INSERT INTO usage_reports (head_hash, options_key, data) VALUES (?, ?, CAST(? AS TEXT))', [
          change.report.headHash,
          change.report.optionsKey,
          jsonBytes(change.report),
        ]);
        return;
      case 'op':
        statements.run(
          `INSERT INTO ops (op_id, tract_id, data) VALUES (?, ?, ?)
           ON CONFLICT (op_id) DO UPDATE SET tract_id = excluded.tract_id, data = excluded.data`,
          [change.op.opId, change.op.tractId, JSON.stringify(change.op)],
        );
        return;
      case 'metrics':
        statements.run(
          `INSERT INTO token_efficiency_metrics (run_id, phase, outcome, data) VALUES (?, ?, ?, ?)
           ON CONFLICT (run_id, phase, outcome) DO NOTHING`,
          [change.row.run_id, change.row.phase, change.row.outcome, JSON.stringify(change.row)],
        );
        return;
      case 'removeCommits':
        this.removeCommits(change.commitHashes);
        return;
      case 'removeContents':
        this.lastContent = null;
        for (const hash of change.contentHashes) {
          this.refusing(`content ${hash} cannot be removed: a commit needs it.`, () => {
            statements.run('DELETE FROM contents WHERE hash = unhex(?)', [hash]);
          });
        }
        return;
      case 'unreachable':
        this.markUnreachable(change.commitHashes, change.at);
        return;
      case 'trimRefLog':
        statements.run('DELETE FROM ref_log WHERE tract_id = ? AND seq <= ?', [change.tractId, change.upTo]);
        return;
    }
  }

  /** To be called when a transaction was rolled back: what was remembered from it is not so. */
  forget(): void {
    this.commitIds.forget();
    this.lastContent = null;
    this.inserted = [];
  }

  private insertContent({ contentHash, file, offset, bytes, crc }: ContentPlace): void {
    const inserted = this.statements.row(
      `INSERT INTO contents (hash, file, offset, bytes, crc) VALUES (unhex(?), ?, ?, ?, ?)
       ON CONFLICT (hash) DO NOTHING RETURNING id`,
      [contentHash, file, offset, bytes, crc],
    );
    this.lastContent = inserted === undefined ? null : { contentHash, id: integer(inserted, 0) };
  }

  private contentId(contentHash: string): number | undefined {
    if (this.lastContent?.contentHash === contentHash) return this.lastContent.id;
    const row = this.statements.row('SELECT id FROM contents WHERE hash = unhex(?)', [contentHash]);
    return row === undefined ? undefined : integer(row, 0);
  }

  private insertCommit(commit: StoredCommit): void {
    const hash = commit.commitHash;
    const { statements } = this;
    if (this.commitIds.has(hash)) return;
    const named = (other: string | null): number | null => {
      if (other === null) return null;
      const id = this.commitIds.of(other);
      if (id === undefined) throw noCommit(commit, other);
      return id;
    };
    const contentId = this.contentId(commit.contentHash);
    if (contentId === undefined) throw noContent(commit);
    const id = this.commitIds.take();
    const extraParents = commit.extraParents.map(named);
    const targets = commit.targets.map(named);
    statements.run(INSERT_COMMIT, [
      id,
      hash,
      contentId,
      named(commit.parentHash),
      named(commit.jump),
      commit.lastMerge === hash ? id : named(commit.lastMerge),
      named(commit.editTarget),
      (extraParents.length > 0 ? HAS_EXTRA_PARENTS : 0) | (targets.length > 0 ? HAS_TARGETS : 0),
      commit.contentType,
      commit.operation,
      commit.timestampIso,
      utf8(commit.message),
      commit.metadata === null ? null : jsonBytes(commit.metadata),
      commit.generationConfig === null ? null : jsonBytes(commit.generationConfig),
      commit.textTokens,
      commit.toolTokens,
      commit.tokenizer,
      commit.depth,
      commit.generation,
    ]);
    // It is there already.
    if (statements.changed === 0) return;
    for (const [position, parent] of extraParents.entries()) {
      statements.run('INSERT INTO commit_parents VALUES (?, ?, ?)', [id, position, parent]);
    }
    for (const [position, target] of targets.entries()) {
      statements.run('INSERT INTO commit_targets VALUES (?, ?, ?)', [id, position, target]);
    }
    this.commitIds.remember(hash, id);
    this.inserted.push(commit);
  }

  private updateRecord(id: string, update: RecordUpdate): void {
    const row = this.statements.row('SELECT data FROM records WHERE id = ?', [id]);
    if (row === undefined) throw noRecord(id);
    const data = { ...(JSON.parse(text(row, 0)) as Omit<StoredRecord, 'effectives'>), ...update };
    this.statements.run('UPDATE records SET data = ?, pending = ? WHERE id = ?', [
      JSON.stringify(data),
      pending(data),
      id,
    ]);
  }

  private removeCommits(hashes: readonly string[]): void {
    const ids = hashes.flatMap((hash) => this.commitIds.of(hash) ?? []).sort((a, b) => b - a);
    const refusal = 'a commit to remove is named by other commits.';
    // Links of all first: commits of the list may name each other. Then children before parents, which have smaller ids.
    for (const id of ids) {
      this.statements.run('DELETE FROM commit_targets WHERE commit_id = ?', [id]);
      this.statements.run('DELETE FROM commit_parents WHERE commit_id = ?', [id]);
    }
    for (const id of ids) {
      this.refusing(refusal, () => {
        this.statements.run('DELETE FROM commits WHERE id = ?', [id]);
      });
      dropPageOf(this.statements, id);
    }
    if (ids.length > 0) this.commitIds.forgetRemoved();
  }

  private markUnreachable(hashes: readonly string[], at: string | null): void {
    for (const hash of hashes) {
      const id = this.commitIds.of(hash);
      if (at === null) {
        if (id !== undefined) this.statements.run('DELETE FROM unreachable WHERE commit_id = ?', [id]);
      } else if (id === undefined) {
        throw new StoreIntegrityError(`commit ${hash}, marked as unreachable, is not there.`);
      } else {
        this.statements.run('INSERT OR REPLACE INTO unreachable VALUES (?, ?)', [id, at]);
      }
    }
  }

  private refusing(detail: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof Error && error.message.includes('FOREIGN KEY')) {
        throw new StoreIntegrityError(detail, { cause: error });
      }
      throw error;
    }
  }
}

/** JSON for a column that takes `CAST(? AS TEXT)`: sql.js writes a text into its memory character by character, bytes at once. */
function jsonBytes(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}

function pending(record: Pick<StoredRecord, 'outcome'>): number {
  return record.outcome === 'pending' ? 1 : 0;
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredCommit } from '../../../src/core/model/commit.js';
import type { Change } from '../../../src/core/ports/storage.js';
import { openMemoryStorage } from '../../../src/storage/memory.js';
import { MetadataDatabase } from '../../../src/storage/sqljs/database.js';
import { loadSqlJs } from '../../../src/storage/sqljs/load.js';
import { everything } from './contract.js';
import { chain, chainChanges, commit, committing, fullCommit, sha256 } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { openSimulated } from './simulated-store.js';

/** Numbers of the pages that the newest snapshot holds. */
async function pagesOf(files: SimulatedFiles): Promise<readonly number[]> {
  const name =
    [...files.files().keys()]
      .filter((file) => file.startsWith('snapshot-'))
      .toSorted()
      .at(-1) ?? '';
  const sql = await loadSqlJs();
  const db = new sql.Database(files.files().get(name));
  const [found] = db.exec('SELECT id FROM commit_pages ORDER BY id');
  db.close();
  return found?.values.map(([id]) => Number(id)) ?? [];
}

/** A line whose commits name others near and far, with metadata here and there. */
function variedLine(length: number): readonly StoredCommit[] {
  const line: StoredCommit[] = [];
  for (let i = 0; i < length; i++) {
    const parent = line.at(-1) ?? null;
    const name = `varied${String(i)}`;
    const [far, near, root] = [line[i >> 1], line[i - 2], line[0]];
    line.push(
      commit(name, parent, {
        ...(i % 7 === 3 && near && { operation: 'edit', editTarget: near.commitHash, targets: [near.commitHash] }),
        ...(i % 11 === 5 &&
          far &&
          root && { extraParents: [far.commitHash, root.commitHash], lastMerge: sha256(name) }),
        ...(i % 13 === 1 && far && { jump: far.commitHash }),
        ...(i % 5 === 0 && { metadata: { path: `src/${String(i)}.ts`, '😀': 'é' } }),
        ...(i % 17 === 0 && { generationConfig: { model: 'm', temperature: 0.5 } }),
      }),
    );
  }
  return line;
}

const storing = (line: readonly StoredCommit[], name: string): readonly Change[] =>
  line.flatMap((one, i) => committing(one, `${name}${String(i)}`));

describe('pages of commits (§16)', () => {
  it('a snapshot holds those that are full; what is read from them is what was written, in every field', async () => {
    const files = new SimulatedFiles();
    const line = variedLine(300);
    const storage = await openSimulated(files);
    await storage.write(storing(line, 'varied'));
    const root = line[0];
    const side = line[130];
    assert.ok(root && side);
    const full = fullCommit(root, side);
    await storage.write(committing(full, 'full'));
    await storage.compact();
    // Row ids begin at 1: page 2 is not full.
    assert.deepEqual(await pagesOf(files), [0, 1]);
    await storage.close();
    const again = await openSimulated(files);
    assert.deepEqual(again.line(line[299]?.commitHash ?? '', 1000), line.toReversed());
    assert.deepEqual(again.line(full.commitHash, 1000), [full, ...line.slice(0, 131).toReversed()]);
    assert.deepEqual(again.commit(full.commitHash), full);
    const texts = await again.contents(line.map((one) => one.contentHash));
    assert.deepEqual(
      line.map((one) => texts.get(one.contentHash)),
      line.map((_, i) => `text of varied${String(i)}`),
    );
    await again.close();
  });

  it('limit and depth cut a line where they cut it without pages', async () => {
    const files = new SimulatedFiles();
    const line = variedLine(300);
    const first = await openSimulated(files);
    await first.write(storing(line, 'varied'));
    await first.compact();
    await first.close();
    const cut = fc.record({ at: fc.nat(299), limit: fc.nat(320), minDepth: fc.nat(299) });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 4 }), async (cuts) => {
        const storage = await openSimulated(new SimulatedFiles(files.files()));
        for (const { at, limit, minDepth } of cuts) {
          const expected = line.slice(minDepth, at + 1).toReversed();
          assert.deepEqual(storage.line(line[at]?.commitHash ?? '', limit, minDepth), expected.slice(0, limit));
        }
        await storage.close();
      }),
      { numRuns: 40 },
    );
  });

  it('commits removed by GC are gone from their page, and their page comes back without them', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    const line = chain('kept', 200);
    const base = line[50];
    assert.ok(base);
    // Row ids 201 to 240: in page 1, with what stays before and after them.
    const left = chain('left', 40, base);
    await storage.write(storing(line, 'kept'));
    await storage.write(storing(left, 'left'));
    const later = chain('later', 100, line.at(-1) ?? null);
    await storage.write(storing(later, 'later'));
    await storage.compact();
    assert.deepEqual(await pagesOf(files), [0, 1]);
    await storage.close();

    const again = await openSimulated(files);
    const all = [...later.toReversed(), ...line.toReversed()];
    assert.deepEqual(again.line(later[99]?.commitHash ?? '', 1000), all);
    await again.write([
      { kind: 'removeCommits', commitHashes: left.map((one) => one.commitHash) },
      { kind: 'removeContents', contentHashes: left.map((one) => one.contentHash) },
    ]);
    assert.deepEqual(again.line(left[39]?.commitHash ?? '', 1000), []);
    assert.deepEqual(again.line(later[99]?.commitHash ?? '', 1000), all);
    await again.compact();
    assert.deepEqual(await pagesOf(files), [0, 1]);
    await again.close();

    const last = await openSimulated(files);
    assert.deepEqual(last.line(later[99]?.commitHash ?? '', 1000), all);
    assert.equal(last.commit(left[0]?.commitHash ?? ''), undefined);
    assert.deepEqual(await last.check(), []);
    await last.close();
  });

  it('texts that were moved to another log file are read from there', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(chainChanges('moved', 300));
    const gone = chain('gone', 3);
    await storage.write(storing(gone, 'gone'));
    await storage.compact();
    await storage.write([
      { kind: 'removeCommits', commitHashes: gone.map((one) => one.commitHash) },
      { kind: 'removeContents', contentHashes: gone.map((one) => one.contentHash) },
    ]);
    const before = new Set(files.files().keys());
    await storage.compact();
    assert.ok(
      [...before].some((name) => name.startsWith('log-') && !files.files().has(name)),
      'a log file was emptied',
    );
    const expected = await everything(storage);
    await storage.close();
    const again = await openSimulated(files);
    const line = again.line(sha256('moved299'), 1000);
    assert.equal(line.length, 300);
    assert.equal((await again.contents(line.map((one) => one.contentHash))).size, 300);
    assert.deepEqual(await everything(again), expected);
    await again.close();
  });

  it('any line of writes, snapshots and restarts reads as the plainest storage does', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant('grow' as const), from: fc.nat(), by: fc.nat(150) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('compact' as const, 'restart' as const) }) },
      ),
      { minLength: 3, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const files = new SimulatedFiles();
        const memory = await openMemoryStorage();
        let storage = await openSimulated(files);
        const commits: StoredCommit[] = [];
        for (const [at, step] of taken.entries()) {
          if (step.kind === 'grow') {
            const base = commits[step.from % Math.max(1, commits.length)] ?? null;
            const line = chain(`s${String(at)}-`, step.by + 1, base);
            commits.push(...line);
            const changes = storing(line, `s${String(at)}-`);
            await memory.write(changes);
            await storage.write(changes);
          } else {
            if (step.kind === 'compact') await storage.compact();
            await storage.close();
            storage = await openSimulated(files);
          }
        }
        for (const tip of commits.filter((_, i) => i % 37 === 0 || i === commits.length - 1)) {
          assert.deepEqual(storage.line(tip.commitHash, 2000), memory.line(tip.commitHash, 2000));
        }
        assert.deepEqual(await everything(storage), await everything(memory));
        await storage.close();
      }),
      { numRuns: 15 },
    );
  });

  it('a database without pages reads its rows', async () => {
    const db = new MetadataDatabase(await loadSqlJs(), null);
    const line = chain('rows', 300);
    db.apply(
      line.flatMap((one, i) => [
        { kind: 'content', place: { contentHash: one.contentHash, file: 1, offset: i, bytes: 1, crc: 7 } },
        { kind: 'commit', commit: one },
      ]),
    );
    const reopened = new MetadataDatabase(await loadSqlJs(), db.export());
    assert.deepEqual(reopened.graph.line(line[299]?.commitHash ?? '', 1000), line.toReversed());
    reopened.close();
    db.close();
  });
});

import assert from 'node:assert/strict';
import { fileHeader, readFileHeader } from '../../../src/storage/journal/frame.js';
import { portableCrc32 } from '../../../src/storage/journal/crc.js';
import { snapshotTrailer } from '../../../src/storage/journal/snapshot-file.js';
import type { DurableStorage } from '../../../src/storage/durable.js';
import { SCHEMA_VERSION } from '../../../src/storage/sqljs/schema.js';
import { loadSqlJs } from '../../../src/storage/sqljs/load.js';
import { everything } from './contract.js';
import { AT, chain, commit, committing, content, fullCommit, refLog, sha256 } from './samples.js';
import { SimulatedFiles } from './simulated-files.js';
import { batchesIn, openSimulated } from './simulated-store.js';

const line = chain('d', 60);
function batch(i: number): Parameters<DurableStorage['write']>[0] {
  const stored = line[i];
  assert.ok(stored !== undefined);
  return [...committing(stored, `d${String(i)}`), refLog('t', `commit ${String(i)}`)];
}

function damaged(files: SimulatedFiles, name: string, change: (bytes: Uint8Array) => Uint8Array): SimulatedFiles {
  const all = new Map(files.files());
  const bytes = all.get(name);
  assert.ok(bytes !== undefined, `${name} of ${[...all.keys()].join(' ')}`);
  all.set(name, change(bytes.slice()));
  return new SimulatedFiles(all);
}

const flip =
  (at: (length: number) => number) =>
  (bytes: Uint8Array): Uint8Array => {
    const i = at(bytes.length);
    bytes[i] = (bytes[i] ?? 0) ^ 0x5a;
    return bytes;
  };

const codes = (storage: DurableStorage): string[] => storage.notices.map((notice) => notice.code);
const asideOf = (files: SimulatedFiles): string[] =>
  [...files.files().keys()].filter((name) => name.includes('.damaged-'));

describe('damaged files (§16)', () => {
  /** Two snapshots, several log files, and a tail behind the last snapshot. */
  let files: SimulatedFiles;
  let whole: unknown;
  before(async () => {
    files = new SimulatedFiles();
    const storage = await openSimulated(files);
    for (let i = 0; i < 10; i++) await storage.write(batch(i));
    await storage.compact();
    for (let i = 10; i < 20; i++) await storage.write(batch(i));
    await storage.compact();
    for (let i = 20; i < 25; i++) await storage.write(batch(i));
    whole = await everything(storage);
    await storage.close();
    const names = [...files.files().keys()].sort();
    assert.deepEqual(
      names.filter((name) => name.startsWith('snap')),
      ['snapshot-00000001.db', 'snapshot-00000002.db'],
    );
    assert.ok(names.filter((name) => name.startsWith('log')).length > 2);
  });

  for (const [what, change] of [
    ['a flipped byte', flip((length) => length >> 1)],
    ['a flipped byte in its trailer', flip((length) => length - 12)],
    ['a cut', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['nothing in it', () => new Uint8Array(0)],
  ] as const) {
    it(`rebuilds everything when the newest snapshot has ${what}, and sets it aside`, async () => {
      const broken = damaged(files, 'snapshot-00000002.db', change);
      const storage = await openSimulated(broken);
      assert.deepEqual(await everything(storage), whole);
      assert.deepEqual(codes(storage), ['SNAPSHOT_DAMAGED']);
      assert.equal(asideOf(broken).length, 1);
      assert.deepEqual(await storage.check(), []);
      await storage.compact();
      await storage.close();
      const again = await openSimulated(broken);
      assert.deepEqual(codes(again), []);
      assert.deepEqual(await everything(again), whole);
      await again.close();
    });
  }

  it('gives a commit back field by field from a snapshot, alone and in a line (§4)', async () => {
    const root = commit('root');
    const side = commit('side', root);
    const full = fullCommit(root, side);
    const disk = new SimulatedFiles();
    const storage = await openSimulated(disk);
    await storage.write([...committing(root, 'root'), ...committing(side, 'side'), ...committing(full, 'full')]);
    await storage.compact();
    await storage.close();
    for (const read of [
      (again: DurableStorage) => again.line(full.commitHash, 10),
      (again: DurableStorage) => [full, side, root].map(({ commitHash }) => again.commit(commitHash)),
    ]) {
      const again = await openSimulated(disk);
      assert.deepEqual(read(again), [full, side, root]);
      await again.close();
    }
  });

  it('rebuilds everything from the log when both snapshots are damaged, or gone', async () => {
    const both = damaged(
      damaged(
        files,
        'snapshot-00000002.db',
        flip(() => 5000),
      ),
      'snapshot-00000001.db',
      flip(() => 5000),
    );
    const storage = await openSimulated(both);
    assert.deepEqual(await everything(storage), whole);
    assert.equal(asideOf(both).length, 2);
    await storage.close();
    const logs = new SimulatedFiles(new Map([...files.files()].filter(([name]) => name.startsWith('log'))));
    const other = await openSimulated(logs);
    assert.deepEqual(await everything(other), whole);
    await other.close();
  });

  it('keeps what is readable of a log damaged behind the snapshot, tells what is lost and goes on', async () => {
    // Batch 21 of 25: the frames behind it are whole, but build on it.
    const [name, bytes] = [...files.files()].find(([, all]) => Buffer.from(all).includes('text of d21')) ?? [];
    assert.ok(name !== undefined && bytes !== undefined);
    const broken = damaged(
      files,
      name,
      flip(() => Buffer.from(bytes).indexOf('text of d21')),
    );
    const storage = await openSimulated(broken);
    assert.equal(batchesIn(storage), 21);
    assert.deepEqual(codes(storage), ['LOG_DAMAGED', 'LOG_SET_ASIDE']);
    assert.match(storage.notices[0]?.problems.join('\n') ?? '', /1 batch of changes \(\d+ to \d+\) could not be read/);
    assert.equal(asideOf(broken).length, 1);
    assert.deepEqual(await storage.check(), []);
    // Contents of the frames that no longer fit are kept.
    assert.equal((await storage.contents([sha256('text of d24')])).get(sha256('text of d24')), 'text of d24');
    await storage.write(batch(21));
    await storage.close();
    const again = await openSimulated(broken);
    assert.deepEqual(codes(again), []);
    assert.equal(batchesIn(again), 22);
    assert.deepEqual(await again.check(), []);
    await again.close();
  });

  it('leaves a ref where it was when the commit it moves to is lost with a damaged stretch', async () => {
    const moving = new SimulatedFiles();
    const storage = await openSimulated(moving);
    const move = (i: number): Parameters<DurableStorage['write']>[0] => [
      { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: line[i]?.commitHash ?? '' },
    ];
    for (const changes of [batch(0), move(0), batch(1), move(1), [content('behind')]]) await storage.write(changes);
    await storage.close();
    const log = moving.files().get('log-00000001.tract') ?? new Uint8Array(0);
    const broken = damaged(
      moving,
      'log-00000001.tract',
      flip(() => Buffer.from(log).indexOf('text of d1')),
    );
    const again = await openSimulated(broken);
    assert.equal(again.ref('t', 'refs/heads/main'), line[0]?.commitHash);
    assert.equal(again.hasContent(sha256('behind')), true);
    assert.match(
      again.notices[0]?.problems.join('\n') ?? '',
      /refs\/heads\/main names the commit .* which is not there/,
    );
    await again.close();
  });

  it('never hands out a damaged text, and says which it is', async () => {
    const broken = damaged(
      files,
      'log-00000001.tract',
      flip(() => 32 + 32 + 3),
    );
    const storage = await openSimulated(broken);
    const hash = sha256('text of d0');
    assert.equal((await storage.contents([hash, sha256('text of d1')])).size, 1);
    const problems = await storage.check();
    assert.deepEqual(
      problems.map((problem) => [problem.severity, problem.code]),
      [
        ['error', 'CONTENT_DAMAGED'],
        ['warning', 'LOG_DAMAGED'],
      ],
    );
    assert.match(problems[0]?.detail ?? '', new RegExp(hash));
    await storage.close();
  });

  it('opens whatever any single file is replaced by, without losing a file', async () => {
    for (const name of files.files().keys()) {
      for (const bytes of [new Uint8Array(0), new Uint8Array(5000).fill(0xff), new Uint8Array(20)]) {
        const broken = damaged(files, name, () => bytes);
        const storage = await openSimulated(broken);
        assert.ok(storage.notices.length > 0 || (await storage.check()).length > 0 || bytes.length === 0, name);
        await storage.write([content('new')]);
        await storage.close();
      }
    }
  });
});

describe('versions of a store (§16)', () => {
  it('opens a store of a newer version for reading, and leaves its files alone', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    await storage.compact();
    await storage.close();
    const newer = damaged(files, 'log-00000001.tract', (bytes) => {
      bytes.set(fileHeader(SCHEMA_VERSION + 1, 1, portableCrc32));
      return bytes;
    });
    const before = new Map([...newer.files()].map(([name, bytes]) => [name, bytes.slice()]));
    const again = await openSimulated(newer);
    assert.match(again.readOnlyReason ?? '', /newer version of Tract/);
    assert.equal(batchesIn(again), 1);
    await assert.rejects(again.write(batch(1)), { code: 'STORE_READ_ONLY' });
    await again.close();
    assert.deepEqual(new Map(newer.files()), before);
  });

  it('says so when a newer version keeps its tables in another way', async () => {
    const sql = await loadSqlJs();
    const db = new sql.Database();
    db.run('CREATE TABLE other (x)');
    db.run(`PRAGMA user_version = ${String(SCHEMA_VERSION + 1)}`);
    const bytes = db.export();
    db.close();
    const snapshot = new Uint8Array([...bytes, ...snapshotTrailer(bytes, portableCrc32)]);
    const files = new SimulatedFiles(new Map([['snapshot-00000001.db', snapshot]]));
    await assert.rejects(openSimulated(files), { code: 'STORE_NEWER' });
    assert.deepEqual([...files.files().keys()], ['snapshot-00000001.db']);
  });

  it('writes the format into every log file', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write(batch(0));
    await storage.close();
    const log = files.files().get('log-00000001.tract') ?? new Uint8Array(0);
    assert.equal(readFileHeader(log, 1, portableCrc32), SCHEMA_VERSION);
    assert.equal(readFileHeader(log, 2, portableCrc32), undefined);
  });
});

describe('what GC removed (§9.6)', () => {
  it('leaves the disk with the next snapshot, while the rest stays', async () => {
    const files = new SimulatedFiles();
    const storage = await openSimulated(files);
    await storage.write([...committing(commit('keep'), 'keep'), content('a secret text')]);
    await storage.write([{ kind: 'unreachable', commitHashes: [sha256('keep')], at: AT }]);
    await storage.write([{ kind: 'removeContents', contentHashes: [sha256('a secret text')] }]);
    const holds = (): boolean =>
      [...files.files().values()].some((bytes) => Buffer.from(bytes).includes('a secret text'));
    assert.equal(holds(), true);
    await storage.compact();
    assert.equal(holds(), false);
    assert.deepEqual(await storage.check(), []);
    await storage.close();
    const again = await openSimulated(files);
    assert.equal((await again.contents([sha256('text of keep')])).size, 1);
    assert.equal(again.unreachableSince(sha256('keep')), AT);
    await again.close();
  });
});

/*
 * The durable store at 100,000 commits of 1 KB against `node:sqlite` on a file (WAL, synchronous=FULL), in one run (issue 4).
 * Prints figures and ratios, asserts nothing. Arguments: number of commits (100000).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoredCommit } from '../../src/core/model/commit.js';
import type { Change } from '../../src/core/ports/storage.js';
import type { DurableStorage } from '../../src/storage/durable.js';
import { openNodeStorage } from '../../src/storage/node/open.js';
import { WASM_FILE, bundleSnapshotWorker, wasmBinary } from '../unit/storage/processes/snapshot-worker.js';
import { bundleProgram } from '../unit/support/programs.js';
import { commit } from '../unit/storage/samples.js';

const COMMITS = Number(process.argv[2] ?? 100_000);
const BATCH = 1000;
const SINGLES = 300;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const print = (name: string, value: string): void => {
  console.log(name.padEnd(52), value);
};

/** Commits of one line, each with a content of 1 KB, made before anything is timed. */
class Line {
  private parent: StoredCommit | null = null;
  private count = 0;

  take(count: number): { readonly text: string; readonly stored: StoredCommit }[] {
    return Array.from({ length: count }, () => {
      const text = `${String(this.count)} ${'the quick brown fox jumps over the lazy dog '.repeat(23)}`.slice(0, 1024);
      const stored: StoredCommit = commit(`c${String(this.count++)}`, this.parent, {
        contentHash: sha256(text),
        message: text.slice(0, 100),
      });
      this.parent = stored;
      return { text, stored };
    });
  }
}

function changes(commits: ReturnType<Line['take']>): Change[] {
  const list: Change[] = commits.flatMap(({ text, stored }) => [
    { kind: 'content', contentHash: stored.contentHash, text },
    { kind: 'commit', commit: stored },
  ]);
  const head = commits.at(-1)?.stored.commitHash ?? '';
  const before = commits[0]?.stored.parentHash ?? null;
  list.push(
    { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: head },
    {
      kind: 'refLog',
      entry: {
        tractId: 't',
        at: '2026-01-01T00:00:00+00:00',
        action: 'commit',
        detail: 'commit',
        kind: 'move',
        of: null,
        changes: [{ ref: 'refs/heads/main', before, after: head }],
      },
    },
  );
  return list;
}

/** The same rows by the plainest means of the peer. */
class Peer {
  private readonly db: DatabaseSync;
  private readonly run: (commits: ReturnType<Line['take']>) => void;

  constructor(file: string) {
    this.db = new DatabaseSync(file);
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
      CREATE TABLE contents (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
      CREATE TABLE commits (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, content_id INTEGER NOT NULL REFERENCES contents,
        parent_id INTEGER REFERENCES commits, data TEXT NOT NULL);
      CREATE TABLE refs (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE ref_log (seq INTEGER PRIMARY KEY, data TEXT NOT NULL);`);
    const content = this.db.prepare('INSERT INTO contents (hash, text) VALUES (?, ?)');
    const row = this.db.prepare(`INSERT INTO commits (hash, content_id, parent_id, data) VALUES
      (?, (SELECT id FROM contents WHERE hash = ?), (SELECT id FROM commits WHERE hash = ?), ?)`);
    const ref = this.db.prepare('INSERT OR REPLACE INTO refs VALUES (?, ?)');
    const log = this.db.prepare('INSERT INTO ref_log (data) VALUES (?)');
    this.run = (commits) => {
      this.db.exec('BEGIN');
      for (const { text, stored } of commits) {
        content.run(stored.contentHash, text);
        const { commitHash, contentHash, parentHash, ...rest } = stored;
        row.run(commitHash, contentHash, parentHash, JSON.stringify(rest));
      }
      const head = commits.at(-1)?.stored.commitHash ?? '';
      ref.run('refs/heads/main', head);
      log.run(JSON.stringify({ action: 'commit', ref: 'refs/heads/main', after: head }));
      this.db.exec('COMMIT');
    };
  }

  write(commits: ReturnType<Line['take']>): void {
    this.run(commits);
  }

  close(): void {
    this.db.close();
  }
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? NaN;
}

function bytesIn(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

async function timed(work: () => Promise<unknown> | undefined): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Median ms of a durable single commit, ours and the peer's, turn about. */
async function singles(storage: DurableStorage, peer: Peer, line: Line): Promise<{ ours: number; peers: number }> {
  const ours: number[] = [];
  const peers: number[] = [];
  for (const one of line.take(SINGLES).map((commits) => [commits])) {
    const batch = changes(one);
    ours.push(await timed(() => storage.write(batch)));
    const start = performance.now();
    peer.write(one);
    peers.push(performance.now() - start);
  }
  return { ours: median(ours), peers: median(peers) };
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tract-bench-'));
  const directory = join(root, 'store');
  const options = { directory, snapshotWorker: await bundleSnapshotWorker(), wasmBinary: await wasmBinary() };
  let storage = await openNodeStorage(options);
  const peer = new Peer(join(root, 'peer.db'));
  const line = new Line();

  const first = line.take(BATCH);
  await storage.write(changes(first));
  peer.write(first);
  const small = await singles(storage, peer, line);
  print(
    'durable commit at 1k commits',
    `${small.ours.toFixed(2)} ms; node:sqlite ${small.peers.toFixed(2)} ms; ratio ${(small.ours / small.peers).toFixed(2)}`,
  );

  let ours = 0;
  let peers = 0;
  for (let count = BATCH + SINGLES; count < COMMITS; count += BATCH) {
    const commits = line.take(BATCH);
    const batch = changes(commits);
    ours += await timed(() => storage.write(batch));
    const start = performance.now();
    peer.write(commits);
    peers += performance.now() - start;
  }
  const rate = (ms: number): string => `${String(Math.round((COMMITS / ms) * 1000))}/s`;
  print(
    `bulk import of ${String(COMMITS)} in batches of ${String(BATCH)}`,
    `${rate(ours)}; node:sqlite ${rate(peers)}; ratio ${(peers / ours).toFixed(2)}`,
  );

  const before = bytesIn(directory);
  const large = await singles(storage, peer, line);
  print(
    `durable commit at ${String(COMMITS)} commits`,
    `${large.ours.toFixed(2)} ms; node:sqlite ${large.peers.toFixed(2)} ms; ratio ${(large.ours / large.peers).toFixed(2)}`,
  );
  print('  against 1k commits', `ratio ${(large.ours / small.ours).toFixed(2)}`);
  print(
    'bytes in the log per commit, without its content',
    String(Math.round((bytesIn(directory) - before) / SINGLES - 1024)),
  );

  let stall = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    stall = Math.max(stall, performance.now() - last);
    last = performance.now();
  }, 1);
  const snapshot = await timed(() => storage.compact());
  clearInterval(beat);
  print('snapshot', `${snapshot.toFixed(0)} ms, longest block of the event loop ${stall.toFixed(1)} ms`);

  const hash = storage.ref('t', 'refs/heads/main') ?? '';
  const hashes = storage.line(hash, 2000).map((stored) => stored.commitHash);
  const lookups = await timed(() => {
    for (const one of hashes) storage.commitsByPrefix(one.slice(0, 8), 5);
    return undefined;
  });
  print('prefix lookup', `${((lookups / hashes.length) * 1000).toFixed(1)} µs`);
  await storage.close();
  storage = await openNodeStorage(options);
  const cold = await timed(() => {
    storage.line(hash, 5000);
    return undefined;
  });
  const warm = await timed(() => {
    storage.line(hash, 5000);
    return undefined;
  });
  const wanted = storage.line(hash, 5000).map((stored) => stored.contentHash);
  const read = await timed(() => storage.contents(wanted));
  print(
    'line of 5,000 commits',
    `${cold.toFixed(1)} ms, again ${warm.toFixed(1)} ms; their contents ${read.toFixed(1)} ms`,
  );
  await storage.close();
  peer.close();

  const output = execFileSync(process.execPath, [
    await bundleProgram(new URL('../unit/storage/processes/opener.ts', import.meta.url)),
    directory,
    WASM_FILE,
  ]);
  const opened = JSON.parse(output.toString()) as { ms: number; cpu: number; rss: number };
  print(
    'open to first log page, new process',
    `${opened.ms.toFixed(0)} ms, ${opened.rss.toFixed(0)} MB resident; ${opened.cpu.toFixed(0)} ms CPU with the start of Node`,
  );
  print('bytes on disk', `${(bytesIn(directory) / 1e6).toFixed(0)} MB`);
  rmSync(root, { recursive: true });
}

await main();

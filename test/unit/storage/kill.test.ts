import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNodeStorage } from '../../../src/storage/node/open.js';
import { bundleProgram, startProgram } from '../support/programs.js';
import { WASM_FILE } from './processes/snapshot-worker.js';
import { sha256 } from './samples.js';

const ROUNDS = Number(process.env['TRACT_CRASH_ROUNDS'] ?? 200);
/** Rounds on one store: a store that grows makes every round dearer, not better. */
const ROUNDS_PER_STORE = 25;
/** Stores tested side by side. */
const AT_ONCE = 2;
/** The process is killed within this many ms after it began to write; every fourth one within this many ms after its start. */
const WRITING_MS = 30;
const STARTING_MS = 250;

describe('kill -9 under load (§16)', () => {
  let program: string;
  before(async () => {
    program = await bundleProgram(new URL('./processes/writer.ts', import.meta.url));
  });

  it(`loses no acknowledged commit in ${String(ROUNDS)} rounds, with garbage and torn tails`, async () => {
    const stores = Array.from({ length: Math.ceil(ROUNDS / ROUNDS_PER_STORE) }, (_, i) => i);
    const next = async (): Promise<void> => {
      for (let store = stores.shift(); store !== undefined; store = stores.shift()) {
        const acknowledged = await rounds(
          program,
          store,
          Math.min(ROUNDS_PER_STORE, ROUNDS - store * ROUNDS_PER_STORE),
        );
        assert.ok(acknowledged > 5, `store ${String(store)}: only ${String(acknowledged)} commits were written`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }).timeout(120_000 + ROUNDS * 1000);
});

async function rounds(program: string, store: number, count: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'tract-kill-'));
  let acknowledged = 0;
  for (let round = 0; round < count; round++) {
    acknowledged = await life(program, directory, acknowledged, store * 1000 + round);
    if (round % 3 === 1) await spoilTail(directory, round);
  }
  const storage = await openNodeStorage({ directory });
  const hashes = [...storage.commitHashes()];
  assert.ok(hashes.length >= acknowledged);
  assert.deepEqual(
    hashes,
    hashes.map((_, i) => sha256(`k${String(i)}`)),
  );
  assert.equal(storage.ref('t', 'refs/heads/main'), hashes.at(-1));
  assert.deepEqual(await storage.check(), []);
  await storage.close();
  await rm(directory, { recursive: true });
  return acknowledged;
}

/** One process, from start to kill; returns how many commits are acknowledged now. */
function life(program: string, directory: string, acknowledged: number, seed: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = startProgram(program, directory, WASM_FILE, String(acknowledged), String(seed));
    let known = acknowledged;
    let output = '';
    const killAfter = (ms: number): ReturnType<typeof setTimeout> => setTimeout(() => child.kill('SIGKILL'), ms);
    let timer = seed % 4 === 3 ? killAfter((seed * 7919) % STARTING_MS) : undefined;
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('open ')) timer ??= killAfter((seed * 7919) % WRITING_MS);
    });
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      // A last line without its end was cut by the kill.
      for (const line of output.slice(0, output.lastIndexOf('\n')).split('\n')) {
        const [word, figure] = line.split(' ');
        if (word === 'ack') known = Math.max(known, Number(figure));
        else if (word !== 'open' && word !== '') {
          reject(new Error(`seed ${String(seed)}: ${output.slice(0, 2000)}`));
          return;
        }
      }
      resolve(known);
    });
  });
}

/** What a torn write leaves: garbage, zeros, or the beginning of a frame. */
async function spoilTail(directory: string, round: number): Promise<void> {
  const last = (await readdir(directory))
    .filter((name) => name.startsWith('log-'))
    .sort()
    .at(-1);
  if (last === undefined) return;
  const file = join(directory, last);
  const bytes = await readFile(file);
  const tails = [Buffer.from(sha256(String(round))), Buffer.alloc(5000), bytes.subarray(32, 32 + 40 + (round % 50))];
  await appendFile(file, tails[round % tails.length] ?? '');
}

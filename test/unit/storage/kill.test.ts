import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNodeStorage } from '../../../src/storage/node/open.js';
import { WASM_FILE, bundleProgram } from './processes/bundle.js';
import { sha256 } from './samples.js';

const ROUNDS = Number(process.env['TRACT_CRASH_ROUNDS'] ?? 200);
/** Stores tested side by side. */
const STORES = 4;

describe('kill -9 under load (§16)', () => {
  let program: string;
  before(async () => {
    program = await bundleProgram('writer');
  });

  it(`loses no acknowledged commit in ${String(ROUNDS)} rounds, with garbage and torn tails`, async () => {
    const acknowledged = await Promise.all(
      Array.from({ length: STORES }, (_, store) => rounds(program, store, Math.ceil(ROUNDS / STORES))),
    );
    assert.ok(
      acknowledged.every((count) => count > 10),
      `too little was written: ${acknowledged.join(', ')}`,
    );
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
    const child = spawn(process.execPath, [program, directory, WASM_FILE, String(acknowledged), String(seed)]);
    let known = acknowledged;
    let output = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (timer === undefined && output.includes('open ')) {
        timer = setTimeout(() => child.kill('SIGKILL'), (seed * 7919) % 60);
      }
    });
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      // A last line without its end was cut by the kill.
      for (const line of output.slice(0, output.lastIndexOf('\n')).split('\n')) {
        const [word, figure] = line.split(' ');
        if (word === 'ack') known = Math.max(known, Number(figure));
        else if (word !== 'open') {
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

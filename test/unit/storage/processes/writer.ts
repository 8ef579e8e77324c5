/*
 * A process that writes a store under load until it is killed. Arguments: folder, wasm file, commits acknowledged so far, seed.
 * Lines on standard output: `open <commits>`, `ack <commits>`; anything else is a failure.
 */
import { readFileSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { StoredCommit } from '../../../../src/core/model/commit.js';
import { openNodeStorage } from '../../../../src/storage/node/open.js';
import { commit, content, refLog, sha256 } from '../samples.js';

const [directory = '', wasmFile = '', acknowledged = '0', seed = '0'] = process.argv.slice(2);

function say(line: string): void {
  // Synchronous: a line that was said survives the kill.
  writeSync(1, `${line}\n`);
}

let state = Number(seed) + 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

async function main(): Promise<void> {
  // A process that lives for some milliseconds gains nothing from optimised WebAssembly, which takes half of its CPU time.
  setFlagsFromString('--liftoff-only');
  const storage = await openNodeStorage({ directory, wasmBinary: readFileSync(wasmFile) });
  if (storage.readOnlyReason !== null) say(`not the writer: ${storage.readOnlyReason}`);
  let count = [...storage.commitHashes()].length;
  if (count < Number(acknowledged)) say(`lost: ${String(count)} of ${acknowledged}`);
  // Reading everything again takes its time; the last look, when all rounds are done, reads everything once more.
  for (const problem of Number(seed) % 5 === 0 ? await storage.check() : []) say(`problem: ${problem.detail}`);
  for (const notice of storage.notices) {
    if (notice.code !== 'TORN_TAIL') say(`notice: ${notice.code} ${notice.problems.join('; ')}`);
  }
  say(`open ${String(count)}`);
  let parent: StoredCommit | null = storage.commit(sha256(`k${String(count - 1)}`)) ?? null;
  const writeOne = (): Promise<void> => {
    const name = `k${String(count)}`;
    const text = `${name} ${'x'.repeat(Math.floor(random() ** 4 * 12_000))}`;
    const stored: StoredCommit = commit(name, parent, { contentHash: sha256(text) });
    parent = stored;
    count++;
    const mine = count;
    return storage
      .write([
        content(text),
        { kind: 'commit', commit: stored },
        { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: stored.commitHash },
        refLog('t', 'commit'),
      ])
      .then(() => {
        say(`ack ${String(mine)}`);
      });
  };
  for (;;) {
    const together = 1 + Math.floor(random() * 4);
    await Promise.all(Array.from({ length: together }, writeOne));
    if (random() < 0.05) await storage.compact();
  }
}

void main().catch((error: unknown) => {
  say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(1);
});

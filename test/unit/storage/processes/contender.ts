/*
 * A process that takes and gives back the lock of a folder as often as it can, and sometimes dies while it holds it. While it has
 * the lock it keeps a marker file that nobody else may find. Arguments: folder, ms to run, chance to die per turn.
 */
import { readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeLock } from '../../../../src/storage/node/node-lock.js';

const [directory = '', duration = '1000', chance = '0'] = process.argv.slice(2);
const marker = join(directory, 'marker');

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function main(): Promise<void> {
  const end = performance.now() + Number(duration);
  const lock = new NodeLock(directory, 'test');
  while (performance.now() < end) {
    if (!(await lock.tryTake())) {
      await sleep(Math.random() * 2);
      continue;
    }
    try {
      writeFileSync(marker, String(process.pid), { flag: 'wx' });
    } catch {
      const other = Number(readFileSync(marker, 'utf8'));
      if (other === process.pid || runs(other)) say(`two owners: ${String(process.pid)} and ${String(other)}`);
      writeFileSync(marker, String(process.pid));
    }
    await sleep(Math.random() * 2);
    if (Math.random() < Number(chance)) process.kill(process.pid, 'SIGKILL');
    if (readFileSync(marker, 'utf8') !== String(process.pid)) say('two owners: the marker changed');
    unlinkSync(marker);
    say('had');
    await lock.release();
  }
}

void main().catch((error: unknown) => {
  say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
});

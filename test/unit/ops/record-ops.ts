import { gitOps, recordOp, RESET } from './support.js';

// Run as a process of its own: records N ops in the repository given, one after the other; or, with a third argument, all at
// once, and is killed so many milliseconds after their lines are on the disk.
const [directory = '', count = '0', killAfter] = process.argv.slice(2);
const { ops } = gitOps(directory);
for (let i = 0; i < Number(count); i++) {
  if (killAfter === undefined) await recordOp(ops);
  else await ops.complete(await ops.begin(RESET), { outcome: 'done' });
}
if (killAfter !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(killAfter));

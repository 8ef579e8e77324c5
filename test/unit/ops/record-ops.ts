import { gitOps, recordOp } from './support.js';

// Run as a process of its own: records N ops, one after the other, in the repository given.
const [directory = '', count = '0'] = process.argv.slice(2);
const { ops } = gitOps(directory);
for (let i = 0; i < Number(count); i++) await recordOp(ops);

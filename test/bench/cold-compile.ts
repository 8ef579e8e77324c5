/**
 * `cold-compile.ts DIRECTORY`: opens the store there and compiles HEAD, the first thing a new process does. Prints both times in ms
 * as JSON, for `engine.bench.ts`; loading the program is not counted.
 */
import { Tract } from './built.js';

const [directory = ''] = process.argv.slice(2);
const start = performance.now();
const tract = await Tract.open({ directory });
const opened = performance.now();
await tract.compile();
const compiled = performance.now();
await tract.close();
console.log(JSON.stringify({ open: opened - start, compile: compiled - opened }));

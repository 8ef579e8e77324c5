/** `compile-exported.ts FILE HASH…`: imports an exported tract in this process and prints the fingerprint of each hash. */
import { Tract } from '../../../../src/library.js';
import { fingerprint } from './world.js';

const [file = '', ...hashes] = process.argv.slice(2);
const tract = await Tract.importFrom(file);
const prints: Record<string, string> = {};
for (const hash of hashes) prints[hash] = fingerprint(await tract.compile({ at: hash }));
process.stdout.write(JSON.stringify(prints));
await tract.close();

/** `fill-cache.ts DIRECTORY`: puts one embedding after the other into a cache, and prints the number of each that is durable. */
import { openEmbeddingCache } from '../../../src/budget/node/open-embedding-cache.js';

const cache = await openEmbeddingCache({ directory: process.argv[2] ?? '' });
for (let n = 0; ; n++) {
  await cache.put(new Map([[n.toString(16).padStart(64, '0'), new Float32Array(256).fill(n)]]));
  process.stdout.write(`${n}\n`);
}

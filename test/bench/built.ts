import type * as library from '../../src/library.js';

/** The library as it ships, which `npm run bench` builds first: what is measured is what people run. */
export const { Tract, importTranscript, openStore } = (await import(
  new URL('../../dist/core.mjs', import.meta.url).href
)) as typeof library;

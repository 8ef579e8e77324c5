import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Change } from '../../../src/core/ports/storage.js';
import { AT, USAGE, chain, chainChanges, committing, metric, op, record, refLog, tract } from './samples.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/stores/', import.meta.url));

/** Versions of the schema of which a store is kept as it was written then, ascending. */
export function keptVersions(): readonly number[] {
  return readdirSync(FOLDER)
    .map((name) => Number(name.slice(1)))
    .sort((a, b) => a - b);
}

/** The files of the store of one version: a log, a snapshot, and frames behind it. */
export function keptStore(version: number): ReadonlyMap<string, Uint8Array> {
  const folder = join(FOLDER, `v${String(version)}`);
  return new Map(
    readdirSync(folder).map((name) => [
      name.replace(/\.gz$/, ''),
      new Uint8Array(gunzipSync(readFileSync(join(folder, name)))),
    ]),
  );
}

/** Since version 3 a store reads full pages of commits, so one is kept. */
const LONG = 140;

/** What was written into them: the snapshot was taken before the last batch. */
export function batchesKept(version: number): readonly (readonly Change[])[] {
  const line = chain('kept', 4);
  const [head = '', before = ''] = [line.at(-1)?.commitHash, line.at(-2)?.commitHash];
  const made: Change[] = [
    { kind: 'tract', tract: tract('t') },
    ...line.slice(0, 3).flatMap((one, i) => committing(one, `kept${String(i)}`)),
  ];
  const moved: Change[] = [
    { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: before },
    { kind: 'ref', tractId: 't', name: 'HEAD', value: 'ref: refs/heads/main' },
    refLog('t', 'three commits'),
  ];
  const told: Change[] = [
    { kind: 'record', record: record('r', 't', before) },
    { kind: 'usage', report: { headHash: before, optionsKey: '', usage: USAGE, at: AT } },
    { kind: 'op', op: op('o', 't') },
    ...(version < 2
      ? []
      : [
          { kind: 'metrics', row: metric('t', 'p') } as const,
          { kind: 'unreachable', commitHashes: [before], at: AT } as const,
        ]),
  ];
  const behind: Change[] = [
    ...line.slice(3).flatMap((one) => committing(one, 'kept3')),
    { kind: 'ref', tractId: 't', name: 'refs/heads/main', value: head },
  ];
  return [made, moved, told, ...(version < 3 ? [] : [chainChanges('long', LONG)]), behind];
}

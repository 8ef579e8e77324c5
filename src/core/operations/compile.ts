import type { Environment } from '../environment.js';
import type { RenderOptions } from '../compile/options.js';
import { lineOf } from '../graph/history.js';
import { resolveRef, type RefSource } from '../graph/resolve.js';
import { checkOptions, TEXT, TIME } from '../model/arguments.js';
import { CompileOptionsError } from '../model/errors.js';
import type { CompiledContext } from '../model/context.js';
import { compareTimestamps, toTimestampIso } from '../model/timestamp.js';
import type { CompileSource } from '../compile/compiler.js';
import { readHead } from './head.js';
import type { RefStore } from '../ports/storage.js';

export interface CompileOptions extends RenderOptions {
  /** Any ref; HEAD when left out. */
  readonly at?: string;
  /** The last commit at or before this time on HEAD's first-parent line. */
  readonly asOf?: Date | string;
}

/**
 * Compiles a context (SPEC §5).
 * @throws CompileOptionsError `Cannot specify both …`, CommitNotFoundError for an unknown `at`
 */
export async function compile(
  compiler: Environment['compiler'],
  store: CompileSource & RefSource & RefStore,
  tractId: string,
  options: CompileOptions = {},
): Promise<CompiledContext> {
  checkOptions(options, { at: TEXT, asOf: TIME }, 'Nothing was compiled.');
  const { at, asOf, ...rendering } = options;
  if (at !== undefined && asOf !== undefined) throw new CompileOptionsError('Cannot specify both at and asOf.');
  return compiler.compile(store, commitToCompile(store, tractId, at, asOf), rendering);
}

function commitToCompile(
  store: CompileSource & RefSource & RefStore,
  tractId: string,
  at?: string,
  asOf?: Date | string,
): string | null {
  if (at !== undefined) return resolveRef(store, tractId, at);
  const head = readHead(store, tractId).hash;
  if (asOf === undefined || head === null) return head;
  const time = toTimestampIso(asOf);
  for (const commit of lineOf(store, head))
    if (compareTimestamps(commit.timestampIso, time) <= 0) return commit.commitHash;
  return null;
}

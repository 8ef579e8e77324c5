import type { Environment } from '../environment.js';
import type { RenderOptions } from '../compile/options.js';
import { slotOf, type Snapshot } from '../compile/snapshot.js';
import { lineOf } from '../graph/history.js';
import { resolveRef, type RefSource } from '../graph/resolve.js';
import { checkOptions, TEXT, TEXTS, TIME } from '../model/arguments.js';
import { CompileOptionsError, InvalidArgumentError, TargetError } from '../model/errors.js';
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
 * @throws CompileOptionsError `Cannot specify both …`, CommitNotFoundError for an unknown `at` or `order`; TargetError for an
 *   `order` that names no message
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
  const head = commitToCompile(store, tractId, at, asOf);
  return compiler.compile(store, head, await withOrder(compiler, store, tractId, head, rendering));
}

/**
 * The options with the refs of `order` resolved.
 * @throws CommitNotFoundError, TargetError for what is no message of this history, InvalidArgumentError
 */
export async function withOrder<T extends RenderOptions>(
  compiler: Environment['compiler'],
  store: CompileSource & RefSource,
  tractId: string,
  head: string | null,
  options: T,
): Promise<T> {
  if (options.order === undefined) return options;
  checkOptions(options, { order: TEXTS }, 'Nothing was compiled.');
  const hashes = options.order.map((ref) => resolveRef(store, tractId, ref));
  return { ...options, order: messagesNamed(await compiler.snapshot(store, head), hashes) };
}

/** As for the operation of that name: a message that does not show is passed over, what is none is told. */
function messagesNamed(snapshot: Snapshot, hashes: readonly string[]): readonly string[] {
  if (new Set(hashes).size < hashes.length)
    throw new InvalidArgumentError('A commit is named twice in order. Nothing was compiled.');
  for (const hash of hashes)
    if (!slotOf(snapshot, hash))
      throw new TargetError(
        `Cannot order ${hash.slice(0, 8)}: it is no message in the history of what is compiled. Nothing was compiled.`,
      );
  return hashes;
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

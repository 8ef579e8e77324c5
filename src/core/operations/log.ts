import { isAncestor, commitOf } from '../graph/ancestry.js';
import { walkBack } from '../graph/history.js';
import { resolveRef } from '../graph/resolve.js';
import type { Environment } from '../environment.js';
import { checkOptions, oneOf, TEXT, wholeFrom, type Kind } from '../model/arguments.js';
import type { Commit, Operation, Priority, StoredCommit } from '../model/commit.js';
import { OPERATIONS, PRIORITIES } from '../model/commit.js';
import { contentTypeOf, type Content } from '../model/content.js';
import { renderText } from '../model/content-text.js';
import { InvalidArgumentError } from '../model/errors.js';
import { compilingMetadata } from '../model/metadata.js';
import { TAGS } from '../model/refs.js';
import type { Reads } from '../transaction.js';
import { authorOf } from './author.js';
import { readHead } from './head.js';
import { effectiveStates, toCommit } from './effective-state.js';
import { makesMessage } from './write-commit.js';

export interface LogOptions {
  /** Default 20. */
  readonly limit?: number;
  /** Where to start; HEAD when left out. */
  readonly from?: string;
  readonly operation?: Operation;
  readonly type?: string;
  readonly tag?: string;
  /** Part of the message or the text, without regard to case. */
  readonly text?: string;
  readonly priority?: Priority;
  /** Tokens of the commit's text. */
  readonly minTokens?: number;
  readonly maxTokens?: number;
  readonly author?: string;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface LogEntry extends Commit {
  readonly tags: readonly string[];
  /** How many later commits of this history edit it. */
  readonly edits: number;
  /** The compression that holds it, if any. */
  readonly compressedBy: string | null;
  /** Whether it makes a message of its own: settings, edits, merges and expansions make none. */
  readonly makesMessage: boolean;
}

/** Newest first; `nextCursor` when there may be more. */
export type LogPage = readonly LogEntry[] & { readonly nextCursor?: string };

const DEFAULT_LIMIT = 20;
const KINDS: Readonly<Record<string, Kind>> = {
  limit: wholeFrom(0),
  from: TEXT,
  operation: oneOf(OPERATIONS),
  type: TEXT,
  tag: TEXT,
  text: TEXT,
  priority: oneOf(PRIORITIES),
  minTokens: wholeFrom(0),
  maxTokens: wholeFrom(0),
  author: TEXT,
  cursor: TEXT,
};
/** Commits looked at between two pauses when a filter finds little. */
const SLICE = 500;

/**
 * History newest first along the graph (SPEC §8). A page without filters costs what it shows.
 * @throws InvalidArgumentError for filters that can match nothing, such as a negative limit; CommitNotFoundError
 */
export async function log(store: Reads, tractId: string, env: Environment, options: LogOptions = {}): Promise<LogPage> {
  checkOptions(options, KINDS);
  const { limit = DEFAULT_LIMIT } = options;
  const head = options.from === undefined ? readHead(store, tractId).hash : resolveRef(store, tractId, options.from);
  if (head === null) return [];
  if (options.cursor !== undefined && !isCursor(store, head, options.cursor))
    throw new InvalidArgumentError('That cursor belongs to another history.');
  const tags = tagsByCommit(store, tractId);
  const stateOf = await effectiveStates(store, env, head);
  const entries: LogEntry[] = [];
  let looked = 0;
  let last: string | null = null;
  for (const { commit, cursor } of walkBack(store, head, options.cursor)) {
    if (++looked % SLICE === 0) await env.pause();
    if (!matchesStored(commit, options, tags)) continue;
    if (options.text !== undefined && !(await containsText(store, env, commit, options.text))) continue;
    // One more than asked for tells whether there is another page.
    if (entries.length === limit) return Object.assign(entries, last === null ? {} : { nextCursor: last });
    const state = await stateOf(commit);
    if (options.priority !== undefined && state.priority !== options.priority) continue;
    entries.push({
      ...toCommit(commit, state.priority),
      tags: tags.get(commit.commitHash) ?? [],
      edits: state.edits,
      compressedBy: state.compressedBy,
      makesMessage: makesMessage(commit, env),
    });
    last = cursor;
  }
  return entries;
}

function isCursor(store: Reads, head: string, cursor: string): boolean {
  const at = store.commit(cursor.split('/')[0] ?? '');
  return at !== undefined && isAncestor(store, at, commitOf(store, head));
}

function tagsByCommit(store: Reads, tractId: string): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const [ref, hash] of store.refs(tractId, TAGS))
    tags.set(hash, [...(tags.get(hash) ?? []), ref.slice(TAGS.length)]);
  return tags;
}

function matchesStored(
  commit: StoredCommit,
  options: LogOptions,
  tags: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { operation, type, tag, minTokens = 0, maxTokens = Infinity, author } = options;
  return (
    (operation === undefined || commit.operation === operation) &&
    (type === undefined || commit.contentType === type) &&
    (tag === undefined || (tags.get(commit.commitHash)?.includes(tag) ?? false)) &&
    commit.textTokens >= minTokens &&
    commit.textTokens <= maxTokens &&
    (author === undefined || authorOf(commit) === author)
  );
}

async function containsText(store: Reads, env: Environment, commit: StoredCommit, text: string): Promise<boolean> {
  const wanted = text.toLowerCase();
  if (commit.message.toLowerCase().includes(wanted)) return true;
  return (await textOf(store, env, commit)).toLowerCase().includes(wanted);
}

/** The text a commit's own content renders to; `''` for types that make no message. */
export async function textOf(store: Pick<Reads, 'contents'>, env: Environment, commit: StoredCommit): Promise<string> {
  const stored = (await store.contents([commit.contentHash])).get(commit.contentHash);
  if (stored === undefined || !contentTypeOf(env.types, commit.contentType)?.compiled) return '';
  const { path, toolCalls } = compilingMetadata(commit.metadata);
  return renderText(JSON.parse(stored) as Content, env.types, { path, hasToolCalls: toolCalls !== null });
}

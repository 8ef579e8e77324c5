import { graphFields } from '../graph/ancestry.js';
import { toolTokens } from '../compile/message-tokens.js';
import { checkOptions, OBJECT, orNull, STORED_TEXT, TEXTS, TIME } from '../model/arguments.js';
import { canonicalJson, cloneJson } from '../model/canonical.js';
import type { Operation, StoredCommit } from '../model/commit.js';
import type { Content } from '../model/content.js';
import { contentText, contentTypeOf } from '../model/content.js';
import { defaultMessage, renderText } from '../model/content-text.js';
import { HashConflictError, TargetError } from '../model/errors.js';
import { commitHash } from '../model/hash.js';
import type { JsonObject } from '../model/json.js';
import { parseMetadata } from '../model/metadata.js';
import { addMicrosecond, toTimestampIso } from '../model/timestamp.js';
import type { Scope } from './scope.js';

/** What a person may say of a commit (SPEC §18). */
export interface CommitOptions {
  /** `''` stays `''`; left out, the text says it (SPEC §3). */
  readonly message?: string;
  readonly metadata?: object | null;
  readonly generationConfig?: object | null;
  readonly tags?: readonly string[];
  /** ISO text with up to six fraction digits, or a Date; now when left out. */
  readonly timestamp?: Date | string;
}

export interface NewCommit {
  readonly operation: Operation;
  readonly content: Content;
  readonly parentHash: string | null;
  readonly extraParents?: readonly string[];
  readonly editTarget?: string;
  /** Commits the payload names. */
  readonly targets?: readonly string[];
  readonly options?: CommitOptions;
  /** Stored instead of the canonical text: imported payloads keep their spelling, so that their hash verifies. */
  readonly rawText?: string;
  /** Stored instead of counting: counts that another program made (SPEC §9.8). */
  readonly textTokens?: number;
}

/** @throws InvalidArgumentError; metadata is checked as it is stored */
export function checkCommitOptions(options: CommitOptions): void {
  const kinds = {
    message: orNull(STORED_TEXT),
    tags: orNull(TEXTS),
    timestamp: orNull(TIME),
    generationConfig: orNull(OBJECT),
  };
  checkOptions(options, kinds, 'Nothing was stored.');
}

/**
 * Puts a commit and its content into the transaction and returns it; moves no ref. The same hash with the same compiling
 * metadata is the commit that exists; with other compiling metadata the time moves on by 1 µs until the hash is free.
 * @throws HashConflictError when that happens at a time the caller gave (Annex B.2), ContentValidationError
 */
export function writeCommit({ tx, env }: Scope, commit: NewCommit): StoredCommit {
  const { operation, content, parentHash, extraParents = [], editTarget = null, options = {} } = commit;
  const text = commit.rawText ?? contentText(content);
  const contentHash = env.hasher.sha256(text);
  const { metadata, compiling } = parseMetadata(options.metadata);
  const generationConfig =
    options.generationConfig == null ? null : (cloneJson(options.generationConfig) as JsonObject);
  let timestampIso = toTimestampIso(options.timestamp ?? env.clock());
  const hashAt = (time: string) =>
    commitHash(
      {
        contentHash,
        parentHash,
        contentType: content.content_type,
        operation,
        timestampIso: time,
        editTarget,
        extraParents,
      },
      env.hasher,
    );
  let hash = hashAt(timestampIso);
  // A child of what the store has not got is not there either.
  const isNew = parentHash !== null && tx.staged(parentHash) !== undefined;
  const find = (wanted: string) => (isNew ? tx.staged(wanted) : tx.commit(wanted));
  for (let existing = find(hash); existing; existing = find(hash)) {
    if (compilingKey(existing.metadata) === compilingKey(metadata)) return existing;
    if (options.timestamp !== undefined) throw new HashConflictError(hash);
    timestampIso = addMicrosecond(timestampIso);
    hash = hashAt(timestampIso);
  }
  const rendered = contentTypeOf(env.types, content.content_type)?.compiled
    ? renderText(content, env.types, { path: compiling.path, hasToolCalls: compiling.toolCalls !== null })
    : '';
  const stored: StoredCommit = {
    commitHash: hash,
    contentHash,
    parentHash,
    extraParents,
    contentType: content.content_type,
    operation,
    editTarget,
    targets: commit.targets ?? (editTarget === null ? [] : [editTarget]),
    timestampIso,
    message: options.message ?? defaultMessage(content, rendered),
    metadata,
    generationConfig,
    textTokens: commit.textTokens ?? env.tokenizer.count(rendered),
    toolTokens: toolTokens(env.tokenizer, compiling.toolCalls, compiling.toolCallId),
    tokenizer: env.tokenizer.id,
    ...graphFields(tx, hash, parentHash, extraParents),
  };
  // The store keeps one of each: whether it has this one, it knows when it is written.
  tx.put({ kind: 'content', contentHash, text });
  tx.put({ kind: 'commit', commit: stored });
  return stored;
}

/** The metadata that decides what a commit compiles to (Annex B.2), as a text to compare. */
function compilingKey(metadata: JsonObject | null): string {
  return canonicalJson(parseMetadata(metadata).compiling);
}

/**
 * The commit a target names, which must be in the history of HEAD and make a message (Annex B.5).
 * @throws TargetError
 */
export function requireMessage({ tx, env }: Scope, hash: string, head: string | null, action: string): StoredCommit {
  const commit = tx.commit(hash);
  if (!commit || !env.compiler.isInHistory(tx, hash, head)) {
    throw new TargetError(
      `Cannot ${action} ${hash.slice(0, 8)}: it is not in the history of the current branch. Nothing was changed.`,
    );
  }
  if (!makesMessage(commit, env)) {
    throw new TargetError(
      `Cannot ${action} ${hash.slice(0, 8)}: it is ${describe(commit)} and makes no message of its own. Nothing was changed.`,
    );
  }
  return commit;
}

export function makesMessage(commit: StoredCommit, { types, hasher }: Pick<Scope['env'], 'types' | 'hasher'>): boolean {
  if (commit.extraParents.length > 0) return false;
  if (commit.operation === 'compress' && commit.contentHash === hasher.sha256(contentText(expansionOf(commit.targets))))
    return false;
  return (
    (commit.operation === 'append' || commit.operation === 'compress') &&
    contentTypeOf(types, commit.contentType)?.compiled === true
  );
}

/** The content of an expansion: a compression into nothing. */
export function expansionOf(sources: readonly string[]): Content {
  return { content_type: 'compression', sources, text: '', role: 'assistant' };
}

function describe(commit: StoredCommit): string {
  const named: Record<Operation, string> = {
    append: `a ${commit.contentType} commit`,
    edit: 'an edit',
    annotate: 'an annotation',
    compress: 'a compression',
    reorder: 'a reorder',
    merge: 'a merge',
  };
  return commit.extraParents.length > 0 ? named.merge : named[commit.operation];
}

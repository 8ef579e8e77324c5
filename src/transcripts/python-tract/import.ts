import { isAncestor, commitOf, graphFields } from '../../core/graph/ancestry.js';
import { toolTokens } from '../../core/compile/message-tokens.js';
import type { StoredCommit } from '../../core/model/commit.js';
import { contentTypeOf, validateContent, type Content } from '../../core/model/content.js';
import { defaultMessage } from '../../core/model/content-text.js';
import { FormatError } from '../../core/model/errors.js';
import { commitHash } from '../../core/model/hash.js';
import type { JsonObject, JsonValue } from '../../core/model/json.js';
import { compilingMetadata } from '../../core/model/metadata.js';
import { HEADS, symbolic, TAGS } from '../../core/model/refs.js';
import { refNameProblem } from '../../core/operations/ref-name.js';
import type { Scope } from '../../core/operations/scope.js';
import { makesMessage, writeCommit } from '../../core/operations/write-commit.js';
import { pythonRecords } from './records.js';
import type { PythonAnnotation, PythonCommit, PythonDatabase, PythonTract } from './rows.js';

/** Counts made by the Python library are kept but not compiled with: it counted other texts (SPEC §9.8). */
const COUNTED_BY = 'python-tract';
/** The branch that a detached HEAD with annotated commits becomes (Annex B.11). */
const DETACHED_BRANCH = 'python-head';

/**
 * Puts every tract of a Python database into the transaction (SPEC §9.8, Annex B.11): commits under their own hashes, refs, tags,
 * records; annotations as annotate commits on top of each branch. Tracts that are there already are left alone.
 * @throws FormatError when a hash does not verify; nothing is changed then
 */
export function importPythonDatabase(scope: Omit<Scope, 'tractId'>, database: PythonDatabase): void {
  for (const tract of database.tracts) {
    const here: Scope = { ...scope, tractId: tract.tractId };
    for (const commit of tract.commits) putCommit(here, database, commit);
    for (const record of pythonRecords(tract)) scope.tx.put({ kind: 'record', record });
    if (scope.tx.tract(tract.tractId)) continue;
    putTract(here, tract, database.toolDefinitions);
    putRefs(here, tract);
    putTags(here, tract);
  }
}

function putCommit({ tx, env }: Scope, database: PythonDatabase, commit: PythonCommit): void {
  if (tx.commit(commit.commitHash)) return;
  const text = database.contents.get(commit.contentHash);
  if (text === undefined || env.hasher.sha256(text) !== commit.contentHash)
    throw new FormatError(
      `The content of commit ${commit.commitHash.slice(0, 8)} does not match its hash. Nothing was imported.`,
    );
  const [firstParent = commit.parentHash, ...extraParents] = commit.mergeParents;
  const { contentType, operation, timestampIso, editTarget, contentHash } = commit;
  if (
    commitHash(
      { contentHash, parentHash: firstParent, contentType, operation, timestampIso, editTarget, extraParents },
      env.hasher,
    ) !== commit.commitHash
  ) {
    throw new FormatError(`Commit ${commit.commitHash.slice(0, 8)} does not match its hash. Nothing was imported.`);
  }
  const content = JSON.parse(text) as Content;
  const { toolCalls, toolCallId } = compilingMetadata(commit.metadata);
  const stored: StoredCommit = {
    commitHash: commit.commitHash,
    contentHash,
    parentHash: firstParent,
    extraParents,
    contentType,
    operation,
    editTarget,
    targets: editTarget === null ? [] : [editTarget],
    timestampIso,
    message: commit.message ?? defaultMessage(content, ''),
    metadata: commit.metadata,
    generationConfig: commit.generationConfig,
    textTokens: commit.tokenCount,
    toolTokens: toolTokens(env.tokenizer, toolCalls, toolCallId),
    tokenizer: COUNTED_BY,
    ...graphFields(tx, commit.commitHash, firstParent, extraParents),
  };
  if (!tx.hasContent(contentHash)) tx.put({ kind: 'content', contentHash, text });
  tx.put({ kind: 'commit', commit: stored });
}

function putTract({ tx }: Scope, tract: PythonTract, toolDefinitions: JsonValue): void {
  const { spawn } = tract;
  tx.put({
    kind: 'tract',
    tract: {
      tractId: tract.tractId,
      name: spawn?.name ?? tract.tractId,
      createdAt: tract.commits[0]?.timestampIso ?? '1970-01-01T00:00:00+00:00',
      spawn: spawn && {
        tractId: spawn.parentTractId,
        commitHash: spawn.parentCommit,
        purpose: spawn.purpose,
        mode: spawn.mode,
      },
      collapsedInto: null,
      source: { format: 'python-tract', tool_definitions: toolDefinitions },
    },
  });
}

function putRefs(scope: Scope, tract: PythonTract): void {
  const { tx, tractId } = scope;
  for (const [name, value] of tract.refs) tx.put({ kind: 'ref', tractId, name, value });
  for (const [name, head] of tract.refs) {
    if (!name.startsWith(HEADS)) continue;
    const branch = name.slice(HEADS.length);
    tx.put({ kind: 'ref', tractId, name: `${TAGS}python/${branch}`, value: head });
    const annotated = annotateOnTop(scope, tract, head);
    if (annotated !== head) tx.put({ kind: 'ref', tractId, name, value: annotated });
  }
  const detached = tract.refs.get('HEAD');
  if (detached === undefined || detached.startsWith('ref: ')) return;
  const annotated = annotateOnTop(scope, tract, detached);
  if (annotated === detached) return;
  tx.put({ kind: 'ref', tractId, name: `${TAGS}python/${DETACHED_BRANCH}`, value: detached });
  tx.put({ kind: 'ref', tractId, name: HEADS + DETACHED_BRANCH, value: annotated });
  tx.put({ kind: 'ref', tractId, name: 'HEAD', value: symbolic(HEADS + DETACHED_BRANCH) });
}

/** The last annotation of every message in the history of `head` that is not its type's default, as annotate commits on top. */
function annotateOnTop(scope: Scope, tract: PythonTract, head: string): string {
  const { tx, env } = scope;
  const last = new Map<string, PythonAnnotation>();
  for (const annotation of tract.annotations) {
    last.delete(annotation.target);
    last.set(annotation.target, annotation);
  }
  let tip = head;
  for (const annotation of last.values()) {
    const target = tx.commit(annotation.target);
    if (!target || !makesMessage(target, env) || !isAncestor(tx, target, commitOf(tx, head))) continue;
    if (contentTypeOf(env.types, target.contentType)?.priority === annotation.priority) continue;
    const content = validateContent(
      {
        content_type: 'annotation',
        target: annotation.target,
        priority: annotation.priority,
        reason: annotation.reason,
        retention: retention(annotation.retention),
      },
      env.types,
    );
    const message = `${annotation.priority}: ${annotation.target.slice(0, 8)}${annotation.reason === null ? '' : ` (${annotation.reason})`}`;
    tip = writeCommit(scope, {
      operation: 'annotate',
      content,
      parentHash: tip,
      targets: [annotation.target],
      options: { message, timestamp: annotation.timestampIso },
    }).commitHash;
  }
  return tip;
}

/** `{instructions, match_patterns, match_mode: substring | regex}` there, `{match, instructions}` here. */
function retention(given: JsonObject | null): JsonObject | null {
  if (given === null) return null;
  const patterns = Array.isArray(given['match_patterns']) ? (given['match_patterns'] as readonly JsonValue[]) : [];
  const match = patterns.flatMap((pattern): JsonValue[] =>
    typeof pattern !== 'string' ? [] : given['match_mode'] === 'regex' ? [{ regex: pattern, flags: '' }] : [pattern],
  );
  const { instructions } = given;
  return { ...(match.length > 0 ? { match } : {}), ...(typeof instructions === 'string' ? { instructions } : {}) };
}

/** A label there may stand on many commits, a tag here on one: the newest has the label, the others `<label>-<hash8>`. */
function putTags({ tx, tractId }: Scope, tract: PythonTract): void {
  const holders = new Map<string, string[]>();
  const hold = (tag: string, hash: string) =>
    holders.set(tag, [...(holders.get(tag) ?? []).filter((other) => other !== hash), hash]);
  for (const commit of tract.commits) for (const tag of commit.tags) hold(tag, commit.commitHash);
  for (const { tag, target } of tract.laterTags) hold(tag, target);
  for (const [tag, hashes] of holders) {
    const name =
      refNameProblem(tag) === undefined ? tag : tag.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'tag';
    for (const [i, hash] of hashes.entries()) {
      const own = i === hashes.length - 1 ? name : `${name}-${hash.slice(0, 8)}`;
      tx.put({ kind: 'ref', tractId, name: TAGS + own, value: hash });
    }
  }
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Hasher, RunningHash } from '../ports/hasher.js';
import { checkArgument, OBJECT, oneOf, orNull, TEXT, TEXTS, type Kind } from './arguments.js';
import { canonicalJson, compareCodePoints } from './canonical.js';
import { OPERATIONS, type Operation } from './commit.js';

type NobleHash = ReturnType<typeof sha256.create>;

function running(state: NobleHash): RunningHash {
  return {
    update: (text) => void state.update(utf8ToBytes(text)),
    copy: () => running(state.clone()),
    digest: () => bytesToHex(state.digest()),
  };
}

/** SHA-256 in plain JavaScript: the same digests on every host. */
export const nobleHasher: Hasher = {
  sha256: (text) => bytesToHex(sha256(utf8ToBytes(text))),
  start: () => running(sha256.create()),
};

export interface CommitHashFields {
  readonly contentHash: string;
  readonly parentHash: string | null;
  readonly contentType: string;
  readonly operation: Operation;
  readonly timestampIso: string;
  /** Hashed for `edit` only (Annex B.3). */
  readonly editTarget?: string | null;
  /** Merges only. */
  readonly extraParents?: readonly string[];
}

const FIELDS: Readonly<Record<keyof CommitHashFields, Kind>> = {
  contentHash: TEXT,
  parentHash: orNull(TEXT),
  contentType: TEXT,
  operation: oneOf(OPERATIONS),
  timestampIso: TEXT,
  editTarget: orNull(TEXT),
  extraParents: TEXTS,
};
const OPTIONAL: ReadonlySet<string> = new Set(['editTarget', 'extraParents']);

/** For callers from JavaScript. @throws InvalidArgumentError naming the field (SPEC Annex A) */
export function checkCommitHashFields(fields: CommitHashFields): void {
  checkArgument('The fields of a commit', fields, OBJECT, 'Nothing was hashed.');
  for (const [name, kind] of Object.entries(FIELDS)) {
    const value: unknown = fields[name as keyof CommitHashFields];
    if (value !== undefined || !OPTIONAL.has(name)) checkArgument(name, value, kind, 'Nothing was hashed.');
  }
}

/** The hash of a commit (SPEC §4). */
export function commitHash(fields: CommitHashFields, hasher: Hasher = nobleHasher): string {
  const { contentHash, parentHash, contentType, operation, timestampIso, editTarget, extraParents } = fields;
  const parents =
    extraParents && extraParents.length > 0 ? [parentHash ?? '', ...extraParents].sort(compareCodePoints) : null;
  // Canonical JSON: the keys are in order.
  return hasher.sha256(
    `{"content_hash":${canonicalJson(contentHash)},"content_type":${canonicalJson(contentType)}` +
      (editTarget ? `,"edit_target":${canonicalJson(editTarget)}` : '') +
      `,"operation":${canonicalJson(operation)},"parent_hash":${canonicalJson(parentHash)}` +
      (parents ? `,"parent_hashes":${canonicalJson(parents)}` : '') +
      `,"timestamp_iso":${canonicalJson(timestampIso)}}`,
  );
}

import { contentHashOf } from './content-hash.js';
import type { IgnoreRules } from './ignore-rules.js';
import { createPacer } from './pacer.js';
import { isSecretFile } from './secret-files.js';

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** The files of one workspace folder. Paths are relative to it, with `/`; `''` is the workspace folder. Rejects on failure. */
export interface WorkspaceFileAccess {
  list(folder: string): Promise<readonly FolderEntry[]>;
  stat(path: string): Promise<{ readonly kind: FolderEntry['kind']; readonly size: number }>;
  /** Where a path really is after all links, relative to the workspace; null when that is outside. */
  realpath(path: string): Promise<string | null>;
  /** The first `limit` bytes of a file. */
  read(path: string, limit: number): Promise<Uint8Array>;
}

/** Why a file is not a candidate. */
export type RefusalReason =
  | 'outside'
  | 'secret'
  | 'ignored'
  | 'excluded'
  | 'missing'
  | 'not_a_file'
  | 'too_large'
  | 'binary'
  | 'unreadable'
  /** All files together are more than is held in memory at once. */
  | 'no_room';

export interface Refusal {
  readonly path: string;
  readonly reason: RefusalReason;
}

export interface CandidateFile {
  readonly path: string;
  readonly content: string;
  /** SHA-256 hex of `content`. */
  readonly contentHash: string;
}

export interface FolderExpansion {
  /** Paths of candidates: a folder's own files before those of its folders, each sorted by code unit. Not read yet. */
  readonly paths: readonly string[];
  readonly refused: readonly Refusal[];
  /** There are more than the limit. */
  readonly truncated: boolean;
}

/** Bytes of the largest file that is read. */
export const MAX_FILE_BYTES = 1024 * 1024;
/** Files that one folder gives at most. */
export const MAX_FILES_PER_FOLDER = 200;
/** Files of a whole workspace that are looked at when nobody said where to choose from. */
export const MAX_FILES_PER_WORKSPACE = 10_000;
/** UTF-16 units of all candidates together that are held in memory. */
const MAX_TOTAL_UNITS = 128 * 1024 * 1024;
/** Files read at the same time: the disk answers in parallel, and open files stay few. */
const READERS = 16;
/** As in git: a NUL among the first bytes means binary. */
const BINARY_PROBE = 8000;

/**
 * A path as a workspace-relative one with `/`, `.` and empty parts dropped; null when it is absolute, has a `..`, a
 * backslash, a drive or a control character, that is, when it could mean anything outside (SPEC §17).
 */
export function normalisePath(path: string): string | null {
  if (/^[/~]|^[a-z]:|[\\\p{Cc}]/iu.test(path)) return null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.includes('..') ? null : segments.join('/');
}

/**
 * Expands a folder into candidate files, at most 200 (SPEC §12). Links to folders are not followed; secrets and ignored
 * files are left out with a reason, ignored folders as a whole.
 * @throws the signal's reason when it aborts
 */
export async function expandFolder(
  access: WorkspaceFileAccess,
  rules: IgnoreRules,
  folder: string,
  { limit = MAX_FILES_PER_FOLDER, signal }: { readonly limit?: number; readonly signal?: AbortSignal } = {},
): Promise<FolderExpansion> {
  const root = normalisePath(folder);
  const refused: Refusal[] = [];
  const paths: string[] = [];
  if (root === null || (await realPathOf(access, root)) === null) {
    return { paths, refused: [{ path: folder, reason: 'outside' }], truncated: false };
  }
  const rootReason = root === '' ? null : await rules.reason(root, true);
  if (rootReason !== null) return { paths, refused: [{ path: root, reason: rootReason }], truncated: false };

  const pace = createPacer();
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    signal?.throwIfAborted();
    let entries: readonly FolderEntry[];
    try {
      entries = await access.list(next);
    } catch {
      refused.push({ path: next, reason: 'unreadable' });
      continue;
    }
    for (const { name, kind } of entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
      const path = next === '' ? name : `${next}/${name}`;
      await pace();
      const reason = kind === 'other' ? 'not_a_file' : await refusal(rules, path, kind === 'folder');
      if (reason !== null) refused.push({ path, reason });
      else if (kind === 'folder') queue.push(path);
      else if (paths.length === limit) return { paths, refused, truncated: true };
      else paths.push(path);
    }
  }
  return { paths, refused, truncated: false };
}

/**
 * Reads candidates. A file is refused, with the reason, when it or what it links to is outside the workspace, a secret, ignored,
 * not a regular file, above 1 MiB, or no UTF-8 text. The path read is the real one, so a link cannot be swapped for another.
 * `sha256` gives the hex digest of a text as UTF-8; a host's own is ten times faster than the default.
 * @throws the signal's reason when it aborts
 */
export async function readCandidates(
  access: WorkspaceFileAccess,
  rules: IgnoreRules,
  paths: readonly string[],
  {
    signal,
    sha256 = contentHashOf,
  }: { readonly signal?: AbortSignal; readonly sha256?: (text: string) => string } = {},
): Promise<{ readonly files: readonly CandidateFile[]; readonly refused: readonly Refusal[] }> {
  const wanted = [...new Set(paths)];
  const outcomes: (CandidateFile | RefusalReason)[] = [];
  const pace = createPacer();
  let [next, units] = [0, 0];
  const reader = async (): Promise<void> => {
    for (let index = next++; index < wanted.length; index = next++) {
      signal?.throwIfAborted();
      const outcome = units > MAX_TOTAL_UNITS ? 'no_room' : await readOne(access, rules, wanted[index] ?? '', sha256);
      if (typeof outcome !== 'string') units += outcome.content.length;
      outcomes[index] = outcome;
      await pace();
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  const files: CandidateFile[] = [];
  const refused: Refusal[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (typeof outcome === 'string') refused.push({ path: wanted[index] ?? '', reason: outcome });
    else files.push(outcome);
  }
  return { files, refused };
}

async function readOne(
  access: WorkspaceFileAccess,
  rules: IgnoreRules,
  given: string,
  sha256: (text: string) => string,
): Promise<CandidateFile | RefusalReason> {
  const path = normalisePath(given);
  if (path === null) return 'outside';
  if (path === '') return 'not_a_file';
  const named = await refusal(rules, path, false);
  if (named !== null) return named;
  const real = await realPathOf(access, path);
  if (real === undefined) return 'missing';
  if (real === null) return 'outside';
  const linked = real === path ? null : await refusal(rules, real, false);
  if (linked !== null) return linked;
  try {
    const { kind, size } = await access.stat(real);
    if (kind !== 'file') return 'not_a_file';
    if (size > MAX_FILE_BYTES) return 'too_large';
    // The file may have grown since; one byte more than allowed shows it.
    const bytes = await access.read(real, MAX_FILE_BYTES + 1);
    if (bytes.length > MAX_FILE_BYTES) return 'too_large';
    const content = decodeText(bytes);
    return content === null ? 'binary' : { path, content, contentHash: sha256(content) };
  } catch {
    return 'unreadable';
  }
}

async function refusal(rules: IgnoreRules, path: string, isFolder: boolean): Promise<RefusalReason | null> {
  // As a folder, `.ssh` is secret when a file in it would be.
  if (isSecretFile(isFolder ? `${path}/_` : path)) return 'secret';
  return rules.reason(path, isFolder);
}

/** The real path; null outside the workspace, undefined when there is no such file. */
async function realPathOf(access: WorkspaceFileAccess, path: string): Promise<string | null | undefined> {
  try {
    const real = await access.realpath(path);
    return real === null ? null : normalisePath(real);
  } catch {
    return undefined;
  }
}

/** UTF-8 text without its byte order mark; null for anything else. */
function decodeText(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, BINARY_PROBE).includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

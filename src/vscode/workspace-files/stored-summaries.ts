import { setImmediate } from 'node:timers/promises';
import type { Summary, SummarySource } from '../../budget/history-pack.js';
import { renderText } from '../../core/model/content-text.js';
import type { StoredCommit } from '../../core/model/commit.js';
import type { Content } from '../../core/model/content.js';
import type { JsonValue } from '../../core/model/json.js';
import { editsOf } from '../../core/operations/edit-history.js';
import { readHead } from '../../core/operations/head.js';
import type { Store } from '../../core/store.js';

/** `kind` of the `metadata` commit that `Tract: Summarise File…` makes. */
export const FILE_SUMMARY = 'file_summary';
const TYPES: ReadonlySet<string> = new Set(['metadata', 'session', 'compression']);
/** Tracts and commits of each that are looked at, the newest. */
const TRACTS = 50;
const COMMITS = 2000;

/**
 * Summaries in the store that may stand for workspace files (SPEC §12): of files, of sessions (`session` commits), of a part of a
 * branch (compressions, with the files among what they summarise) and of collapsed tracts. Numbered by time. O(commits looked at).
 */
export async function storedSummaries(store: Store, tractId: string | null): Promise<readonly Summary[]> {
  const { storage } = store;
  const others = storage.tracts().filter((tract) => tract.tractId !== tractId);
  const found = new Map<string, StoredCommit>();
  for (const id of [...(tractId === null ? [] : [tractId]), ...others.slice(-TRACTS).map((tract) => tract.tractId)]) {
    const head = readHead(storage, id).hash;
    if (head === null) continue;
    for (const commit of storage.line(head, COMMITS)) {
      if (TYPES.has(commit.contentType) || typeof commit.metadata?.['collapsed_tract'] === 'string')
        found.set(commit.commitHash, commit);
    }
    await setImmediate();
  }
  const commits = [...found.values()].sort(
    (a, b) => a.timestampIso.localeCompare(b.timestampIso) || a.generation - b.generation,
  );
  const texts = await storage.contents(commits.map(({ contentHash }) => contentHash));
  return commits.flatMap((commit, index) => {
    const text = texts.get(commit.contentHash);
    return text === undefined ? [] : (summaryOf(store, commit, JSON.parse(text) as Content, index + 1) ?? []);
  });
}

function summaryOf(store: Store, commit: StoredCommit, content: Content, number: number): Summary | null {
  const base = { id: commit.commitHash, number, title: firstLine(commit.message) };
  if (commit.contentType === 'metadata') return fileSummary(base, content);
  const text = renderText(content, store.env.types, { path: null, hasToolCalls: false });
  if (text.trim() === '') return null;
  const sources =
    commit.contentType === 'compression' ? commit.targets.flatMap((hash) => sourceOf(store, hash, commit)) : [];
  return { ...base, kind: commit.contentType === 'session' ? 'session' : 'branch', text, sources };
}

function fileSummary(base: Pick<Summary, 'id' | 'number' | 'title'>, content: Content): Summary | null {
  const { kind, path, data } = content;
  if (kind !== FILE_SUMMARY || typeof path !== 'string' || typeof data !== 'object' || data === null) return null;
  const { text, content_hash: contentHash } = data as { readonly text?: JsonValue; readonly content_hash?: JsonValue };
  if (typeof text !== 'string' || typeof contentHash !== 'string') return null;
  return { ...base, kind: 'file', text, sources: [{ path, contentHash }] };
}

/** The file that a compressed message was, in the version that was compressed. */
function sourceOf({ storage }: Store, hash: string, compression: StoredCommit): SummarySource[] {
  const original = storage.commit(hash);
  const path = original?.metadata?.['path'];
  if (original === undefined || typeof path !== 'string') return [];
  const version = editsOf(storage, original, compression).at(-1) ?? original;
  const contentHash = version.metadata?.['content_hash'];
  return typeof contentHash === 'string' ? [{ path, contentHash }] : [];
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 200);

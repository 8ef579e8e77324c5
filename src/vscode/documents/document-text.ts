import type { Resolution } from '../../core/compile/fold.js';
import { orderedSlots } from '../../core/compile/snapshot.js';
import { canonicalJson } from '../../core/model/canonical.js';
import type { StoredCommit } from '../../core/model/commit.js';
import { contentTypeOf, type Content } from '../../core/model/content.js';
import { CommitNotFoundError } from '../../core/model/errors.js';
import { compilingMetadata } from '../../core/model/metadata.js';
import { textOf } from '../../core/operations/log.js';
import type { Store } from '../../core/store.js';

/** @throws CommitNotFoundError */
export function storedCommit(store: Store, hash: string): StoredCommit {
  const commit = store.storage.commit(hash);
  if (!commit) throw new CommitNotFoundError(hash);
  return commit;
}

/** A commit's content as stored. */
export async function contentOf(store: Store, commit: StoredCommit): Promise<Content> {
  const text = (await store.storage.contents([commit.contentHash])).get(commit.contentHash);
  if (text === undefined) throw new CommitNotFoundError(commit.commitHash);
  return JSON.parse(text) as Content;
}

/** What a person reads of a commit: its text; tool calls and what makes no message as JSON, uncut. */
export async function commitText(store: Store, commit: StoredCommit): Promise<string> {
  const calls = compilingMetadata(commit.metadata).toolCalls;
  if (calls !== null) {
    const text = await textOf(store.storage, store.env, commit);
    const shown = calls.map(({ name, arguments: args }) => `${name} ${prettyJson(args)}`);
    return [...(text === '' ? [] : [text]), ...shown].join('\n\n');
  }
  if (contentTypeOf(store.env.types, commit.contentType)?.compiled) return textOf(store.storage, store.env, commit);
  if (commit.contentType === 'merge') return mergeText(store, commit);
  const { content_type: _type, ...fields } = await contentOf(store, commit);
  return canonicalJson(fields, 2);
}

/** A merge as Markdown: its message, and what each message that both sides had changed was resolved to. */
async function mergeText(store: Store, commit: StoredCommit): Promise<string> {
  const parts = Object.entries(await resolutionsOf(store, commit)).map(([target, resolution]) => {
    const heading = `## ${target.slice(0, 8)} ${storedCommit(store, target).message.split('\n', 1)[0] ?? ''}`.trimEnd();
    if (typeof resolution === 'object') return `${heading}\n\nResolved with this text:\n\n${resolution.text}`;
    return `${heading}\n\nResolved: ${resolution}`;
  });
  return [commit.message, ...(parts.length === 0 ? ['No conflicts.'] : parts)].join('\n\n');
}

/** What a merge commit settled, by message (SPEC §9.2). */
export async function resolutionsOf(store: Store, commit: StoredCommit): Promise<Readonly<Record<string, Resolution>>> {
  if (commit.contentType !== 'merge') return {};
  return (await contentOf(store, commit))['resolutions'] as Readonly<Record<string, Resolution>>;
}

/** The text of a message as it compiles at `head`, its latest edit; its own text when it is not there. */
export async function messageText(store: Store, commit: StoredCommit, head: string | null): Promise<string> {
  const snapshot = await store.env.compiler.snapshot(store.storage, head);
  for (const slot of orderedSlots(snapshot)) if (slot.commitHash === commit.commitHash) return slot.text;
  return textOf(store.storage, store.env, commit);
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

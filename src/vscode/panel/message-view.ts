import type { Slot } from '../../core/compile/snapshot.js';
import type { StoredCommit } from '../../core/model/commit.js';
import { compilingMetadata } from '../../core/model/metadata.js';
import { authorOf } from '../../core/operations/author.js';
import type { Store } from '../../core/store.js';
import { shownTime } from '../../core/model/shown-time.js';
import { PREVIEW_LENGTH, type MessageView } from '../../shared/context-view.js';
import { Role } from '../../shared/primitives.js';

/** One message for the panel: a preview of its text; the whole is asked for when it is opened. */
export function messageView(store: Store, slot: Slot, inContext: boolean): MessageView {
  const commit = store.storage.commit(slot.commitHash);
  return {
    hash: slot.commitHash,
    role: roleOf(slot.role),
    contentType: slot.contentType,
    name: slot.name ?? slot.directive,
    path: commit ? compilingMetadata(commit.metadata).path : null,
    text: preview(slot.text),
    textLength: slot.text.length,
    inContext,
    tokens: { count: slot.tokens, exact: false },
    priority: slot.priority,
    edited: slot.edited,
    toolCalls: (slot.toolCalls ?? []).map(({ id, name, arguments: args }) => ({ id, name, arguments: args })),
    toolCallId: slot.toolCallId,
    failed: slot.direction === 'result' && /^\S* ?✗/.test(slot.text),
    summarises: commit?.operation === 'compress' ? commit.targets.length : 0,
    author: commit ? authorOf(commit) : null,
    createdAt: commit ? shownTime(commit.timestampIso, commit.metadata) : '',
  };
}

/** Does not cut a surrogate pair in two. */
function preview(text: string): string {
  if (text.length <= PREVIEW_LENGTH) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(PREVIEW_LENGTH - 1)) ? PREVIEW_LENGTH - 1 : PREVIEW_LENGTH;
  return text.slice(0, end);
}

export function roleOf(role: string): MessageView['role'] {
  const parsed = Role.safeParse(role);
  return parsed.success ? parsed.data : 'assistant';
}

/** Null for what makes no message. */
export function commitRole(store: Store, commit: StoredCommit): MessageView['role'] | null {
  const type = store.env.types[commit.contentType];
  if (type?.compiled !== true) return null;
  const role = compilingMetadata(commit.metadata).role;
  return roleOf(
    role ?? (commit.contentType === 'dialogue' && commit.generationConfig !== null ? 'assistant' : type.role),
  );
}

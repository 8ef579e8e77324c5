import type { Priority, StoredCommit } from '../../../../src/core/model/commit.js';
import { CONTENT_TYPES, type Content } from '../../../../src/core/model/content.js';
import { renderText } from '../../../../src/core/model/content-text.js';
import { compilingMetadata, type ToolCall } from '../../../../src/core/model/metadata.js';
import type { Storage } from '../../../../src/core/ports/storage.js';

/** A message as SPEC §2 and §5 define it, in the plainest way: nothing shared, nothing cached but whole states. */
export interface ReferenceMessage {
  readonly commitHash: string;
  readonly role: string;
  readonly content: string;
  readonly name: string | null;
  readonly toolCalls: readonly ToolCall[] | null;
  readonly toolCallId: string | null;
  readonly priority: Priority;
  readonly edited: boolean;
  readonly tokenCount: number;
}

interface Item extends Omit<ReferenceMessage, 'tokenCount'> {
  readonly directive: string | null;
  readonly hiddenBy: string | null;
  /** Place in fold order, which decides between directives. */
  readonly born: number;
}

/** Messages in context order. */
type State = readonly Item[];
type Resolution = 'ours' | 'theirs' | { readonly text: string };
const RANK: Readonly<Record<Priority, number>> = { skip: 0, normal: 1, important: 2, pinned: 3 };

/**
 * A second, naive implementation of the fold, to hold the engine against: every context is built from its whole history, in
 * arrays, without sharing or running sums.
 */
export class Reference {
  readonly #storage: Storage;
  readonly #count: (text: string) => number;
  readonly #states = new Map<string, State>();
  readonly #orders = new Map<string, readonly string[]>();

  constructor(storage: Storage, count: (text: string) => number) {
    this.#storage = storage;
    this.#count = count;
  }

  /** `L(c) = L(first parent) ++ (L(other parents) not yet seen) ++ c` (SPEC §5), to the letter. */
  history(hash: string): readonly string[] {
    const known = this.#orders.get(hash);
    if (known) return known;
    const commit = this.#commit(hash);
    const order = new Set(commit.parentHash === null ? [] : this.history(commit.parentHash));
    for (const parent of commit.extraParents) for (const seen of this.history(parent)) order.add(seen);
    order.add(hash);
    const result = [...order];
    this.#orders.set(hash, result);
    return result;
  }

  /** The messages of a commit's context under the default options. */
  async messages(hash: string): Promise<readonly ReferenceMessage[]> {
    const visible = (await this.#state(hash)).filter((item) => item.hiddenBy === null && item.priority !== 'skip');
    const overridden = (item: Item) =>
      item.directive !== null && visible.some((other) => other.directive === item.directive && other.born > item.born);
    return visible
      .filter((item) => !overridden(item))
      .map(({ directive: _directive, hiddenBy: _hiddenBy, born: _born, ...message }) => ({
        ...message,
        tokenCount: this.#tokens(message),
      }));
  }

  #tokens(message: Omit<ReferenceMessage, 'tokenCount'>): number {
    const texts = [message.role, message.content, message.toolCallId ?? ''];
    for (const call of message.toolCalls ?? []) texts.push(call.id, call.name, call.arguments);
    const name = message.name === null || message.name === '' ? 0 : 1 + this.#count(message.name);
    return texts.reduce((sum, text) => sum + this.#count(text), 3 + name);
  }

  async #state(hash: string): Promise<State> {
    const known = this.#states.get(hash);
    if (known) return known;
    let items: Item[] = [];
    for (const [born, step] of this.history(hash).entries()) items = await this.#apply(items, this.#commit(step), born);
    this.#states.set(hash, items);
    return items;
  }

  async #apply(items: Item[], commit: StoredCommit, born: number): Promise<Item[]> {
    const text = (await this.#storage.contents([commit.contentHash])).get(commit.contentHash) ?? '';
    const content = JSON.parse(text) as Content;
    if (commit.extraParents.length > 0) return this.#merge(items, commit, content);
    switch (commit.operation) {
      case 'append':
        return CONTENT_TYPES[commit.contentType]?.compiled === true
          ? [...items, itemOf(commit, content, CONTENT_TYPES[commit.contentType]?.priority ?? 'normal', born)]
          : items;
      case 'edit':
        return items.map((item) => (item.commitHash === commit.editTarget ? edited(item, commit, content) : item));
      case 'annotate':
        return items.map((item) =>
          item.commitHash === content['target'] ? annotated(item, content['priority'] as Priority, items) : item,
        );
      case 'reorder': {
        const first = (content['hashes'] as string[]).flatMap(
          (hash) => items.find((item) => item.commitHash === hash) ?? [],
        );
        return [...first, ...items.filter((item) => !first.includes(item))];
      }
      case 'compress':
        return content['text'] === '' ? expanded(items, commit, content) : compressed(items, commit, content, born);
      case 'merge':
        return items;
    }
  }

  async #merge(items: Item[], merge: StoredCommit, content: Content): Promise<Item[]> {
    const ours = await this.#state(merge.parentHash ?? '');
    const theirs = await this.#state(merge.extraParents[0] ?? '');
    const resolutions = content['resolutions'] as unknown as Readonly<Record<string, Resolution>>;
    return items.map((item) => {
      const resolution = resolutions[item.commitHash];
      const [a, b] = [ours, theirs].map((state) => state.find(({ commitHash }) => commitHash === item.commitHash));
      if (resolution === undefined || !a || !b) return item;
      const keep = { born: item.born, hiddenBy: item.hiddenBy };
      if (resolution === 'ours') return { ...a, ...keep };
      if (resolution === 'theirs') return { ...b, ...keep };
      const priority = RANK[b.priority] > RANK[a.priority] ? b.priority : a.priority;
      return { ...a, ...keep, content: resolution.text, priority, edited: true };
    });
  }

  #commit(hash: string): StoredCommit {
    const commit = this.#storage.commit(hash);
    if (!commit) throw new Error(`The reference misses commit ${hash}.`);
    return commit;
  }
}

function itemOf(commit: StoredCommit, content: Content, priority: Priority, born: number): Item {
  const metadata = compilingMetadata(commit.metadata);
  const isInstruction = content.content_type === 'instruction';
  const own = content['role'];
  return {
    commitHash: commit.commitHash,
    role: metadata.role ?? (typeof own === 'string' ? own : (CONTENT_TYPES[content.content_type]?.role ?? '')),
    content: renderText(content, CONTENT_TYPES, { path: metadata.path, hasToolCalls: metadata.toolCalls !== null }),
    name: metadata.name ?? (isInstruction ? null : ((content['name'] ?? null) as string | null)),
    directive: isInstruction ? (content['name'] as string | null) : null,
    toolCalls: metadata.toolCalls,
    toolCallId: metadata.toolCallId,
    priority,
    edited: false,
    hiddenBy: null,
    born,
  };
}

/** Priority, position and identity stay the original's; text, role and name are the edit's; tools too if it brings any. */
function edited(item: Item, commit: StoredCommit, content: Content): Item {
  const edit = itemOf(commit, content, item.priority, item.born);
  const tools = edit.toolCalls === null && edit.toolCallId === null ? item : edit;
  const { commitHash, hiddenBy } = item;
  return { ...edit, commitHash, hiddenBy, toolCalls: tools.toolCalls, toolCallId: tools.toolCallId, edited: true };
}

/** `pinned` survives compression (SPEC §2): pinning a message that a summary holds brings it back beside the summary. */
function annotated(item: Item, priority: Priority, items: readonly Item[]): Item {
  const inSummary = items.some((other) => other.commitHash === item.hiddenBy);
  return { ...item, priority, hiddenBy: priority === 'pinned' && inSummary ? null : item.hiddenBy };
}

function compressed(items: Item[], commit: StoredCommit, content: Content, born: number): Item[] {
  const sources = content['sources'] as string[];
  const at = items.findIndex((item) => sources.includes(item.commitHash));
  const hidden = items.map((item) =>
    sources.includes(item.commitHash) && item.hiddenBy === null && item.priority !== 'pinned'
      ? { ...item, hiddenBy: commit.commitHash }
      : item,
  );
  return hidden.toSpliced(at < 0 ? hidden.length : at, 0, itemOf(commit, content, 'normal', born));
}

function expanded(items: Item[], commit: StoredCommit, content: Content): Item[] {
  const summaries = new Set(
    items
      .filter((item) => (content['sources'] as string[]).includes(item.commitHash) && item.hiddenBy === null)
      .map((item) => item.commitHash),
  );
  return items.map((item) => {
    if (summaries.has(item.commitHash)) return { ...item, hiddenBy: commit.commitHash };
    return item.hiddenBy !== null && summaries.has(item.hiddenBy) ? { ...item, hiddenBy: null } : item;
  });
}

import assert from 'node:assert/strict';
import { CompressionError, MergeError, type CompiledMessage, type MergeConflict } from '../../../../src/library.js';
import type { World } from './world.js';

/** What chance gives a step: three numbers to choose with. */
export interface Chance {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

type Step = (world: World, chance: Chance) => Promise<void>;

export function pick<T>(items: readonly T[], n: number): T | undefined {
  return items[n % Math.max(1, items.length)];
}

const WORDS = ['tree', 'river', 'stone', 'light', 'naïve', '日本', 'x=1;', '"quoted"', 'line\nbreak', '<|endoftext|>'];
const sentence = ({ a, b }: Chance, words = 3 + (b % 20)): string =>
  Array.from({ length: words }, (_, i) => WORDS[(a + i * (1 + (b % 7))) % WORDS.length]).join(' ');

/** A message of the history of HEAD, hidden ones included. */
async function message(world: World, n: number): Promise<string> {
  const head = world.tract.head;
  const made = (head === null ? [] : world.reference.history(head)).filter((hash) => {
    const commit = world.store.storage.commit(hash);
    return commit?.operation === 'append' || commit?.operation === 'compress';
  });
  const visible = (await world.tract.compile()).commitHashes;
  return pick(n % 4 === 0 ? made : visible, n >> 2) ?? 'nothing';
}

function anyCommit(world: World, n: number): string {
  return (
    pick(
      [...world.heads.keys()].filter((hash) => world.store.storage.commit(hash)),
      n,
    ) ?? 'HEAD'
  );
}

export const dialogue: Step = async ({ tract }, chance) => {
  const role = chance.c % 2 === 0 ? 'user' : 'assistant';
  const name = chance.c % 11 === 0 ? 'Bob' : null;
  await tract.commit({ content_type: 'dialogue', role, text: chance.b % 17 === 0 ? '' : sentence(chance), name });
};

/** Directives: three names and none, so that they often override each other. */
const instruction: Step = async ({ tract }, chance) => {
  const name = pick(['tone', 'format', 'constructor', null], chance.c);
  await tract.commit({ content_type: 'instruction', text: sentence(chance, 4), name });
};

const OTHER_CONTENTS: readonly ((text: string, n: number) => object)[] = [
  (text) => ({ content_type: 'reasoning', text }),
  (text) => ({ content_type: 'output', text, format: 'markdown' }),
  (text) => ({ content_type: 'artifact', artifact_type: 'code', content: text, language: 'ts' }),
  (text, n) => ({ content_type: 'freeform', payload: { z: n, a: [text, null, { '\u{1F600}': 1, '\uFFFD': 2 }] } }),
  (text) => ({ content_type: 'session', session_type: 'handoff', summary: text, next_steps: [text, 'rest'] }),
  (_text, n) => ({ content_type: 'config', settings: { model: n % 3 === 0 ? null : `m${n % 5}` } }),
  (text, n) => ({
    content_type: 'config',
    settings: { tools: n % 3 === 0 ? null : [{ type: 'function', function: { name: text } }] },
  }),
  (text) => ({ content_type: 'metadata', kind: 'note', data: { text } }),
];

const otherContent: Step = async ({ tract }, chance) => {
  const content = pick(OTHER_CONTENTS, chance.a)?.(sentence(chance, 5), chance.b) ?? {};
  const tags = chance.c % 9 === 0 ? [`t${chance.c % 4}`] : [];
  await tract.commit(content, { tags, ...(chance.c % 5 === 0 ? { message: '' } : {}) });
};

const toolCall: Step = async ({ tract }, { a, b, c }) => {
  const id = `call_${a}_${b}`;
  await tract.commit(
    { content_type: 'dialogue', role: 'assistant', text: c % 2 === 0 ? '' : 'Let me see.' },
    { metadata: { tool_calls: [{ id, name: 'calc', arguments: `{"expression": "${a}+2"}` }] } },
  );
  await tract.commit(
    { content_type: 'tool_io', tool_name: 'calc', direction: 'result', payload: { value: a }, status: 'success' },
    { metadata: { tool_call_id: id } },
  );
};

const plainTool: Step = async ({ tract }, { a, c }) => {
  const direction = c % 2 === 0 ? 'call' : 'result';
  await tract.commit({ content_type: 'tool_io', tool_name: 'grep', direction, payload: { pattern: `p${a}`, n: a } });
};

/** The same content, parent and time as a commit that is there: the same commit, or a later one (Annex B.2). */
const twin: Step = async ({ tract }, { a, c }) => {
  const timestamp = '2026-01-01T00:00:00.000001Z';
  const metadata = c % 2 === 0 ? null : { name: `n${a % 2}` };
  await tract.commit({ content_type: 'dialogue', role: 'user', text: 'twin' }, { timestamp, metadata });
};

const invalid: Step = async ({ tract }, { a }) => {
  const contents = [
    { content_type: 'dialogue', role: 'user' },
    { text: 'x' },
    { content_type: 'instruction', text: 7 },
  ];
  await tract.commit(pick(contents, a) ?? {});
};

const edit: Step = async (world, chance) => {
  const { tract } = world;
  const target = await message(world, chance.a);
  const before = await tract.compile();
  const role = chance.c % 3 === 0 ? 'user' : 'assistant';
  const content =
    chance.c % 4 === 0
      ? { content_type: 'instruction', text: sentence(chance, 4), name: pick(['tone', 'format', null], chance.b) }
      : { content_type: 'dialogue', role, text: sentence(chance) };
  const metadata = chance.c % 13 === 0 ? { tool_calls: [{ id: 'e1', name: 'f', arguments: '{}' }] } : null;
  await tract.edit(target, content, { metadata, ...(chance.b % 2 === 0 ? {} : { generationConfig: { model: 'x' } }) });
  const after = await tract.compile();
  const shown = after.messages.find(({ commitHash }) => commitHash === target);
  if (shown) assert.equal(shown.content, content.text, '§2: the last edit wins');
  // A directive that is edited may give way to, or take the place of, another one; what shows in both keeps its order.
  const inBoth = (hashes: readonly string[], others: readonly string[]) =>
    hashes.filter((hash) => others.includes(hash));
  assert.deepEqual(
    inBoth(after.commitHashes, before.commitHashes),
    inBoth(before.commitHashes, after.commitHashes),
    '§2: position and identity stay the original’s',
  );
};

const annotate: Step = async (world, { a, b, c }) => {
  const priority = pick(['skip', 'normal', 'important', 'pinned', 'skip', 'urgent'], b) ?? '';
  await world.tract.annotate(await message(world, a), priority, c % 3 === 0 ? { reason: 'why not' } : {});
};

const reset: Step = async (world, { a, b, c }) => {
  const target = pick([anyCommit(world, a), 'HEAD~2', 'HEAD^', 'main', 'ORIG_HEAD', 'zzzz'], b) ?? '';
  const before = world.tract.head;
  await world.tract.reset(target, { mode: c % 2 === 0 ? 'soft' : 'hard' });
  assert.equal(await world.tract.resolveCommit('ORIG_HEAD'), before);
};

const checkout: Step = async (world, { a, b }) => {
  const { tract } = world;
  const target = pick([pick(world.branchNames(), a) ?? 'main', '-', 'main', anyCommit(world, a), 'nowhere'], b) ?? '';
  await tract.checkout(target);
  if (world.branchNames().includes(target)) assert.equal(tract.currentBranch, target);
};

/** Back to a branch, which writing needs. */
export const attach: Step = async (world, { b }) => {
  const name = pick(world.branchNames(), b);
  if (name !== undefined) await world.tract.checkout(name);
};

export const branch: Step = async (world, { a, b, c }) => {
  const name = pick(['f', 'g', 'h', 'f/x', 'bad..name', 'k'], a) ?? '';
  await world.tract.branch(name, {
    ...(b % 3 === 0 ? { from: anyCommit(world, b >> 2) } : {}),
    ...(c % 2 === 0 ? { checkout: false } : {}),
  });
};

const removeBranch: Step = async (world, { a, b }) => {
  const name = pick(world.branchNames(), a) ?? 'none';
  if (b % 4 === 0) await world.tract.renameBranch(name, `r${b % 5}`);
  else await world.tract.deleteBranch(name, { force: b % 2 === 0 });
};

/** Law 7. */
const merge: Step = async (world, { a, b, c }) => {
  const { tract, reference } = world;
  const other =
    pick(
      world.branchNames().filter((name) => name !== tract.currentBranch),
      a,
    ) ?? 'none';
  const oursHash = tract.head;
  if (oursHash === null) {
    await tract.merge(other);
    return;
  }
  const theirsHash = await tract.resolveCommit(other);
  const noFf = c % 3 === 0;
  const ours = await tract.compile();
  const theirs = await tract.compile({ at: theirsHash });
  const conflicts = tract.isDetached ? [] : await conflictsOf(world, other, noFf);
  const choose = (i: number) => pick(['ours', 'theirs', { text: `settled ${b}` }] as const, b + i) ?? 'ours';
  const targets = [...new Set(conflicts.map(({ target }) => target))];
  const resolutions = Object.fromEntries(targets.map((target, i) => [target, choose(i)]));
  const result = await tract.merge(other, { noFf, resolutions });
  const merged = await tract.compile();
  if (result.fastForward) {
    assert.equal(tract.head, theirsHash, '§9.2: a fast-forward stands on the other head');
    return;
  }
  const all = new Set(reference.history(result.commit.commitHash));
  for (const hash of [...reference.history(oursHash), ...reference.history(theirsHash)])
    assert.ok(all.has(hash), 'law 7: something reachable from a parent is lost');
  assert.ok(!merged.commitHashes.includes(result.commit.commitHash), 'law 7: the merge added a message');
  for (const [target, resolution] of Object.entries(resolutions)) {
    const shown = find(merged.messages, target);
    if (typeof resolution === 'object') assert.equal(shown?.content ?? resolution.text, resolution.text);
    else if (shown) {
      const side = find((resolution === 'ours' ? ours : theirs).messages, target);
      if (side) assert.equal(shown.content, side.content, 'law 7: the chosen side compiles');
    }
  }
};

async function conflictsOf(world: World, other: string, noFf: boolean): Promise<readonly MergeConflict[]> {
  const { conflicts } = await world.tract.planMerge(other, { noFf });
  if (conflicts.length === 0) return [];
  const before = world.imprint();
  await assert.rejects(world.tract.merge(other, { noFf }), MergeError);
  assert.deepEqual(world.imprint(), before, '§9.2: with open conflicts nothing is written');
  return conflicts;
}

const find = (messages: readonly CompiledMessage[], hash: string) =>
  messages.find(({ commitHash }) => commitHash === hash);

/** Law 8. */
const rebase: Step = async (world, { a, b }) => {
  const { tract, reference, store } = world;
  const onto = b % 3 === 0 ? anyCommit(world, a) : (pick(world.branchNames(), a) ?? 'none');
  const before = tract.head;
  const result = await tract.rebase(onto);
  assert.equal(tract.head, result.head);
  if (before === null || result.replayed === 0) return;
  const target = new Set(reference.history(await tract.resolveCommit(onto)));
  const old = reference.history(before).filter((hash) => !target.has(hash));
  const replayed = reference.history(result.head).filter((hash) => !target.has(hash));
  const kept = (hashes: readonly string[]) =>
    hashes.flatMap((hash) => {
      const commit = store.storage.commit(hash);
      const named = commit && commit.operation !== 'append' && commit.operation !== 'edit';
      return commit ? [`${commit.operation} ${named ? '' : commit.contentHash} ${commit.message}`] : [];
    });
  assert.deepEqual(kept(replayed), kept(old), 'law 8: content hashes of messages and edits, and their order');
};

const cherryPick: Step = async (world, { a, b }) => {
  const hash = anyCommit(world, a);
  const picked = await world.tract.importCommit(hash, { asAppend: b % 2 === 0 });
  const original = world.store.storage.commit(hash);
  if (original?.operation === 'append' || original?.operation === 'edit')
    assert.equal(picked.contentHash, original.contentHash, 'law 8: a cherry-pick keeps the content hash');
  assert.equal(picked.parentHash, (await world.tract.resolveCommit('HEAD~1')) || null);
};

const reorder: Step = async (world, { a, b, c }) => {
  const { commitHashes } = await world.tract.compile();
  const list = [
    pick(commitHashes, a),
    pick(commitHashes, b),
    c % 5 === 0 ? anyCommit(world, c) : pick(commitHashes, c),
  ];
  const wanted = [...new Set(list.flatMap((hash) => hash ?? []))];
  await world.tract.reorder(wanted);
  const after = (await world.tract.compile()).commitHashes;
  const shown = wanted.filter((hash) => after.includes(hash));
  assert.deepEqual(after.slice(0, shown.length), shown, '§2: listed messages come first in that order');
};

/** Law 9. */
const compress: Step = async (world, { a, b, c }) => {
  const { tract } = world;
  const before = await tract.compile();
  const { commitHashes: hashes } = before;
  const [from, to] = [a % (hashes.length || 1), b % (hashes.length || 1)].sort((x, y) => x - y) as [number, number];
  const list = [...new Set([a, b, c].flatMap((n) => pick(hashes, n) ?? []))];
  const range = [undefined, { from: hashes[from] ?? 'HEAD', to: hashes[to] ?? 'HEAD' }, list][c % 3];
  const texts = Array.from({ length: 1 + (c % 4) }, (_, i) => `s${i}`);
  const result =
    c % 11 === 0
      ? await tract.slidingWindow(a % 5, { text: 'window' })
      : await tract.compress({ ...(range ? { range } : {}), text: c % 2 === 0 ? 'sum' : texts });
  const after = await tract.compile();
  assert.ok(result.tokensAfter < result.tokensBefore, 'law 9: fewer tokens or refused');
  for (const hash of result.preserved) {
    const kept = find(before.messages, hash);
    if (kept) assert.equal(find(after.messages, hash)?.content, kept.content, 'law 9: pinned text is verbatim');
  }
  const last = Math.max(...result.sources.map((hash) => hashes.indexOf(hash)));
  const rest = before.messages.slice(last + 1);
  assert.deepEqual(after.messages.slice(after.messages.length - rest.length), rest, 'law 9: the rest is untouched');
  if (c % 2 !== 0) return;
  for (const summary of [...result.summaries].reverse()) await tract.expand(summary);
  assert.deepEqual((await tract.compile()).messages, before.messages, 'law 9: expandable');
};

const expand: Step = async (world, { a }) => {
  await world.tract.expand(await message(world, a));
};

const tag: Step = async (world, { a, b }) => {
  if (b % 3 === 0) await world.tract.untag(`t${a % 4}`);
  else await world.tract.tag(`t${a % 4}`, pick(['HEAD', anyCommit(world, b), 'HEAD~1'], b));
};

const undo: Step = async ({ tract }) => {
  await tract.undo();
};
const redo: Step = async ({ tract }) => {
  await tract.redo();
};

const gc: Step = async (world, { a }) => {
  const plan = await world.tract.gc({ dryRun: true, olderThanDays: a % 2 });
  const result = await world.tract.gc({ olderThanDays: a % 2 });
  assert.deepEqual(result.removed, plan.removed, '§9.6: the dry run lists what goes');
  for (const { commitHash } of result.removed) assert.equal(world.store.storage.commit(commitHash), undefined);
  await world.checkRecords();
};

class Planned extends CompressionError {}

/** A batch with failing inner operations; one in three throws at its end and must leave nothing. */
const batch: Step = async ({ tract }, chance) => {
  await tract.batch(async (inner) => {
    await inner.user(sentence(chance));
    await assert.rejects(inner.edit('HEAD~99', { content_type: 'output', text: 'x' }));
    await assert.rejects(inner.commit({ content_type: 'nothing' }));
    const second = await inner.assistant(sentence(chance, 6));
    await inner.annotate(second.commitHash, 'important');
    if (chance.b % 2 === 0) await inner.compress({ range: [second.commitHash], text: 'b' });
    assert.ok((await inner.compile()).messages.length > 0);
    if (chance.c % 3 === 0) throw new Planned('planned');
  });
};

const generate: Step = async ({ tract, model }, chance) => {
  const records = (await tract.compileRecords({ limit: 1_000 })).length;
  model.failure = chance.c % 5 === 0 ? new CompressionError('the provider broke') : null;
  model.events = [
    ...(chance.a % 4 === 0 ? [{ type: 'reasoning' as const, text: 'hm' }] : []),
    { type: 'text', text: sentence(chance) },
    ...(chance.b % 4 === 0 ? [{ type: 'toolCall' as const, id: `g${chance.a}`, name: 'f', arguments: '{"a":1}' }] : []),
    ...(chance.b % 2 === 0 ? [{ type: 'usage' as const, usage: { prompt_tokens: 9, completion_tokens: 2 } }] : []),
    { type: 'finish', reason: 'stop' },
  ];
  const failed = await tract.generate().then(
    () => false,
    (error: unknown) => {
      if (error === model.failure) return true;
      throw error;
    },
  );
  const [newest, ...rest] = await tract.compileRecords({ limit: 1_000 });
  assert.equal(rest.length, records, '§7: exactly one record a call');
  assert.equal(newest?.outcome, failed ? 'failed' : 'answered');
};

const usage: Step = async ({ tract }, { a }) => {
  const context = await tract.recordUsage({ input_tokens: a, output_tokens: 1, cache_read_input_tokens: 2 });
  assert.equal(context.tokenCount, a + 2);
};

const child: Step = async ({ tract }, chance) => {
  const mode = pick(['full', 'snapshot', 'empty'] as const, chance.a) ?? 'full';
  const spawned = await tract.spawn({ purpose: 'look closer', mode });
  if (mode !== 'empty')
    assert.deepEqual(
      (await spawned.compile()).messages.map(({ content }) => content),
      (await tract.compile()).messages.map(({ content }) => content),
    );
  await spawned.user('only in the child');
  if (chance.b % 2 === 0) await tract.collapse(spawned, { text: 'what the child found' });
};

const reopen: Step = async (world) => world.reopen();

/** The operations and how often each is drawn. */
export const STEPS: readonly (readonly [name: string, weight: number, step: Step])[] = [
  ['dialogue', 12, dialogue],
  ['instruction', 5, instruction],
  ['other content', 4, otherContent],
  ['tool call', 3, toolCall],
  ['plain tool', 2, plainTool],
  ['twin', 1, twin],
  ['invalid', 1, invalid],
  ['edit', 7, edit],
  ['annotate', 7, annotate],
  ['reset', 3, reset],
  ['checkout', 4, checkout],
  ['branch', 5, branch],
  ['remove branch', 2, removeBranch],
  ['merge', 9, merge],
  ['rebase', 3, rebase],
  ['cherry-pick', 4, cherryPick],
  ['reorder', 3, reorder],
  ['compress', 6, compress],
  ['expand', 3, expand],
  ['tag', 2, tag],
  ['undo', 3, undo],
  ['redo', 2, redo],
  ['gc', 1, gc],
  ['batch', 3, batch],
  ['generate', 3, generate],
  ['usage', 1, usage],
  ['child', 1, child],
  ['reopen', 1, reopen],
];

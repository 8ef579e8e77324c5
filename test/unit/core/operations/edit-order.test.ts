import assert from 'node:assert/strict';
import type { Tract } from '../../../../src/library.js';
import { openTract, texts } from '../support.js';

const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });

/**
 * A message edited on main late in a long line (`ours`), and on f early (`theirs`): by depth and by generation `ours` is the later
 * one, in the fold the merged block stands behind it (§5).
 */
async function bothEdited(): Promise<{ tract: Tract; target: string; ours: string; theirs: string }> {
  const tract = await openTract();
  const target = (await tract.user('original')).commitHash;
  await tract.branch('f');
  const theirs = (await tract.edit(target, say('their text'), { metadata: { author: 'them' } })).commitHash;
  await tract.checkout('main');
  for (let i = 0; i < 5; i++) await tract.user(`filler ${i}`);
  const ours = (await tract.edit(target, say('our text'), { metadata: { author: 'us' } })).commitHash;
  return { tract, target, ours, theirs };
}

const writerOf = async (tract: Tract, target: string) =>
  (await tract.blame()).find(({ commitHash }) => commitHash === target);

describe('edits in the order of the fold (§5, §8)', () => {
  it('§8: edit history lists them as they apply, not by their place on their own branch', async () => {
    const { tract, target, ours, theirs } = await bothEdited();
    await tract.merge('f', { strategy: 'theirs' });
    const last = (await tract.edit(target, say('last word'))).commitHash;
    const versions = await tract.editHistory(target);
    assert.deepEqual(
      versions.map(({ commitHash }) => commitHash),
      [target, ours, theirs, last],
    );
    assert.deepEqual(
      versions.map(({ version, text }) => [version, text]),
      [
        [0, 'original'],
        [1, 'our text'],
        [2, 'their text'],
        [3, 'last word'],
      ],
    );
    await tract.restore(target, 1);
    assert.equal(texts(await tract.compile())[0], 'our text');
  });

  for (const [strategy, author, text] of [
    ['ours', 'us', 'our text'],
    ['theirs', 'them', 'their text'],
  ] as const) {
    it(`§8, §9.2: blame after a merge settled as ${strategy} names who wrote the text that shows`, async () => {
      const { tract, target, ours, theirs } = await bothEdited();
      await tract.merge('f', { strategy });
      assert.equal(texts(await tract.compile())[0], text);
      const entry = await writerOf(tract, target);
      assert.deepEqual(entry?.edits, [ours, theirs]);
      assert.equal(entry.author, author);
    });
  }

  it('§8, §9.2: a text of the merge’s own is the merge’s; an edit after it is that edit’s', async () => {
    const { tract, target } = await bothEdited();
    const { commit } = await tract.merge('f', { resolutions: { [target]: { text: 'both' } } });
    assert.equal((await writerOf(tract, target))?.createdAt, commit.createdAt);
    const edit = await tract.edit(target, say('later'));
    assert.equal((await writerOf(tract, target))?.createdAt, edit.createdAt);
  });

  it('§8: a list row of a history that is not compiled shows the priority that compiles', async () => {
    const tract = await openTract({ compileCacheSize: 0 });
    const target = (await tract.user('original')).commitHash;
    await tract.branch('f');
    await tract.annotate(target, 'skip');
    await tract.annotate(target, 'important');
    await tract.checkout('main');
    for (let i = 0; i < 5; i++) await tract.user(`filler ${i}`);
    await tract.annotate(target, 'important');
    await tract.merge('f');
    const row = (await tract.log({ limit: 50 })).find(({ commitHash }) => commitHash === target);
    const message = (await tract.compile()).messages.find(({ commitHash }) => commitHash === target);
    assert.deepEqual([row?.effectivePriority, message?.priority], ['important', 'important']);
  });
});

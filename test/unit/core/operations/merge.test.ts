import assert from 'node:assert/strict';
import { MergeError, NothingToMergeError, type Tract } from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';
import { forked, edit, mark, add, say } from './forked.js';

describe('merge (§9.2)', () => {
  it('§9.2: contained → NothingToMergeError; fast-forward unless noFf; message `Merge branch …`', async () => {
    const tract = await openTract();
    await tract.user('1');
    await tract.branch('f');
    const two = await tract.user('2');
    assert.ok((await failure(tract.merge('main'))) instanceof NothingToMergeError);
    assert.ok((await failure(tract.merge('f'))) instanceof NothingToMergeError);
    await tract.checkout('main');
    const forward = await tract.merge('f');
    assert.deepEqual([forward.fastForward, tract.head], [true, two.commitHash]);
    await tract.reset('HEAD~1');
    const merged = await tract.merge('f', { noFf: true });
    assert.deepEqual([merged.fastForward, merged.commit.message], [false, "Merge branch 'f' into main"]);
    assert.deepEqual([merged.commit.operation, merged.commit.extraParents], ['merge', [two.commitHash]]);
    assert.deepEqual(texts(await tract.compile()), ['1', '2']);
  });

  it('§5: the merged branch stands as one block just before the merge', async () => {
    const { tract } = await forked(add('ours'), async (on) => {
      await on.user('theirs 1');
      await on.user('theirs 2');
    });
    await tract.merge('f');
    await tract.user('after');
    assert.deepEqual(texts(await tract.compile()), ['original', 'ours', 'theirs 1', 'theirs 2', 'after']);
  });

  const cases = [
    ['both-edit', edit('our text'), edit('their text'), 'our text', 'their text'],
    ['edit-skip', edit('our text'), mark('skip'), 'our text', null],
    ['edit-skip', mark('skip'), edit('their text'), null, 'their text'],
    ['both-annotate', mark('skip'), mark('pinned'), null, 'original'],
  ] as const;
  for (const [kind, ours, theirs, oursShown, theirsShown] of cases) {
    it(`§9.2: ${kind} (${oursShown ?? 'hidden'} against ${theirsShown ?? 'hidden'}): nothing is written until resolved`, async () => {
      for (const [resolution, shown] of [
        ['ours', oursShown],
        ['theirs', theirsShown],
        [{ text: 'third' }, 'third'],
      ] as const) {
        const { tract, target } = await forked(ours, theirs);
        const before = tract.head;
        const error = await failure(tract.merge('f'));
        assert.ok(error instanceof MergeError);
        assert.deepEqual(
          error.conflicts.map((conflict) => [conflict.kind, conflict.target]),
          [[kind, target]],
        );
        assert.equal(tract.head, before);
        const { commit } = await tract.merge('f', { resolutions: { [target]: resolution } });
        assert.deepEqual(texts(await tract.compile()), shown === null ? [] : [shown]);
        assert.deepEqual(commit.extraParents.length, 1);
      }
    });
  }

  it('§9.2: the strategies ours and theirs settle what no resolution does', async () => {
    for (const strategy of ['ours', 'theirs'] as const) {
      const { tract } = await forked(edit('ours'), edit('theirs'));
      await tract.merge('f', { strategy });
      assert.deepEqual(texts(await tract.compile()), [strategy]);
    }
  });

  it('§9.2: semantic asks the model for each text, and its answer compiles', async () => {
    const { tract, target } = await forked(edit('ours'), edit('theirs'));
    await tract.merge('f', {
      strategy: 'semantic',
      model: {
        id: 'm',
        async *send() {
          await Promise.resolve();
          yield { type: 'text', text: 'both in one' };
        },
      },
    });
    assert.deepEqual(texts(await tract.compile()), ['both in one']);
    assert.ok(target);
  });

  it('§9.2: semantic without anything to settle asks for no model', async () => {
    const { tract } = await forked(edit('ours'), add('theirs'));
    await tract.merge('f', { strategy: 'semantic' });
    assert.deepEqual(texts(await tract.compile()), ['ours', 'theirs']);
    const open = await forked(edit('ours'), edit('theirs'));
    const before = open.tract.head;
    assert.equal(await codeOf(open.tract.merge('f', { strategy: 'semantic' })), 'NO_MODEL');
    assert.equal(open.tract.head, before);
  });

  it('Annex A: one resolution settles all conflicts of its target; a bad one changes nothing', async () => {
    const both = (text: string, priority: string) => async (on: Tract, target: string) => {
      await edit(text)(on, target);
      await mark(priority)(on, target);
    };
    const { tract, target } = await forked(both('ours', 'important'), both('theirs', 'pinned'));
    const { head } = tract;
    const wrong = [{ [target]: 'both' }, { [target]: { text: 7 } }, { ['f'.repeat(64)]: 'ours' }];
    for (const resolutions of wrong) {
      await failure(tract.merge('f', { resolutions: resolutions as never }));
      assert.equal(tract.head, head);
    }
    await tract.merge('f', { resolutions: { [target]: 'theirs' } });
    const [message] = (await tract.compile()).messages;
    assert.deepEqual([message?.content, message?.priority], ['theirs', 'pinned']);
  });

  it('§9.2: the same edit or annotation on both sides is no conflict', async () => {
    const same = await forked(edit('same'), edit('same'));
    await same.tract.merge('f');
    assert.deepEqual(texts(await same.tract.compile()), ['same']);
    const marked = await forked(mark('pinned'), mark('pinned'));
    await marked.tract.merge('f');
    assert.equal((await marked.tract.compile()).messages[0]?.priority, 'pinned');
  });

  it('§9.2: an edit from before the base while the other side appended is an advisory', async () => {
    const { tract, target } = await forked(edit('new'), add('appended'));
    const { advisories } = await tract.merge('f');
    assert.deepEqual(
      advisories.map((advisory) => advisory.target),
      [target],
    );
    assert.deepEqual(texts(await tract.compile()), ['new', 'appended']);
  });

  it('§9.2: criss-cross: conflicts settled once do not come back', async () => {
    const { tract, target } = await forked(edit('ours'), edit('theirs'));
    await tract.merge('f', { resolutions: { [target]: 'ours' } });
    await tract.checkout('f');
    await tract.user('later on f');
    await tract.checkout('main');
    await tract.merge('f');
    assert.deepEqual(texts(await tract.compile()), ['ours', 'later on f']);
  });

  it('§2: an edit after a merge still wins over its resolution', async () => {
    const { tract, target } = await forked(edit('ours'), edit('theirs'));
    await tract.merge('f', { resolutions: { [target]: { text: 'settled' } } });
    await tract.edit(target, say('last word'));
    assert.deepEqual(texts(await tract.compile()), ['last word']);
  });
});

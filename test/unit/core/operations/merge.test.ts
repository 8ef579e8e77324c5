import assert from 'node:assert/strict';
import {
  BranchNotFoundError,
  CommitNotFoundError,
  MergeError,
  NothingToMergeError,
  type Tract,
} from '../../../../src/library.js';
import { codeOf, failure, numbered, openTract, texts } from '../support.js';
import { add, edit, forked, mark, say } from './forked.js';

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

  it('§9.2, §11: semantic sends nothing when the texts of a conflict are more than the model takes', async () => {
    const { tract } = await forked(edit('ours'), edit('theirs'));
    const before = tract.head;
    const small = { id: 'm', contextWindow: 2, send: () => assert.fail('sent') };
    assert.equal(await codeOf(tract.merge('f', { strategy: 'semantic', model: small })), 'REQUEST_TOO_LARGE');
    assert.equal(tract.head, before);
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

  it('§9.2: the same commit → NothingToMergeError, itself, HEAD and a tag included; nothing is written', async () => {
    const { tract } = await numbered(2);
    await tract.branch('same', { checkout: false });
    await tract.tag('here');
    const { head } = tract;
    for (const ref of ['same', 'main', 'HEAD', 'here', 'HEAD~1'])
      assert.ok((await failure(tract.merge(ref, { noFf: true }))) instanceof NothingToMergeError, ref);
    assert.equal(tract.head, head);
    assert.equal((await tract.log()).length, 2);
  });

  it('§8, §9.2: an unknown branch is a BranchNotFoundError, what was meant as a commit a CommitNotFoundError', async () => {
    const { tract } = await numbered(1);
    const { head } = tract;
    for (const call of [() => tract.merge('unknown'), () => tract.planMerge('unknown')]) {
      const error = await failure(call());
      assert.ok(error instanceof BranchNotFoundError);
      assert.ok(error instanceof CommitNotFoundError, 'no ref has that name');
      assert.equal(error.message, "There is no branch named 'unknown'.");
    }
    for (const ref of ['main~9', 'HEAD^2', '']) assert.equal(await codeOf(tract.merge(ref)), 'COMMIT_NOT_FOUND', ref);
    assert.equal(await codeOf(tract.merge('abc')), 'INVALID_ARGUMENT');
    assert.equal(tract.head, head);
  });

  it('§9.2: into an empty tract there is nothing to merge from; a tag or a hash merges like a branch', async () => {
    assert.equal(await codeOf((await openTract()).merge('main')), 'BRANCH_NOT_FOUND');
    const { tract } = await forked(add('ours'), add('theirs'));
    await tract.tag('v1', 'f');
    const { commit } = await tract.merge('v1');
    assert.equal(commit.message, "Merge branch 'v1' into main");
    assert.deepEqual(texts(await tract.compile()), ['original', 'ours', 'theirs']);
  });

  it('§9.2: all conflicts are named at once; those left open → MergeError, with them alone; nothing is written', async () => {
    const tract = await openTract();
    const [a, b] = [(await tract.user('a')).commitHash, (await tract.user('b')).commitHash];
    await tract.branch('f');
    await tract.edit(a, say('a theirs'));
    await tract.annotate(b, 'skip');
    await tract.checkout('main');
    await tract.edit(a, say('a ours'));
    await tract.edit(b, say('b ours'));
    const { head } = tract;
    const open = async (resolutions: object) => {
      const error = await failure(tract.merge('f', { resolutions: resolutions as Record<string, 'ours'> }));
      assert.ok(error instanceof MergeError);
      assert.equal(error.code, 'MERGE_CONFLICT');
      assert.equal(tract.head, head);
      return error.conflicts;
    };
    assert.deepEqual(await open({}), [
      { kind: 'both-edit', target: a, ours: 'a ours', theirs: 'a theirs' },
      { kind: 'edit-skip', target: b, ours: 'b ours', theirs: 'skip' },
    ]);
    assert.deepEqual(await open({ [a]: 'ours' }), [{ kind: 'edit-skip', target: b, ours: 'b ours', theirs: 'skip' }]);
    await tract.merge('f', { resolutions: { [a]: 'theirs', [b]: 'ours' } });
    assert.deepEqual(texts(await tract.compile()), ['a theirs', 'b ours']);
  });

  it('§9.2: a resolution goes before the strategy, which settles the rest', async () => {
    const tract = await openTract();
    const [a, b] = [(await tract.user('a')).commitHash, (await tract.user('b')).commitHash];
    await tract.branch('f');
    for (const hash of [a, b]) await tract.edit(hash, say('theirs'));
    await tract.checkout('main');
    for (const hash of [a, b]) await tract.edit(hash, say('ours'));
    await tract.merge('f', { strategy: 'theirs', resolutions: { [a]: { text: 'both' } } });
    assert.deepEqual(texts(await tract.compile()), ['both', 'theirs']);
  });

  it('§9.2: `ours` shows ours: text, role, name and priority; theirs likewise', async () => {
    for (const [side, shown] of [
      ['ours', ['assistant', 'our text', 'Ada', 'pinned']],
      ['theirs', ['user', 'their text', null, 'important']],
    ] as const) {
      const { tract, target } = await forked(
        async (on, hash) => {
          await on.edit(hash, { content_type: 'dialogue', role: 'assistant', text: 'our text', name: 'Ada' });
          await on.annotate(hash, 'pinned');
        },
        async (on, hash) => {
          await edit('their text')(on, hash);
          await mark('important')(on, hash);
        },
      );
      await tract.merge('f', { resolutions: { [target]: side } });
      const [message] = (await tract.compile()).messages;
      assert.deepEqual([message?.role, message?.content, message?.name, message?.priority], shown);
    }
  });

  it('§9.2: only what both sides did since the base counts: an edit before the base conflicts with nothing', async () => {
    const tract = await openTract();
    const target = (await tract.user('original')).commitHash;
    await tract.edit(target, say('before the base'));
    await tract.branch('f');
    await tract.edit(target, say('theirs'));
    await tract.checkout('main');
    await tract.user('ours');
    const { advisories } = await tract.merge('f');
    assert.deepEqual(texts(await tract.compile()), ['theirs', 'ours']);
    assert.deepEqual(
      advisories.map((advisory) => advisory.target),
      [target],
    );
  });

  it('§9.2: an edit and an annotation that hides nothing are no conflict, both compile', async () => {
    const { tract } = await forked(edit('new text'), mark('important'));
    await tract.merge('f');
    const [message] = (await tract.compile()).messages;
    assert.deepEqual([message?.content, message?.priority], ['new text', 'important']);
  });

  it('§9.2, §5: merges of merges: each block once, before its merge, resolutions of both', async () => {
    const { tract, target } = await forked(edit('ours'), edit('theirs'));
    await tract.branch('g', { from: 'HEAD~1' });
    await tract.user('on g');
    await tract.edit(target, say('by g'));
    await tract.checkout('f');
    await tract.merge('g', { resolutions: { [target]: { text: 'f and g' } } });
    await tract.checkout('main');
    await tract.merge('f', { resolutions: { [target]: { text: 'all three' } } });
    assert.deepEqual(texts(await tract.compile()), ['all three', 'on g']);
    assert.deepEqual(texts(await tract.compile({ at: 'f' })), ['f and g', 'on g']);
  });

  it('§9.2: noFf where a fast-forward would do has the merged branch as its second parent', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.branch('f');
    const theirs = await tract.user('theirs');
    await tract.checkout('main');
    const { commit, fastForward, advisories } = await tract.merge('f', { noFf: true });
    assert.deepEqual(
      [commit.parentHash, commit.extraParents, fastForward, advisories],
      [hashes[0], [theirs.commitHash], false, []],
    );
  });

  it('§5, §9.2: histories without a common commit merge and rebase, the other one standing as one block', async () => {
    const tract = await openTract();
    const first = await tract.user('one line');
    await tract.undo();
    const second = await tract.user('another line');
    await tract.branch('f', { from: first.commitHash, checkout: false });
    const { commit } = await tract.merge('f');
    assert.deepEqual([commit.parentHash, commit.extraParents], [second.commitHash, [first.commitHash]]);
    assert.deepEqual(texts(await tract.compile()), ['another line', 'one line']);
    await tract.undo();
    assert.equal((await tract.rebase('f')).replayed, 1);
    assert.deepEqual(texts(await tract.compile()), ['one line', 'another line']);
    assert.equal((await tract.branches())[0]?.behind, 1);
  });
});

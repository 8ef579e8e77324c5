import assert from 'node:assert/strict';
import {
  BranchExistsError,
  BranchNotFoundError,
  ImportCommitError,
  InvalidBranchNameError,
  MergeError,
  NothingToMergeError,
  RebaseError,
  UnmergedBranchError,
  type Tract,
} from '../../../../src/library.js';
import { codeOf, failure, openTract, texts } from '../support.js';

const say = (text: string) => ({ content_type: 'dialogue', role: 'user', text });

/** One message on main, `ours` done on main and `theirs` on f; HEAD on main. */
async function forked(
  ours: (tract: Tract, target: string) => Promise<unknown>,
  theirs: (tract: Tract, target: string) => Promise<unknown>,
): Promise<{ tract: Tract; target: string }> {
  const tract = await openTract();
  const target = (await tract.user('original')).commitHash;
  await tract.branch('f');
  await theirs(tract, target);
  await tract.checkout('main');
  await ours(tract, target);
  return { tract, target };
}

const edit = (text: string) => (tract: Tract, target: string) => tract.edit(target, say(text));
const mark = (priority: string) => (tract: Tract, target: string) => tract.annotate(target, priority);
const add = (text: string) => (tract: Tract) => tract.user(text);

describe('branches (§9.1)', () => {
  it('§9.1: git’s name rules', async () => {
    const tract = await openTract();
    await tract.user('x');
    for (const name of [
      '',
      'a b',
      'a..b',
      'a~1',
      'a^',
      'a:b',
      '-a',
      'a/',
      '/a',
      'a//b',
      '.a',
      'a.lock',
      'a.',
      '@',
      'a@{b',
      'a\\b',
      'a?',
      'a*',
      'a[',
      'HEAD',
      '\u0001',
    ])
      assert.ok((await failure(tract.branch(name))) instanceof InvalidBranchNameError, JSON.stringify(name));
    for (const name of ['feature/x', 'ünïcode', 'a.b', 'a-1']) await tract.branch(name, { checkout: false });
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['a-1', 'a.b', 'feature/x', 'main', 'ünïcode'],
    );
  });

  it('§9.1: exists, not found, unmerged unless forced, current; an unknown source leaves the store usable', async () => {
    const tract = await openTract();
    await tract.user('x');
    await tract.branch('f');
    await tract.user('only on f');
    assert.ok((await failure(tract.branch('main'))) instanceof BranchExistsError);
    assert.equal(await codeOf(tract.deleteBranch('f')), 'CURRENT_BRANCH');
    await tract.checkout('main');
    assert.ok((await failure(tract.deleteBranch('f'))) instanceof UnmergedBranchError);
    assert.ok((await failure(tract.deleteBranch('nothing'))) instanceof BranchNotFoundError);
    assert.equal(await codeOf(tract.branch('g', { from: 'nowhere' })), 'COMMIT_NOT_FOUND');
    await tract.deleteBranch('f', { force: true });
    await tract.branch('g', { from: 'HEAD' });
    assert.equal(tract.currentBranch, 'g');
  });

  it('§9.1: created from any ref: a tag, a prefix, a step back; checked out unless told otherwise', async () => {
    const tract = await openTract();
    const one = (await tract.user('1', { tags: ['v1'] })).commitHash;
    const two = (await tract.user('2')).commitHash;
    await tract.user('3');
    assert.equal(await tract.branch('from-tag', { from: 'v1', checkout: false }), one);
    assert.equal(tract.currentBranch, 'main');
    assert.equal(await tract.branch('from-prefix', { from: two.slice(0, 10) }), two);
    assert.deepEqual([tract.currentBranch, tract.head], ['from-prefix', two]);
    assert.equal(await tract.branch('from-step', { from: 'main~2' }), one);
    assert.deepEqual(
      (await tract.branches()).map(({ name, head, ahead, behind }) => [name, head, ahead, behind]),
      [
        ['from-prefix', two, 1, 0],
        ['from-step', one, 0, 0],
        ['from-tag', one, 0, 0],
        ['main', await tract.resolveCommit('main'), 2, 0],
      ],
    );
  });

  it('§9.1: list with ahead, behind and tokens relative to the current branch; rename keeps HEAD on it', async () => {
    const tract = await openTract();
    await tract.user('Hello');
    await tract.branch('f');
    await tract.user('Hello');
    await tract.user('Hello');
    await tract.checkout('main');
    await tract.assistant('Hello');
    assert.deepEqual(
      (await tract.branches()).map(({ head: _head, ...rest }) => rest),
      [
        { name: 'f', current: false, ahead: 2, behind: 1, tokens: 18 },
        { name: 'main', current: true, ahead: 0, behind: 0, tokens: 13 },
      ],
    );
    await tract.renameBranch('main', 'trunk');
    assert.equal(tract.currentBranch, 'trunk');
    assert.ok((await failure(tract.renameBranch('trunk', 'f'))) instanceof BranchExistsError);
    assert.ok((await failure(tract.renameBranch('trunk', 'a..b'))) instanceof InvalidBranchNameError);
    assert.equal(tract.currentBranch, 'trunk');
  });
});

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

describe('rebase, import, reorder (§9.3)', () => {
  it('§9.3: edits, annotations and compressions are retargeted; content hashes and order stay; tags follow', async () => {
    const tract = await openTract();
    await tract.user('base');
    await tract.branch('f');
    const a = await tract.user('a, with a few words to compress');
    const b = await tract.user('b');
    const c = await tract.user('c');
    await tract.edit(b.commitHash, say('b edited'));
    await tract.annotate(c.commitHash, 'pinned');
    await tract.compress({ range: [a.commitHash], text: 'a' });
    await tract.tag('on-b', b.commitHash);
    const before = await tract.compile();
    await tract.checkout('main');
    await tract.user('main went on');
    await tract.checkout('f');
    const { replayed, head } = await tract.rebase('main');
    assert.deepEqual([replayed, tract.head], [6, head]);
    const after = await tract.compile();
    assert.deepEqual(texts(after), ['base', 'main went on', 'a', 'b edited', 'c']);
    assert.deepEqual(
      after.messages.slice(2).map(({ priority, edited }) => [priority, edited]),
      before.messages.slice(1).map(({ priority, edited }) => [priority, edited]),
    );
    assert.equal(await tract.resolveCommit('on-b'), after.commitHashes[3]);
    assert.notEqual(await tract.resolveCommit('on-b'), b.commitHash);
    const log = await tract.log({ limit: 100 });
    assert.equal(log.find(({ commitHash }) => commitHash === after.commitHashes[3])?.contentHash, b.contentHash);
    assert.equal(log.find(({ message }) => message === 'c')?.createdAt, c.createdAt);
  });

  it('§9.3: merges in range → RebaseError and nothing moves; nothing to do → 0 replayed', async () => {
    const { tract } = await forked(add('ours'), add('theirs'));
    assert.equal((await tract.rebase('HEAD~1')).replayed, 0);
    await tract.branch('g', { from: 'HEAD~1', checkout: false });
    await tract.merge('f');
    const { head } = tract;
    await tract.checkout('g');
    await tract.user('on g');
    await tract.checkout('main');
    assert.ok((await failure(tract.rebase('g'))) instanceof RebaseError);
    assert.equal(tract.head, head);
  });

  it('§9.3: import of one commit keeps its content hash; an edit without its target → ImportCommitError or an append', async () => {
    const tract = await openTract();
    await tract.user('base');
    await tract.branch('f');
    const picked = await tract.user('picked', { metadata: { author: 'Ada' }, generationConfig: { model: 'm' } });
    const edited = await tract.edit(picked.commitHash, say('picked, edited'));
    await tract.checkout('main');
    const { head } = tract;
    assert.ok((await failure(tract.importCommit(edited.commitHash))) instanceof ImportCommitError);
    assert.equal(tract.head, head);
    const appended = await tract.importCommit(edited.commitHash, { asAppend: true });
    assert.deepEqual([appended.operation, appended.contentHash], ['append', edited.contentHash]);
    const imported = await tract.importCommit(picked.commitHash);
    assert.equal(imported.contentHash, picked.contentHash);
    assert.deepEqual([imported.author, imported.generationConfig], ['Ada', { model: 'm' }]);
    assert.deepEqual(texts(await tract.compile()), ['base', 'picked, edited', 'picked']);
  });

  it('§9.3: reorder puts the listed first and warns of answers before questions and results before calls', async () => {
    const tract = await openTract();
    const question = await tract.user('q');
    const answer = await tract.assistant('a');
    const call = await tract.assistant('', { metadata: { tool_calls: [{ id: '1', name: 'f', arguments: '{}' }] } });
    const result = await tract.commit(
      { content_type: 'tool_io', tool_name: 'f', direction: 'result', payload: { v: 1 } },
      { metadata: { tool_call_id: '1' } },
    );
    const plain = await tract.reorder([question.commitHash]);
    assert.deepEqual(plain.warnings, []);
    const { warnings } = await tract.reorder([result.commitHash, answer.commitHash]);
    assert.deepEqual(
      (await tract.compile()).commitHashes,
      [result, answer, question, call].map((c) => c.commitHash),
    );
    const short = ({ commitHash }: { readonly commitHash: string }) => commitHash.slice(0, 8);
    assert.deepEqual(warnings, [
      `Answer ${short(answer)} now comes before its question ${short(question)}.`,
      `Tool result ${short(result)} now comes before its call ${short(call)}.`,
    ]);
  });

  it('§9.3: a tool result without an id belongs to the call before it', async () => {
    const tract = await openTract();
    const tool = (direction: string) =>
      tract.commit({ content_type: 'tool_io', tool_name: 'calc', direction, payload: { x: 1 } });
    const [call, result, otherCall, otherResult] = [
      await tool('call'),
      await tool('result'),
      await tool('call'),
      await tool('result'),
    ].map(({ commitHash }) => commitHash);
    const { warnings } = await tract.reorder([call ?? '', result ?? '', otherResult ?? '']);
    assert.deepEqual(warnings, [
      `Tool result ${otherResult?.slice(0, 8)} now comes before its call ${otherCall?.slice(0, 8)}.`,
    ]);
  });
});

import assert from 'node:assert/strict';
import {
  BranchExistsError,
  BranchNotFoundError,
  InvalidBranchNameError,
  UnmergedBranchError,
} from '../../../../src/library.js';
import { codeOf, failure, numbered, openTract } from '../support.js';

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

  it('§9.1: an empty tract has no branch to make, delete or rename; its list is empty', async () => {
    const tract = await openTract();
    assert.deepEqual(await tract.branches(), []);
    assert.equal(await codeOf(tract.branch('f')), 'NAVIGATION');
    assert.equal(await codeOf(tract.branch('f', { from: 'nowhere' })), 'COMMIT_NOT_FOUND');
    assert.equal(await codeOf(tract.deleteBranch('main')), 'BRANCH_NOT_FOUND');
    assert.equal(await codeOf(tract.renameBranch('main', 'trunk')), 'BRANCH_NOT_FOUND');
    assert.deepEqual([tract.head, await tract.branches()], [null, []]);
  });

  it('§9.1: unmerged: no other branch, tag or HEAD holds its commits; forced, they stay and can be checked out', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.branch('f');
    const lost = await tract.user('only on f');
    await tract.checkout('main');
    const error = await failure(tract.deleteBranch('f'));
    assert.ok(error instanceof UnmergedBranchError);
    assert.equal(error.commits, 1);
    assert.match(error.message, /^Branch 'f' has 1 commit that no other branch holds/);
    await tract.deleteBranch('f', { force: true });
    await tract.checkout(lost.commitHash);
    await tract.branch('again');
    await tract.checkout('main');
    await tract.branch('same', { from: 'again', checkout: false });
    await tract.deleteBranch('same');
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['again', 'main'],
    );
    assert.equal(tract.head, hashes[0]);
  });

  it('§9.1: a merged branch is deleted without force', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    await tract.user('on f');
    await tract.checkout('main');
    await tract.user('on main');
    await tract.merge('f');
    await tract.deleteBranch('f');
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['main'],
    );
  });

  it('§9.1: an unknown branch is named with those that are near; nothing changes', async () => {
    const { tract } = await numbered(1);
    await tract.branch('feature', { checkout: false });
    for (const call of [tract.deleteBranch('featrue'), tract.renameBranch('featrue', 'x'), tract.merge('featrue')]) {
      const error = await failure(call);
      assert.ok(error instanceof BranchNotFoundError);
      assert.equal(error.code, 'BRANCH_NOT_FOUND');
      assert.equal(error.message, "There is no branch named 'featrue'. Did you mean 'feature'?");
    }
    assert.equal((await tract.branches()).length, 2);
  });

  it('§9.1: a branch and a folder of branches cannot have one name', async () => {
    const { tract } = await numbered(1);
    await tract.branch('a/b', { checkout: false });
    for (const name of ['a', 'a/b/c'])
      assert.ok((await failure(tract.branch(name))) instanceof InvalidBranchNameError, name);
    await tract.renameBranch('a/b', 'a');
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['a', 'main'],
    );
  });

  it('§9.1: while detached a branch is made here, and the list counts from HEAD', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.checkout('HEAD~2');
    const [main] = await tract.branches();
    assert.deepEqual([main?.current, main?.ahead, main?.behind], [false, 2, 0]);
    assert.equal(await tract.branch('rescue'), hashes[0]);
    assert.deepEqual([tract.currentBranch, tract.isDetached], ['rescue', false]);
  });
});

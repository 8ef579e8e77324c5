import assert from 'node:assert/strict';
import {
  BranchExistsError,
  BranchNotFoundError,
  InvalidBranchNameError,
  UnmergedBranchError,
} from '../../../../src/library.js';
import { codeOf, failure, openTract } from '../support.js';

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

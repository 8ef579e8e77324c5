import assert from 'node:assert/strict';
import { CommitNotFoundError, InvalidTagNameError, TagNotFoundError } from '../../../../src/library.js';
import { failure, numbered, openTract } from '../support.js';

describe('tags (§9.5)', () => {
  it('§9.5: on any commit, many per commit, by name', async () => {
    const tract = await openTract();
    const one = await tract.user('one');
    const edit = await tract.edit(one.commitHash, { content_type: 'dialogue', role: 'user', text: 'ONE' });
    const note = await tract.annotate(one.commitHash, 'important');
    await tract.tag('b', one.commitHash);
    await tract.tag('a', one.commitHash);
    await tract.tag('edited', 'HEAD~1');
    await tract.tag('note');
    assert.deepEqual(await tract.tags(), [
      { name: 'a', commitHash: one.commitHash },
      { name: 'b', commitHash: one.commitHash },
      { name: 'edited', commitHash: edit.commitHash },
      { name: 'note', commitHash: note.commitHash },
    ]);
    assert.deepEqual(
      (await tract.log()).map(({ tags }) => tags),
      [['note'], ['edited'], ['a', 'b']],
    );
  });

  it('§9.5: movable labels; untag removes only the label', async () => {
    const tract = await openTract();
    const one = await tract.user('one');
    const two = await tract.user('two');
    await tract.tag('mark', one.commitHash);
    await tract.tag('mark', two.commitHash);
    assert.equal(await tract.resolveCommit('mark'), two.commitHash);
    await tract.untag('mark');
    assert.deepEqual(await tract.tags(), []);
    assert.equal(tract.head, two.commitHash);
    const error = await failure(tract.untag('mark'));
    assert.ok(error instanceof TagNotFoundError);
    assert.equal(error.code, 'TAG_NOT_FOUND');
  });

  it('Annex A: commit({tags}) makes the same tags; a bad one leaves no commit', async () => {
    const tract = await openTract();
    const { commitHash } = await tract.user('one', { tags: ['v1', 'first'] });
    assert.deepEqual(await tract.tags(), [
      { name: 'first', commitHash },
      { name: 'v1', commitHash },
    ]);
    assert.ok((await failure(tract.user('two', { tags: ['ok', 'not ok'] }))) instanceof InvalidTagNameError);
    assert.equal(tract.head, commitHash);
    assert.equal((await tract.tags()).length, 2);
  });

  for (const name of [
    '',
    'a b',
    'a..b',
    '-a',
    '/a',
    'a/',
    'a.lock',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a@{b',
    '@',
  ]) {
    it(`Annex A: git's ref name rules refuse ${JSON.stringify(name)}`, async () => {
      const tract = await openTract();
      await tract.user('one');
      const error = await failure(tract.tag(name));
      assert.ok(error instanceof InvalidTagNameError);
      assert.equal(error.code, 'INVALID_TAG_NAME');
      assert.deepEqual(await tract.tags(), []);
    });
  }

  it('§8: a tag on a ref that is not there is an error', async () => {
    const tract = await openTract();
    assert.ok((await failure(tract.tag('t'))) instanceof CommitNotFoundError);
    await tract.user('one');
    assert.ok((await failure(tract.tag('t', 'nowhere'))) instanceof CommitNotFoundError);
  });

  it('§9.5: a tag protects from GC, on a commit of no branch', async () => {
    let now = Date.UTC(2026, 0, 1);
    const tract = await openTract({ clock: () => new Date((now += 1_000)) });
    await tract.user('one');
    const lost = await tract.user('two', { tags: ['keep'] });
    await tract.reset('HEAD~1');
    await tract.reset('HEAD');
    now += 1_000 * 86_400_000;
    assert.deepEqual((await tract.gc({ olderThanDays: 1 })).removed, []);
    assert.equal(await tract.resolveCommit('keep'), lost.commitHash);
  });

  it('§9.5, §8: a tag may be named like a branch, which then goes first; by its full name it is found', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.tag('main', hashes[0]);
    assert.equal(await tract.resolveCommit('main'), hashes[1]);
    assert.equal(await tract.resolveCommit('refs/tags/main'), hashes[0]);
  });
});

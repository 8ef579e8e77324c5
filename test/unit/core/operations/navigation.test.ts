import assert from 'node:assert/strict';
import {
  AmbiguousPrefixError,
  CommitNotFoundError,
  DetachedHeadError,
  InvalidArgumentError,
  NavigationError,
  type Tract,
} from '../../../../src/library.js';
import { failure, openTract, texts } from '../support.js';

/** Messages `1` … `n` on main; their hashes. */
async function numbered(n: number, tract?: Tract): Promise<{ tract: Tract; hashes: string[] }> {
  const on = tract ?? (await openTract());
  const hashes: string[] = [];
  for (let i = 1; i <= n; i++) hashes.push((await on.user(String(i))).commitHash);
  return { tract: on, hashes };
}

describe('resolve (§8)', () => {
  it('§8: before the first commit head and branch are null and HEAD is not detached; the first commit makes main', async () => {
    const tract = await openTract();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [null, null, false]);
    const first = await tract.user('x');
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [first.commitHash, 'main', false]);
    const other = await openTract({ defaultBranch: 'trunk' });
    await other.user('x');
    assert.equal(other.currentBranch, 'trunk');
  });

  it('§8: HEAD, branches, tags, hashes, prefixes without case, ~n and ^', async () => {
    const { tract, hashes } = await numbered(4);
    const [h1, h2, h3, h4] = hashes;
    await tract.tag('v1', h2);
    const expected: Readonly<Record<string, string | undefined>> = {
      HEAD: h4,
      main: h4,
      v1: h2,
      'v1^': h1,
      'HEAD~': h3,
      'HEAD~1': h3,
      'HEAD^': h3,
      'HEAD~2': h2,
      'HEAD^^': h2,
      'HEAD~1^': h2,
      'HEAD~0': h4,
      'main~3': h1,
      [h2 ?? '']: h2,
      [(h2 ?? '').toUpperCase()]: h2,
      [(h3 ?? '').slice(0, 8)]: h3,
      [`${(h3 ?? '').slice(0, 8).toUpperCase()}~1`]: h2,
    };
    for (const [ref, hash] of Object.entries(expected)) assert.equal(await tract.resolveCommit(ref), hash, ref);
    for (const ref of ['HEAD~4', 'v1~2', 'HEAD^2', '%%%%', '____', 'f'.repeat(64), ''])
      assert.ok((await failure(tract.resolveCommit(ref))) instanceof CommitNotFoundError, ref);
  });

  it('§8: a branch goes before a tag of the same name, and both before a hash prefix', async () => {
    const { tract, hashes } = await numbered(3);
    const prefix = (hashes[2] ?? '').slice(0, 6);
    await tract.tag(prefix, hashes[0]);
    assert.equal(await tract.resolveCommit(prefix), hashes[0]);
    await tract.branch(prefix, { from: hashes[1] ?? '', checkout: false });
    assert.equal(await tract.resolveCommit(prefix), hashes[1]);
  });

  it('§8: a prefix under 4 digits has its own text', async () => {
    const { tract, hashes } = await numbered(1);
    const error = await failure(tract.resolveCommit((hashes[0] ?? '').slice(0, 3)));
    assert.equal(error.message, 'Commit hash prefix must be at least 4 characters');
  });

  it('§8: an ambiguous prefix names at most 5 candidates as `abcd1111abcd..., …`', async () => {
    const tract = await openTract();
    const seen = new Map<string, string[]>();
    let twins: string[] = [];
    await tract.batch(async (batch) => {
      for (let i = 0; twins.length < 2; i++) {
        const { commitHash } = await batch.user(String(i), { message: '' });
        const group = [...(seen.get(commitHash.slice(0, 4)) ?? []), commitHash];
        seen.set(commitHash.slice(0, 4), group);
        if (group.length === 2) twins = group;
      }
    });
    const prefix = (twins[0] ?? '').slice(0, 4);
    const error = await failure(tract.resolveCommit(prefix));
    assert.ok(error instanceof AmbiguousPrefixError);
    const [a, b] = [...twins].sort().map((hash) => `${hash.slice(0, 12)}...`);
    assert.equal(error.message, `Ambiguous prefix '${prefix}'. Matches: ${a}, ${b}`);
    assert.deepEqual(error.candidates, [...twins].sort());
  });

  it('§8: an unknown ref names the closest ones', async () => {
    const { tract } = await numbered(1);
    await tract.branch('feature', { checkout: false });
    const error = await failure(tract.resolveCommit('featrue'));
    assert.ok(error instanceof CommitNotFoundError);
    assert.deepEqual(error.closest, ['feature']);
    assert.match(error.message, /feature/);
  });
});

describe('reset (§8)', () => {
  it('§8: sets ORIG_HEAD and PREV_HEAD and moves the branch; commits stay', async () => {
    const { tract, hashes } = await numbered(3);
    assert.equal(await tract.reset('HEAD~2', { mode: 'hard' }), hashes[0]);
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[0], 'main']);
    assert.equal(await tract.resolveCommit('ORIG_HEAD'), hashes[2]);
    assert.equal(await tract.resolveCommit('PREV_HEAD'), hashes[2]);
    await tract.reset('ORIG_HEAD');
    assert.deepEqual(texts(await tract.compile()), ['1', '2', '3']);
  });

  it('§8: without commits `No commits to reset from`; another mode or unknown target moves nothing', async () => {
    assert.equal((await failure((await openTract()).reset('HEAD'))).message, 'No commits to reset from');
    const { tract, hashes } = await numbered(2);
    assert.ok((await failure(tract.reset('HEAD~1', { mode: 'mixed' as 'soft' }))) instanceof InvalidArgumentError);
    assert.ok((await failure(tract.reset('nowhere'))) instanceof CommitNotFoundError);
    assert.equal(tract.head, hashes[1]);
    await assert.rejects(tract.resolveCommit('ORIG_HEAD'), CommitNotFoundError);
  });

  it('§8: while detached, HEAD alone moves', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.checkout('HEAD~1');
    await tract.reset(hashes[0] ?? '');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    assert.equal(await tract.resolveCommit('main'), hashes[2]);
  });
});

describe('checkout (§8)', () => {
  it('§8: a branch attaches, anything else detaches, `-` goes back attached and toggles', async () => {
    const { tract, hashes } = await numbered(2);
    assert.equal((await failure(tract.checkout('-'))).message, 'No previous position');
    await tract.checkout(hashes[0] ?? '');
    assert.deepEqual([tract.head, tract.isDetached, tract.currentBranch], [hashes[0], true, null]);
    await tract.checkout('-');
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[1], 'main']);
    await tract.checkout('-');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[0], true]);
    await tract.checkout('main');
    assert.equal(tract.currentBranch, 'main');
  });

  it('§8: `-` follows the branch to where it stands now', async () => {
    const { tract } = await numbered(1);
    await tract.branch('f');
    const onF = await tract.user('f');
    await tract.checkout('main');
    await tract.checkout('-');
    assert.deepEqual([tract.currentBranch, tract.head], ['f', onF.commitHash]);
  });

  it('§8: `-` to a deleted branch is an error and nothing moves; a failed checkout keeps PREV_HEAD', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.branch('f');
    await tract.checkout('main');
    await tract.deleteBranch('f');
    assert.ok((await failure(tract.checkout('-'))) instanceof CommitNotFoundError);
    assert.deepEqual([tract.head, tract.currentBranch], [hashes[1], 'main']);
    await failure(tract.checkout('nowhere'));
    assert.equal(await tract.resolveCommit('PREV_HEAD'), hashes[1]);
  });

  it('§8, B.6: while detached writing is refused with the way back; branch, tag, undo, usage and reset work', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.checkout('HEAD~1');
    const target = hashes[0] ?? '';
    const refused = [
      () => tract.user('x'),
      () => tract.edit(target, { content_type: 'output', text: 'x' }),
      () => tract.annotate(target, 'skip'),
      () => tract.compress({ text: 'x' }),
      () => tract.slidingWindow(0, { text: 'x' }),
      () => tract.merge('main'),
      () => tract.rebase('main'),
      () => tract.importCommit(hashes[1] ?? ''),
      () => tract.reorder([target]),
      () => tract.restore(target, 0),
      () => tract.expand(target),
      () => tract.generate({ model: { id: 'm', send: () => assert.fail('sent') } }),
      () => tract.chat('x', { model: { id: 'm', send: () => assert.fail('sent') } }),
      // Without a model as well: what stands in the way is told first.
      () => tract.generate(),
      () => tract.chat('x'),
      // No model is asked for what cannot be committed.
      () => tract.merge('main', { strategy: 'semantic', model: { id: 'm', send: () => assert.fail('sent') } }),
      () => tract.collapse(tract, { model: { id: 'm', send: () => assert.fail('sent') } }),
    ];
    for (const write of refused) {
      const error = await failure(write());
      assert.ok(error instanceof DetachedHeadError, `${write.toString()}: ${error.message}`);
      assert.match(error.message, /checkout|Check out/);
    }
    assert.equal((await tract.compileRecords()).length, 0);
    await tract.tag('t');
    await tract.recordUsage({ prompt_tokens: 1, completion_tokens: 1 });
    await tract.branch('rescue');
    assert.equal(tract.currentBranch, 'rescue');
    await tract.undo();
    assert.equal(tract.isDetached, true);
  });
});

describe('undo and redo (§8)', () => {
  it('§8: steps back one commit at a time, forward again, and a new move clears redo', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.undo();
    await tract.undo();
    assert.equal(tract.head, hashes[0]);
    await tract.redo();
    assert.equal(tract.head, hashes[1]);
    await tract.redo();
    assert.equal(tract.head, hashes[2]);
    assert.ok((await failure(tract.redo())) instanceof NavigationError);
    await tract.undo();
    await tract.user('new');
    assert.equal((await failure(tract.redo())).message, 'Nothing to redo');
    await tract.undo();
    await tract.undo();
    await tract.undo();
    assert.equal(tract.head, null);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
    await tract.redo();
    assert.equal(tract.head, hashes[0]);
  });

  it('§8: the first commit is undone as well: no head, no branch, not detached; and done again', async () => {
    const { tract, hashes } = await numbered(1);
    await tract.undo();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [null, null, false]);
    assert.deepEqual(await tract.branches(), []);
    assert.equal((await failure(tract.undo())).message, 'Nothing to undo');
    await tract.redo();
    assert.deepEqual([tract.head, tract.currentBranch, tract.isDetached], [hashes[0], 'main', false]);
  });

  it('§8: any past position can be checked out, one that no ref names included', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.reset('HEAD~2', { mode: 'hard' });
    await tract.user('elsewhere');
    await tract.undo();
    await tract.undo();
    await tract.undo();
    await tract.checkout(hashes[2] ?? '');
    assert.deepEqual([tract.head, tract.isDetached], [hashes[2], true]);
    assert.equal((await tract.compile()).commitCount, 3);
  });

  it('§8: undo after undo, redo and undo steps on, past what was redone', async () => {
    const { tract, hashes } = await numbered(4);
    for (const step of ['undo', 'redo', 'undo', 'undo', 'redo', 'undo', 'undo'] as const) await tract[step]();
    assert.equal(tract.head, hashes[0]);
    for (let i = 0; i < 3; i++) await tract.redo();
    assert.equal(tract.head, hashes[3]);
  });

  it('§8: merge, rebase (tags included), compress with several groups and branch-with-checkout are one entry each', async () => {
    const { tract } = await numbered(1);
    const pinned = await tract.system('pinned');
    await tract.user('some words to compress');
    const before = tract.head;
    await tract.compress({ text: ['a', 'b'] }).catch(() => undefined);
    await tract.reset(before ?? '');
    await tract.annotate(pinned.commitHash, 'pinned');
    const annotated = tract.head;
    await tract.branch('f');
    await tract.undo();
    assert.deepEqual([tract.currentBranch, (await tract.branches()).length], ['main', 1]);
    await tract.redo();
    await tract.user('on f');
    await tract.tag('mark');
    const tip = tract.head;
    await tract.checkout('main');
    await tract.user('on main');
    await tract.checkout('f');
    await tract.rebase('main');
    assert.notEqual(await tract.resolveCommit('mark'), tip);
    await tract.undo();
    assert.deepEqual([tract.head, await tract.resolveCommit('mark')], [tip, tip]);
    await tract.checkout('main');
    await tract.merge('f');
    await tract.undo();
    assert.deepEqual(texts(await tract.compile()).at(-1), 'on main');
    assert.ok(annotated);
  });

  it('§8: works after export and import: an imported tract undoes what the original would', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { Tract } = await import('../../../../src/library.js');
    const folder = await mkdtemp('/tmp/tract-undo-');
    const { tract, hashes } = await numbered(3);
    await tract.undo();
    await tract.redo();
    await tract.undo();
    await tract.exportTo(`${folder}/t`);
    const imported = await Tract.importFrom(`${folder}/t`, { verifyCache: true });
    await imported.redo();
    assert.equal(imported.head, hashes[2]);
    await imported.undo();
    await imported.undo();
    assert.equal(imported.head, hashes[0]);
    await rm(folder, { recursive: true });
  });
});

describe('status (§8)', () => {
  it('§8: `main @ 08e33a3e | 2 commits | 16/100 (16%) tokens`', async () => {
    const tract = await openTract({ budget: { maxTokens: 100 } });
    await tract.system('You are helpful.');
    const second = await tract.user('Hi');
    const status = await tract.status();
    assert.equal(status.text, `main @ ${second.commitHash.slice(0, 8)} | 2 commits | 16/100 (16%) tokens`);
    assert.deepEqual(
      [status.head, status.branch, status.detached, status.commitCount, status.tokenCount, status.tokenSource],
      [second.commitHash, 'main', false, 2, 16, 'tiktoken:o200k_base'],
    );
    assert.equal(status.budget?.maxTokens, 100);
    assert.deepEqual(
      status.recent.map(({ message, createdAt }) => [message, createdAt.slice(0, 4)]),
      [
        ['Hi', '2026'],
        ['You are helpful.', '2026'],
      ],
    );
  });

  it('§8: says so while detached, and before the first commit', async () => {
    const { tract, hashes } = await numbered(2);
    await tract.checkout('HEAD~1');
    const { text, branch, detached } = await tract.status();
    assert.deepEqual([branch, detached], [null, true]);
    assert.equal(text, `HEAD (detached) @ ${hashes[0]?.slice(0, 8)} | 1 commit | 8 tokens`);
    assert.equal((await (await openTract()).status()).text, 'No commits yet | 0 commits | 0 tokens');
  });

  it('§8: the last 3 commits; of an empty tract nothing', async () => {
    const { tract } = await numbered(5);
    assert.deepEqual(
      (await tract.status()).recent.map(({ message }) => message),
      ['5', '4', '3'],
    );
    const empty = await (await openTract()).status();
    assert.deepEqual(
      [empty.head, empty.branch, empty.detached, empty.commitCount, empty.tokenCount, empty.tokenSource],
      [null, null, false, 0, 0, ''],
    );
  });
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIn } from '../../../src/ops/node/git.js';
import { openOps } from '../../../src/ops/node/open-ops.js';
import type { PendingReason } from '../../../src/ops/pending-reason.js';
import { gitOps, recordOp, RESET, TestRepository, useTemporaryFolders } from './support.js';

describe('§13 when nothing may be committed', function () {
  this.slow(2000);
  const temporary = useTemporaryFolders();

  /** `main` and `other` change the same line; `other~1` and `main~1` do not conflict with anything. */
  function diverged(): TestRepository {
    const repository = TestRepository.create(temporary());
    repository.git('checkout', '-qb', 'other');
    repository.write('b.txt', 'b on other\n');
    repository.git('commit', '-qam', 'Other b');
    repository.write('a.txt', 'a on other\n');
    repository.git('commit', '-qam', 'Other a');
    repository.git('checkout', '-q', 'main');
    repository.write('c.txt', 'c on main\n');
    repository.git('commit', '-qam', 'Main c');
    repository.write('a.txt', 'a on main\n');
    repository.git('commit', '-qam', 'Main a');
    return repository;
  }

  /** Two ops stay pending with this reason, said once, with HEAD, index bytes, status and files untouched. */
  async function refuses(repository: TestRepository, reason: PendingReason, finish?: () => void): Promise<void> {
    const before = { ...repository.state(), bytes: repository.indexBytes(), head: repository.git('rev-parse', 'HEAD') };
    const { ops, notices } = gitOps(repository.directory, { protectedBranches: ['release/*', 'trunk'] });
    const ids = [await recordOp(ops), await recordOp(ops)];
    await ops.retry();
    const after = { ...repository.state(), bytes: repository.indexBytes(), head: repository.git('rev-parse', 'HEAD') };
    assert.deepEqual(after, before);
    assert.deepEqual(
      (await ops.pending()).map((op) => [op.opId, op.reason, op.path]),
      ids.map((id) => [id, reason, repository.path('tract-ops', `${id}.jsonl`)]),
    );
    const listed = (await ops.list()).filter(({ pending }) => pending).map(({ opId, outcome }) => [opId, outcome]);
    assert.deepEqual(listed, ids.map((id) => [id, 'done']).reverse());
    assert.deepEqual(
      notices.map((notice) => notice.reason),
      [reason],
    );
    assert.match(notices[0]?.message ?? '', /^The operation record waits: .+ Nothing is lost\.$/);
    if (finish === undefined) return;
    finish();
    await ops.retry();
    assert.deepEqual(await ops.pending(), []);
    assert.deepEqual(
      repository.subjects().slice(0, 2),
      ids.map((id) => `op(reset): demo [${id.slice(0, 8)}]`).reverse(),
    );
  }

  it('a merge with conflicts, and committed when it is aborted', async () => {
    const repository = diverged();
    repository.tryGit('merge', 'other');
    await refuses(repository, 'merge', () => repository.git('merge', '--abort'));
  });

  it('a merge that waits for its commit', async () => {
    const repository = diverged();
    repository.git('merge', '-q', '--no-commit', '--no-ff', 'other~1');
    await refuses(repository, 'merge', () => repository.git('commit', '-qm', 'Merged'));
  });

  it('a rebase with conflicts', async () => {
    const repository = diverged();
    repository.tryGit('rebase', 'other');
    await refuses(repository, 'rebase', () => repository.git('rebase', '--abort'));
  });

  it('a rebase that stopped for an edit, and am', async () => {
    const repository = diverged();
    repository.git('-c', 'sequence.editor=sed -i s/^pick/edit/', 'rebase', '-q', '-i', 'HEAD~1');
    await refuses(repository, 'rebase', () => repository.git('rebase', '--abort'));
    const patch = repository.git('format-patch', '-1', '--stdout', 'other');
    writeFileSync(join(repository.gitDir(), 'patch'), patch);
    repository.tryGit('am', join(repository.gitDir(), 'patch'));
    await refuses(repository, 'rebase', () => repository.git('am', '--abort'));
  });

  it('a cherry-pick with conflicts, and one of several commits', async () => {
    const repository = diverged();
    repository.tryGit('cherry-pick', 'other');
    await refuses(repository, 'cherry-pick', () => repository.git('cherry-pick', '--abort'));
    repository.tryGit('cherry-pick', 'other~1', 'other');
    repository.git('checkout', '-q', '--ours', 'a.txt');
    repository.git('add', 'a.txt');
    await refuses(repository, 'cherry-pick');
  });

  it('a revert with conflicts', async () => {
    const repository = diverged();
    repository.write('c.txt', 'c again\n');
    repository.git('commit', '-qam', 'Again');
    repository.tryGit('revert', '--no-edit', 'HEAD~2');
    await refuses(repository, 'revert', () => repository.git('revert', '--abort'));
  });

  it('a bisect', async () => {
    const repository = diverged();
    repository.git('bisect', 'start');
    await refuses(repository, 'bisect', () => repository.git('bisect', 'reset'));
    repository.git('bisect', 'start', 'HEAD', 'HEAD~2');
    await refuses(repository, 'bisect', () => repository.git('bisect', 'reset'));
  });

  it('a message that git keeps for the person (merge --squash) is not thrown away', async () => {
    const repository = diverged();
    repository.git('merge', '-q', '--squash', 'other~1');
    assert.match(repository.read('.git/SQUASH_MSG'), /Other b/);
    await refuses(repository, 'prepared-message', () => repository.git('reset', '-q', '--hard'));
  });

  it('nor that of a cherry-pick -n', async () => {
    const repository = diverged();
    repository.git('cherry-pick', '-n', 'other~1');
    await refuses(repository, 'prepared-message', () =>
      repository.git('commit', '-q', '--allow-empty', '-m', 'Picked'),
    );
  });

  it('conflicts left by a stash', async () => {
    const repository = TestRepository.create(temporary());
    repository.write('a.txt', 'stashed\n');
    repository.git('stash', '-q');
    repository.write('a.txt', 'committed\n');
    repository.git('commit', '-qam', 'Other');
    repository.tryGit('stash', 'pop');
    await refuses(repository, 'unmerged', () => repository.git('checkout', '-q', 'HEAD', '--', 'a.txt'));
  });

  it('detached HEAD', async () => {
    const repository = diverged();
    repository.git('checkout', '-q', '--detach');
    await refuses(repository, 'detached', () => repository.git('checkout', '-q', 'main'));
  });

  it('a protected branch, by name and by glob', async () => {
    const repository = TestRepository.create(temporary());
    repository.git('checkout', '-qb', 'release/1.0');
    await refuses(repository, 'protected', () => repository.git('checkout', '-qb', 'feature/release/1.0'));
    repository.git('checkout', '-qb', 'trunk');
    await refuses(repository, 'protected', () => repository.git('checkout', '-qb', 'trunk2'));
    // A tag of the same name makes git's short branch name ambiguous.
    repository.git('tag', 'trunk');
    repository.git('checkout', '-q', 'trunk', '--');
    await refuses(repository, 'protected');
  });

  it('a protected unborn branch', async () => {
    const repository = TestRepository.unborn(temporary());
    const { ops } = gitOps(repository.directory, { protectedBranches: ['ma*'] });
    await recordOp(ops);
    assert.deepEqual(
      (await ops.pending()).map(({ reason }) => reason),
      ['protected'],
    );
    assert.equal(repository.git('rev-list', '--all'), '');
  });

  it('an ignored folder: by .gitignore, info/exclude, and by extension', async () => {
    for (const [file, pattern] of [
      ['.gitignore', 'tract-ops/'],
      ['.git/info/exclude', '/tract-ops'],
      ['.gitignore', '*.jsonl'],
    ] as const) {
      const repository = TestRepository.create(temporary());
      repository.write(file, `${pattern}\n`);
      await refuses(repository, 'ignored', () => {
        repository.write(file, '');
      });
    }
  });

  it('a held index.lock: retried for a moment, then pending, and the lock stays', async () => {
    const repository = TestRepository.create(temporary());
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    const lock = join(repository.gitDir(), 'index.lock');
    writeFileSync(lock, '');
    const before = { ...repository.state(), bytes: repository.indexBytes() };
    const { ops } = gitOps(repository.directory);
    const started = performance.now();
    const opId = await ops.begin(RESET);
    await ops.complete(opId, { outcome: 'done' });
    assert.ok(performance.now() - started < 1000, 'the operation did not wait for git');
    await ops.idle();
    assert.deepEqual(
      (await ops.pending()).map(({ reason }) => reason),
      ['locked'],
    );
    assert.deepEqual({ ...repository.state(), bytes: repository.indexBytes() }, before);
    assert.equal(existsSync(lock), true);
  });

  it('no repository: skipped without noise, nothing pending', async () => {
    const directory = temporary();
    const { ops, notices } = gitOps(directory);
    await recordOp(ops);
    assert.deepEqual(await ops.pending(), []);
    assert.deepEqual(notices, []);
    assert.equal((await ops.list()).length, 1);
    // A repository made later takes the records when they are opened again.
    const repository = TestRepository.unborn(directory);
    const again = gitOps(directory);
    await again.ops.idle();
    assert.equal(repository.subjects().length, 1);
  });

  it('a bare repository and the inside of .git are no place for commits', async () => {
    const repository = TestRepository.create(temporary());
    const { ops, notices } = gitOps(repository.path('.git'));
    await recordOp(ops);
    assert.deepEqual([await ops.pending(), notices], [[], []]);
    assert.equal(repository.subjects().length, 1);
  });

  it('no git to run: pending, said once, the operation unharmed', async () => {
    const repository = TestRepository.create(temporary());
    for (const gitPath of ['/nonexistent/git', 'no-such-git-anywhere']) {
      const { ops, notices } = gitOps(repository.directory, { gitPath });
      await recordOp(ops);
      await recordOp(ops);
      assert.deepEqual(new Set((await ops.pending()).map(({ reason }) => reason)), new Set(['git-missing']));
      assert.deepEqual(
        notices.map(({ reason }) => reason),
        ['git-missing'],
      );
    }
    assert.equal(repository.subjects().length, 1);
  });

  it('a git that always fails never rejects', async () => {
    const repository = TestRepository.create(temporary());
    mkdirSync(repository.path('bin'));
    writeFileSync(repository.path('bin', 'git'), '#!/bin/sh\necho boom >&2\nexit 3\n');
    chmodSync(repository.path('bin', 'git'), 0o755);
    const { ops } = gitOps(repository.directory, { gitPath: repository.path('bin', 'git') });
    await recordOp(ops);
    assert.deepEqual(
      (await ops.pending()).map(({ reason }) => reason),
      ['git-failed'],
    );
  });

  it('a git that hangs, with a child that holds its pipes, is stopped after its time', async () => {
    const directory = temporary();
    const script = join(directory, 'git');
    writeFileSync(script, '#!/bin/sh\necho started\nsleep 30\n');
    chmodSync(script, 0o755);
    const git = gitIn(directory, script, { reads: 100, writes: 200, kill: 100 });
    const started = performance.now();
    const [read, write] = await Promise.all([git(['status']), git(['commit'], { writes: true })]);
    assert.ok(performance.now() - started < 5000);
    assert.deepEqual([read.ok, read.code, read.missing, write.ok], [false, null, false, false]);
  });

  it('off means off: with store no file and no folder, with files no commit', async () => {
    const repository = TestRepository.create(temporary());
    const store = openOps({ directory: repository.directory, durability: 'store' });
    await recordOp(store);
    await store.retry();
    assert.deepEqual(await store.closeStale({ olderThanHours: 0 }), []);
    assert.equal(existsSync(repository.path('tract-ops')), false);
    const files = openOps({ directory: repository.directory, durability: 'files' });
    await recordOp(files);
    await files.retry();
    assert.deepEqual(await files.pending(), []);
    assert.equal(repository.subjects().length, 1);
    assert.equal(repository.git('diff', '--cached', '--name-only'), '');
  });
});

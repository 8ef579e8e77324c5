import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gitOps, recordOp, TestRepository, useTemporaryFolders } from './support.js';

describe('§13 repositories as people have them', function () {
  this.slow(2000);
  const temporary = useTemporaryFolders();
  const create = (): TestRepository => TestRepository.create(temporary());

  it('a sub-folder with spaces and Unicode', async () => {
    const repository = create();
    const folder = 'sub folder/日本 ü [x]*?';
    mkdirSync(repository.path(folder), { recursive: true });
    const before = repository.state();
    const { ops } = gitOps(repository.path(folder));
    const opId = await recordOp(ops);
    assert.deepEqual(
      repository.lastCommitted(),
      ['.gitattributes', '.gitignore', `${opId}.jsonl`].map((name) => `${folder}/tract-ops/${name}`),
    );
    assert.deepEqual(repository.state(), before);
    assert.equal(repository.git('status', '--porcelain=v2', '--untracked-files=all'), '');
  });

  it('two folders of one repository at once (multi-root)', async () => {
    const repository = create();
    mkdirSync(repository.path('one'));
    mkdirSync(repository.path('two'));
    const one = gitOps(repository.path('one')).ops;
    const two = gitOps(repository.path('two')).ops;
    await Promise.all([1, 2, 3].flatMap(() => [recordOp(one), recordOp(two)]));
    assert.equal(repository.subjects().length, 7);
    assert.equal(repository.git('status', '--porcelain=v2', '--untracked-files=all'), '');
  });

  it('a linked worktree: the commit goes to its branch, a merge in the main one does not matter', async () => {
    const repository = create();
    const linked = join(temporary(), 'linked tree');
    repository.git('worktree', 'add', '-q', '-b', 'side', linked);
    repository.write('a.txt', 'main\n');
    repository.git('commit', '-qam', 'Main');
    const worktree = new TestRepository(linked);
    worktree.write('a.txt', 'side\n');
    worktree.git('commit', '-qam', 'Side');
    repository.tryGit('merge', 'side');
    const before = { main: repository.state(), side: worktree.state(), bytes: repository.indexBytes() };
    const { ops } = gitOps(linked);
    const opId = await recordOp(ops);
    assert.deepEqual({ main: repository.state(), side: worktree.state(), bytes: repository.indexBytes() }, before);
    assert.equal(worktree.subjects('side')[0], `op(reset): demo [${opId.slice(0, 8)}]`);
    assert.equal(repository.subjects('main')[0], 'Main');
    // The other way round: unfinished in the linked one only.
    repository.git('merge', '--abort');
    worktree.tryGit('merge', 'main');
    const second = gitOps(linked).ops;
    await recordOp(second);
    assert.deepEqual(
      (await second.pending()).map(({ reason }) => reason),
      ['merge'],
    );
    await recordOp(gitOps(repository.directory).ops);
    assert.match(repository.subjects('main')[0] ?? '', /^op\(reset\)/);
  });

  it('a submodule: its own history, the outer repository untouched', async () => {
    const library = create();
    const outer = create();
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.directory, 'lib');
    outer.git('commit', '-qm', 'Submodule');
    const submodule = new TestRepository(outer.path('lib'));
    submodule.git('config', 'user.name', 'Ann');
    submodule.git('config', 'user.email', 'ann@example.org');
    const before = { index: outer.indexBytes(), head: outer.git('rev-parse', 'HEAD') };
    const opId = await recordOp(gitOps(submodule.directory).ops);
    assert.equal(submodule.subjects()[0], `op(reset): demo [${opId.slice(0, 8)}]`);
    assert.deepEqual({ index: outer.indexBytes(), head: outer.git('rev-parse', 'HEAD') }, before);
    // Updated submodules stand on no branch.
    submodule.git('checkout', '-q', '--detach');
    const { ops } = gitOps(submodule.directory);
    await recordOp(ops);
    assert.deepEqual(
      (await ops.pending()).map(({ reason }) => reason),
      ['detached'],
    );
    // In the outer repository, beside a changed submodule.
    const state = outer.git('submodule', 'status');
    await recordOp(gitOps(outer.directory).ops);
    assert.equal(outer.git('submodule', 'status'), state);
    assert.equal(outer.lastCommitted().includes('lib'), false);
  });

  it('a workspace folder reached through a link', async () => {
    const repository = create();
    const link = join(temporary(), 'link');
    symlinkSync(repository.directory, link);
    const before = repository.state();
    await recordOp(gitOps(link).ops);
    assert.equal(repository.subjects().length, 2);
    assert.deepEqual(repository.state(), before);
  });

  for (const cone of [true, false]) {
    for (const sparseIndex of cone ? [true, false] : [false]) {
      it(`a sparse checkout (cone ${String(cone)}, sparse index ${String(sparseIndex)})`, async () => {
        const repository = create();
        for (const folder of ['in', 'out']) repository.write(`${folder}/deep/x.txt`, `${folder}\n`);
        repository.git('add', '.');
        repository.git('commit', '-qm', 'Folders');
        repository.git(
          'sparse-checkout',
          'set',
          cone ? '--cone' : '--no-cone',
          ...(sparseIndex ? ['--sparse-index'] : []),
          'in',
        );
        repository.write('in/deep/x.txt', 'staged\n');
        repository.git('add', 'in');
        const before = repository.state();
        mkdirSync(repository.path('work'));
        // A folder outside of what is checked out.
        const { ops } = gitOps(repository.path('work'));
        await recordOp(ops);
        await recordOp(ops);
        assert.equal(repository.subjects().length, 4);
        assert.equal(repository.git('show', 'HEAD:out/deep/x.txt'), 'out\n');
        const after = repository.state();
        assert.deepEqual([after.status, after.worktree], [before.status, before.worktree]);
        assert.equal(repository.git('diff', '--cached', '--name-only').trim(), 'in/deep/x.txt');
      });
    }
  }

  it('records come back byte for byte after git checkout, whatever autocrlf and attributes say', async () => {
    for (const settings of [
      ['core.autocrlf', 'true'],
      ['core.autocrlf', 'input'],
      ['core.eol', 'crlf'],
    ] as const) {
      const repository = create();
      repository.write('.gitattributes', '* text=auto\n*.jsonl text eol=crlf\n');
      repository.git('add', '.');
      repository.git('commit', '-qm', 'Attributes');
      repository.git('config', ...settings);
      repository.git('config', 'core.safecrlf', 'true');
      const before = repository.state();
      const { ops } = gitOps(repository.directory);
      const opId = await recordOp(ops);
      assert.deepEqual(await ops.pending(), []);
      assert.deepEqual(repository.state(), before);
      const file = `tract-ops/${opId}.jsonl`;
      const bytes = repository.read(file);
      assert.equal(bytes.includes('\r'), false);
      rmSync(repository.path('tract-ops'), { recursive: true });
      repository.git('checkout', '--', 'tract-ops');
      assert.equal(repository.read(file), bytes);
      // A record with CRLF, written by somebody else, keeps its bytes too.
      await ops.link(opId, { kind: 'artifact', ref: 'a.txt' });
      await ops.idle();
      assert.equal(repository.git('status', '--porcelain=v2'), '');
    }
  });
});

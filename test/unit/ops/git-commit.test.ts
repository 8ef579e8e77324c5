import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitOps, recordOp, TestRepository, useTemporaryFolders } from './support.js';

describe('§13 an op is a commit of exactly its file', function () {
  this.slow(2000);
  const temporary = useTemporaryFolders();
  const create = (): TestRepository => TestRepository.create(temporary());

  /** Records one op and asserts that a commit was made and nothing of the person's changed. */
  async function recordsQuietly(repository: TestRepository): Promise<string> {
    const before = repository.state();
    const { ops, notices } = gitOps(repository.directory);
    const opId = await recordOp(ops);
    assert.deepEqual(repository.state(), before);
    assert.deepEqual(notices, []);
    assert.deepEqual(await ops.pending(), []);
    assert.equal(repository.subjects()[0], `op(reset): demo [${opId.slice(0, 8)}]`);
    return opId;
  }

  it('message, trailer, author; the first commit adds .gitattributes and .gitignore, the next only the file', async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const first = await recordOp(ops, 'generate');
    assert.equal(
      repository.git('log', '-1', '--format=%B').trimEnd(),
      `op(generate): demo [${first.slice(0, 8)}]\n\nOp-Id: ${first}`,
    );
    assert.equal(repository.git('log', '-1', '--format=%(trailers:key=Op-Id,valueonly)').trim(), first);
    assert.equal(repository.git('log', '-1', '--format=%an <%ae> %cn').trim(), 'Ann <ann@example.org> Ann');
    assert.deepEqual(repository.lastCommitted(), [
      'tract-ops/.gitattributes',
      'tract-ops/.gitignore',
      `tract-ops/${first}.jsonl`,
    ]);
    assert.equal(repository.git('show', 'HEAD:tract-ops/.gitattributes'), '*.jsonl -text\n');
    assert.equal(
      repository.git('show', 'HEAD:tract-ops/.gitignore'),
      'ops-index.jsonl\nlifecycle.jsonl\npropagation-errors.jsonl\n',
    );
    const second = await recordOp(ops);
    assert.deepEqual(repository.lastCommitted(), [`tract-ops/${second}.jsonl`]);
    assert.equal(
      repository.git('show', `HEAD:tract-ops/${second}.jsonl`),
      repository.read(`tract-ops/${second}.jsonl`),
    );
    assert.equal(repository.git('status', '--porcelain=v2', '--untracked-files=all'), '');
    assert.equal(repository.git('fsck', '--strict'), '');
  });

  it('status as a whole is the same before and after', async () => {
    const repository = create();
    repository.write('a.txt', 'changed\n');
    repository.write('new.txt', 'new\n');
    const status = (): string =>
      repository.git('--no-optional-locks', 'status', '--porcelain=v2', '--untracked-files=all');
    const before = status();
    await recordOp(gitOps(repository.directory).ops);
    assert.equal(status(), before);
  });

  it('staged, partly staged, deleted, renamed, moved to exec and untracked files stay as they were', async () => {
    const repository = create();
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    repository.write('a.txt', 'staged\nand more\n');
    repository.git('rm', '-q', '--cached', 'b.txt');
    repository.git('mv', 'c.txt', 'd.txt');
    chmodSync(repository.path('d.txt'), 0o755);
    repository.write('untracked.txt', 'x\n');
    repository.write('added.txt', 'y\n');
    repository.git('add', 'added.txt');
    await recordsQuietly(repository);
    assert.deepEqual(repository.git('diff', '--cached', '--name-status').trim().split('\n'), [
      'M\ta.txt',
      'A\tadded.txt',
      'D\tb.txt',
      'R100\tc.txt\td.txt',
    ]);
    assert.equal(repository.git('show', ':a.txt'), 'staged\n');
  });

  it('hunks staged with add -p stay staged', async () => {
    const repository = create();
    repository.write('a.txt', 'A1\na2\nA3\n');
    const blob = join(repository.directory, '.git', 'half');
    writeFileSync(blob, 'A1\na2\na3\n');
    const hash = repository.git('hash-object', '-w', blob).trim();
    repository.git('update-index', '--cacheinfo', `100644,${hash},a.txt`);
    await recordsQuietly(repository);
    assert.equal(repository.git('show', ':a.txt'), 'A1\na2\na3\n');
  });

  it('intent-to-add entries stay', async () => {
    const repository = create();
    repository.write('soon.txt', 'soon\n');
    repository.git('add', '--intent-to-add', 'soon.txt');
    await recordsQuietly(repository);
    assert.equal(repository.git('diff', '--name-status').trim(), 'A\tsoon.txt');
    assert.equal(repository.git('diff', '--cached', '--name-status'), '');
  });

  it('assume-unchanged and skip-worktree entries stay', async () => {
    const repository = create();
    repository.git('update-index', '--assume-unchanged', 'a.txt');
    repository.git('update-index', '--skip-worktree', 'b.txt');
    repository.write('a.txt', 'mine\n');
    repository.write('b.txt', 'mine\n');
    await recordsQuietly(repository);
    assert.deepEqual(repository.git('ls-files', '-v', 'a.txt', 'b.txt').trim().split('\n'), ['h a.txt', 'S b.txt']);
  });

  it('stashes, a commit message draft and ORIG_HEAD stay', async () => {
    const repository = create();
    repository.write('a.txt', 'stashed\n');
    repository.git('stash', '-q');
    writeFileSync(join(repository.gitDir(), 'COMMIT_EDITMSG'), 'My long draft\n\nwith a body\n');
    repository.git('reset', '-q', '--soft', 'HEAD');
    const original = repository.git('rev-parse', 'ORIG_HEAD');
    await recordsQuietly(repository);
    assert.equal(repository.git('rev-parse', 'ORIG_HEAD'), original);
  });

  it('a split index, an untracked cache and version 4 stay usable', async () => {
    const repository = create();
    repository.git('update-index', '--index-version', '4');
    repository.git('config', 'core.untrackedCache', 'true');
    repository.git('update-index', '--split-index', '--untracked-cache');
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    repository.git('status');
    await recordsQuietly(repository);
  });

  it('no hook runs: each would fail, and none is even started', async () => {
    const repository = create();
    const hooks = [
      'pre-commit',
      'prepare-commit-msg',
      'commit-msg',
      'post-commit',
      'post-index-change',
      'reference-transaction',
      'post-rewrite',
      'pre-auto-gc',
    ];
    const ran = repository.path('hook-ran');
    for (const hook of hooks) {
      writeFileSync(join(repository.gitDir(), 'hooks', hook), `#!/bin/sh\necho ${hook} >> '${ran}'\nexit 1\n`, {
        mode: 0o755,
      });
    }
    await recordsQuietly(repository);
    assert.equal(existsSync(ran), false);
  });

  it('hooks of core.hooksPath and a failing fsmonitor do not run either', async () => {
    const repository = create();
    const ran = repository.path('hook-ran');
    mkdirSync(repository.path('hooks'));
    for (const hook of ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'fsmonitor']) {
      writeFileSync(repository.path('hooks', hook), `#!/bin/sh\necho ${hook} >> '${ran}'\nexit 1\n`, { mode: 0o755 });
    }
    repository.git('config', 'core.hooksPath', 'hooks');
    const { ops } = gitOps(repository.directory);
    repository.git('config', 'core.fsmonitor', `'${repository.path('hooks', 'fsmonitor')}'`);
    const opId = await recordOp(ops);
    assert.equal(existsSync(ran), false);
    assert.deepEqual(repository.lastCommitted().at(-1), `tract-ops/${opId}.jsonl`);
  });

  it('required signing, a template, commit.verbose, cleanup, status and a comment character change nothing', async () => {
    const repository = create();
    repository.write('template.txt', 'TEMPLATE\n');
    for (const [name, value] of [
      ['commit.gpgSign', 'true'],
      ['gpg.program', '/nonexistent/gpg'],
      ['commit.template', 'template.txt'],
      ['commit.verbose', 'true'],
      ['commit.cleanup', 'scissors'],
      ['commit.status', 'true'],
      ['core.commentChar', 'o'],
      ['core.editor', 'false'],
      ['i18n.commitEncoding', 'ISO-8859-1'],
    ] as const) {
      repository.git('config', name, value);
    }
    const opId = await recordsQuietly(repository);
    const raw = repository.git('cat-file', 'commit', 'HEAD');
    assert.doesNotMatch(raw, /gpgsig|encoding|TEMPLATE/);
    assert.ok(raw.endsWith(`\n\nop(reset): demo [${opId.slice(0, 8)}]\n\nOp-Id: ${opId}\n`));
  });

  it('without an identity the commit has one of ours; a configured name is kept', async () => {
    const repository = create();
    repository.git('config', '--unset', 'user.name');
    repository.git('config', '--unset', 'user.email');
    repository.git('config', 'user.useConfigOnly', 'true');
    await recordsQuietly(repository);
    assert.equal(repository.git('log', '-1', '--format=%an <%ae>').trim(), 'Tract <tract@localhost>');
    repository.git('config', 'user.name', 'Bob');
    await recordsQuietly(repository);
    assert.equal(repository.git('log', '-1', '--format=%an <%ae>').trim(), 'Bob <tract@localhost>');
    assert.equal(repository.git('config', '--get', 'user.name').trim(), 'Bob');
  });

  it('an unborn branch gets its first commit; what was staged stays staged', async () => {
    const repository = TestRepository.unborn(temporary());
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    const opId = await recordsQuietly(repository);
    assert.deepEqual(repository.subjects(), [`op(reset): demo [${opId.slice(0, 8)}]`]);
    assert.deepEqual(repository.lastCommitted(), [
      'tract-ops/.gitattributes',
      'tract-ops/.gitignore',
      `tract-ops/${opId}.jsonl`,
    ]);
  });

  it("git's own variables of a caller (GIT_DIR, GIT_INDEX_FILE) are not followed", async () => {
    const repository = create();
    const other = create();
    process.env['GIT_DIR'] = other.path('.git');
    process.env['GIT_INDEX_FILE'] = other.path('.git', 'index');
    const { ops } = gitOps(repository.directory);
    try {
      await recordOp(ops);
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
    assert.equal(repository.subjects().length, 2);
    assert.equal(other.subjects().length, 1);
  });

  it('a failed add or commit leaves the index byte for byte as it was, and the record pending', async () => {
    const repository = create();
    repository.write('a.txt', 'staged\n');
    repository.git('add', 'a.txt');
    const before = repository.state();
    // A required filter that fails makes the add fail; a HEAD log that is a folder makes the commit fail after the add.
    repository.git('config', 'filter.broken.clean', 'false');
    repository.git('config', 'filter.broken.required', 'true');
    writeFileSync(join(repository.gitDir(), 'info', 'attributes'), '*.jsonl filter=broken\n');
    const { ops, notices } = gitOps(repository.directory);
    const bytes = repository.indexBytes();
    await recordOp(ops);
    assert.equal(repository.indexBytes(), bytes);
    assert.deepEqual(
      (await ops.pending()).map(({ reason }) => reason),
      ['git-failed'],
    );
    rmSync(join(repository.gitDir(), 'info', 'attributes'));

    rmSync(join(repository.gitDir(), 'logs', 'HEAD'));
    mkdirSync(join(repository.gitDir(), 'logs', 'HEAD'));
    writeFileSync(join(repository.gitDir(), 'logs', 'HEAD', 'in-the-way'), '');
    await ops.retry();
    assert.deepEqual(repository.git('ls-files', 'tract-ops'), '');
    assert.deepEqual(repository.state(), before);
    assert.equal((await ops.pending()).length, 1);
    assert.match(repository.read('tract-ops/propagation-errors.jsonl'), /"error_code":"failed"/);

    rmSync(join(repository.gitDir(), 'logs', 'HEAD'), { recursive: true });
    await ops.retry();
    assert.deepEqual(await ops.pending(), []);
    assert.deepEqual(repository.state(), before);
    assert.deepEqual(
      notices.map(({ reason }) => reason),
      ['git-failed'],
    );
  });

  it("what the person staged of the records themselves is the op's to commit, once", async () => {
    const repository = create();
    const { ops } = gitOps(repository.directory);
    const opId = await ops.begin({ action: 'merge', actor: 'user' });
    repository.git('add', 'tract-ops');
    repository.git('commit', '-qm', 'I take the records along');
    await ops.complete(opId, { outcome: 'done' });
    await ops.idle();
    assert.deepEqual(repository.lastCommitted(), [`tract-ops/${opId}.jsonl`]);
    assert.equal(repository.subjects()[0], `op(merge): tract [${opId.slice(0, 8)}]`);
    assert.equal(repository.git('status', '--porcelain=v2'), '');
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ops, OpsOptions } from '../../../src/ops/node/open-ops.js';
import type { PendingReason } from '../../../src/ops/pending-reason.js';
import { gitOps, recordOp, RESET, TestRepository, useTemporaryFolders, type PersonsState } from './support.js';

/** What issue 8 promises to leave alone: git's own words, every index entry with its stat data, and every file. */
interface Picture extends PersonsState {
  /** All of `git status --porcelain=v2`, op records included. */
  readonly porcelain: readonly string[];
}

function pictureOf(repository: TestRepository): Picture {
  const status = repository.git('--no-optional-locks', 'status', '--porcelain=v2', '-z', '--untracked-files=all');
  return { ...repository.state(), porcelain: status.split('\0').filter(Boolean) };
}

/** The same picture with the new op files in it as untracked, as long as they are not committed. */
function withUntracked(picture: Picture, paths: readonly string[]): Picture {
  return { ...picture, porcelain: [...picture.porcelain, ...paths.map((path) => `? ${path}`)].sort() };
}

const sorted = (picture: Picture): Picture => ({ ...picture, porcelain: [...picture.porcelain].sort() });

/** Every repository has this in it: staged, partly staged, changed, removed and untracked files, one with a hard name. */
function work(repository: TestRepository): void {
  repository.write('staged.txt', 'staged\n');
  repository.write('partly.txt', 'staged\n');
  repository.write('new in index.txt', 'staged\n');
  repository.git('add', 'staged.txt', 'partly.txt', 'new in index.txt');
  repository.write('partly.txt', 'staged\nand more\n');
  repository.write('changed.txt', 'changed\n');
  repository.git('rm', '-q', '--cached', 'removed.txt');
  repository.write('untracked ü 日本.txt', 'untracked\n');
}

const NAMES = ['staged', 'partly', 'changed', 'removed'];
const WORK = [
  /^1 \.M N\.\.\. 100644 100644 100644 \w+ \w+ changed\.txt$/,
  /^1 A\. N\.\.\. 000000 100644 100644 0+ \w+ new in index\.txt$/,
  /^1 MM N\.\.\. 100644 100644 100644 \w+ \w+ partly\.txt$/,
  /^1 D\. N\.\.\. 100644 000000 000000 \w+ 0+ removed\.txt$/,
  /^1 M\. N\.\.\. 100644 100644 100644 \w+ \w+ staged\.txt$/,
  /^\? removed\.txt$/,
  /^\? untracked ü 日本\.txt$/,
];

interface Situation {
  readonly options?: Partial<OpsOptions>;
  /** The folder that gets the records, below the repository. */
  readonly folder?: string;
  /** Why the records wait; without it they are committed at once. */
  readonly waits?: PendingReason;
  /** Git does not show the waiting records as untracked. */
  readonly unseen?: boolean;
  /** Ends what they wait for. */
  readonly finish?: (repository: TestRepository) => void;
  /** Who commits them afterwards: this session (`retry`) or the next one. */
  readonly later?: 'retry' | 'next session';
}

describe('issue 8: every situation of git, with its exact status before and after (§13)', function () {
  this.timeout(60_000);
  this.slow(4000);
  const temporary = useTemporaryFolders();

  function create(): TestRepository {
    const repository = TestRepository.create(temporary());
    for (const name of NAMES) repository.write(`${name}.txt`, `${name} at first\n`);
    repository.git('add', '.');
    repository.git('commit', '-qm', 'Files');
    return repository;
  }

  /** `main` and `other` change one line each of a.txt. */
  function diverged(): TestRepository {
    const repository = create();
    repository.git('checkout', '-qb', 'other');
    repository.write('a.txt', 'other\n');
    repository.git('commit', '-qam', 'Other');
    repository.git('checkout', '-q', 'main');
    repository.write('a.txt', 'main\n');
    repository.git('commit', '-qam', 'Main');
    return repository;
  }

  /** Two ops, one after the other: what waits or is committed, and that nothing of the person's changed. */
  async function records(repository: TestRepository, situation: Situation = {}): Promise<readonly string[]> {
    const { folder = '', waits, unseen = false, finish, later = 'retry', options } = situation;
    work(repository);
    const before = pictureOf(repository);
    for (const line of WORK) assert.equal(before.porcelain.filter((one) => line.test(one)).length, 1, String(line));
    const head = repository.git('rev-parse', '--verify', '-q', 'HEAD');
    const bytes = repository.indexBytes();
    const session = gitOps(join(repository.directory, folder), options);
    const ids = [await recordOp(session.ops), await recordOp(session.ops)];
    if (waits === undefined) {
      assert.deepEqual(session.notices, []);
      await assertCommitted(repository, session.ops, before, ids, folder);
      return ids;
    }
    const files = [...ids.map((id) => `${id}.jsonl`), '.gitattributes', '.gitignore'];
    const paths = unseen ? [] : files.map((name) => join(folder, 'tract-ops', name));
    assert.deepEqual(sorted(pictureOf(repository)), withUntracked(before, paths));
    assert.equal(repository.indexBytes(), bytes, 'the index, byte for byte');
    assert.equal(repository.git('rev-parse', '--verify', '-q', 'HEAD'), head, 'no commit was made');
    assert.deepEqual(
      (await session.ops.pending()).map(({ opId, reason }) => ({ opId, reason })),
      ids.map((opId) => ({ opId, reason: waits })),
    );
    assert.deepEqual(
      session.notices.map(({ reason }) => reason),
      [waits],
      'said once',
    );
    if (finish === undefined) return ids;
    finish(repository);
    const between = pictureOf(repository);
    const next = later === 'retry' ? session : gitOps(join(repository.directory, folder));
    await next.ops.retry();
    const known = between.porcelain.filter((line) => !line.includes('tract-ops/'));
    await assertCommitted(repository, next.ops, { ...between, porcelain: known }, ids, folder);
    return ids;
  }

  async function assertCommitted(
    repository: TestRepository,
    ops: Ops,
    before: Picture,
    ids: readonly string[],
    folder: string,
  ): Promise<void> {
    assert.deepEqual(pictureOf(repository), before);
    assert.deepEqual(await ops.pending(), []);
    const trailers = repository.git('log', `-${ids.length}`, '--reverse', '--format=%(trailers:key=Op-Id,valueonly)');
    assert.deepEqual(trailers.split('\n').filter(Boolean).sort(), ids);
    const touched = repository.git('log', `-${ids.length}`, '--format=', '--name-only', '-z').split('\0');
    const expected = [...ids.map((id) => `${id}.jsonl`), '.gitattributes', '.gitignore'];
    assert.deepEqual(
      [...new Set(touched.filter(Boolean))].sort(),
      expected.map((name) => join(folder, 'tract-ops', name)).sort(),
    );
  }

  describe('committed at once', () => {
    it('staged and partly staged files', () => records(create()));

    it('no identity', () => {
      const repository = create();
      repository.git('config', '--unset', 'user.name');
      repository.git('config', '--unset', 'user.email');
      repository.git('config', 'user.useConfigOnly', 'true');
      return records(repository);
    });

    for (const hook of ['pre-commit', 'prepare-commit-msg', 'commit-msg'])
      it(`a failing ${hook} hook`, async () => {
        const repository = create();
        const path = join(repository.gitDir(), 'hooks', hook);
        writeFileSync(path, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
        repository.write('staged.txt', 'mine\n');
        assert.throws(() => repository.git('commit', '-qam', 'Mine'), 'the hook does fail');
        repository.git('checkout', '-q', 'HEAD', '--', 'staged.txt');
        await records(repository);
      });

    it('required signing with a gpg that fails', () => {
      const repository = create();
      const gpg = join(repository.gitDir(), 'broken-gpg');
      writeFileSync(gpg, '#!/bin/sh\nexit 2\n', { mode: 0o755 });
      repository.git('config', 'commit.gpgSign', 'true');
      repository.git('config', 'gpg.program', gpg);
      assert.throws(() => repository.git('commit', '-q', '--allow-empty', '-m', 'Mine'), 'signing does fail');
      return records(repository);
    });

    it('an unborn branch', async () => {
      const repository = TestRepository.unborn(temporary());
      repository.write('a.txt', 'staged\n');
      repository.git('add', 'a.txt');
      repository.write('a.txt', 'staged\nand more\n');
      const before = pictureOf(repository);
      const { ops } = gitOps(repository.directory);
      const ids = [await recordOp(ops), await recordOp(ops)];
      await assertCommitted(repository, ops, before, ids, '');
      assert.match(before.porcelain.join('\n'), /^1 AM N\.\.\. 000000 100644 100644 0+ \w+ a\.txt$/);
    });

    it('a linked worktree; the main one stays as it is', async () => {
      const repository = create();
      const linked = new TestRepository(join(temporary(), 'linked tree'));
      repository.git('worktree', 'add', '-q', '-b', 'side', linked.directory);
      work(repository);
      const before = { picture: pictureOf(repository), bytes: repository.indexBytes() };
      await records(linked);
      assert.deepEqual({ picture: pictureOf(repository), bytes: repository.indexBytes() }, before);
      assert.equal(repository.subjects('main')[0], 'Files');
    });

    it('a sub-folder, with spaces and Unicode in its path', () => {
      const repository = create();
      const folder = join('sub folder', 'Übung 日本 [x]*?');
      mkdirSync(repository.path(folder), { recursive: true });
      return records(repository, { folder });
    });

    it('multi-root: two folders of one repository, and a third in a repository of its own', async () => {
      const [repository, other] = [create(), create()];
      for (const name of ['one', 'two']) mkdirSync(repository.path(name));
      for (const each of [repository, other]) work(each);
      const before = [pictureOf(repository), pictureOf(other)];
      const folders = [repository.path('one'), repository.path('two'), other.directory];
      await Promise.all(folders.map((folder) => recordOp(gitOps(folder).ops)));
      assert.deepEqual([pictureOf(repository), pictureOf(other)], before);
      assert.deepEqual([repository.subjects().length, other.subjects().length], [4, 3]);
    });

    it('a submodule; the outer repository keeps its index and its commit', async () => {
      const [library, outer] = [create(), create()];
      outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.directory, 'lib');
      outer.git('commit', '-qm', 'Submodule');
      work(outer);
      const submodule = new TestRepository(outer.path('lib'));
      submodule.git('config', 'user.name', 'Ann');
      submodule.git('config', 'user.email', 'ann@example.org');
      const before = { bytes: outer.indexBytes(), head: outer.git('rev-parse', 'HEAD') };
      await records(submodule);
      assert.deepEqual({ bytes: outer.indexBytes(), head: outer.git('rev-parse', 'HEAD') }, before);
    });

    for (const value of ['true', 'input'])
      it(`core.autocrlf ${value}: the records come back byte for byte`, async () => {
        const repository = create();
        repository.git('config', 'core.autocrlf', value);
        const ids = await records(repository);
        const read = () => ids.map((id) => repository.read(`tract-ops/${id}.jsonl`));
        const written = read();
        rmSync(repository.path('tract-ops'), { recursive: true });
        repository.git('checkout', '--', 'tract-ops');
        assert.deepEqual(read(), written);
        assert.equal(written.join('').includes('\r'), false);
      });

    it('12 at once give 12 commits', async () => {
      const repository = create();
      work(repository);
      const before = pictureOf(repository);
      const { ops } = gitOps(repository.directory);
      const ids = await Promise.all(Array.from({ length: 12 }, () => ops.begin(RESET)));
      await Promise.all(ids.map((id) => ops.complete(id, { outcome: 'done' })));
      await ops.idle();
      await assertCommitted(repository, ops, before, ids, '');
      assert.equal(repository.subjects().length, 14);
    });
  });

  describe('nothing is committed, it is said once, and the records are committed later', () => {
    const settled = (repository: TestRepository) => {
      repository.write('a.txt', 'settled\n');
      repository.git('add', 'a.txt');
    };

    it('a merge in progress', () => {
      const repository = diverged();
      repository.tryGit('merge', 'other');
      return records(repository, {
        waits: 'merge',
        finish: (it) => {
          settled(it);
          it.git('commit', '-qm', 'Merged');
        },
      });
    });

    it('a rebase in progress', () => {
      const repository = diverged();
      repository.tryGit('rebase', 'other');
      return records(repository, {
        waits: 'rebase',
        finish: (it) => {
          it.git('reset', '-q', 'removed.txt');
          it.git('rebase', '--abort');
        },
      });
    });

    it('a cherry-pick in progress', () => {
      const repository = diverged();
      repository.tryGit('cherry-pick', 'other');
      return records(repository, {
        waits: 'cherry-pick',
        finish: (it) => {
          settled(it);
          it.git('commit', '-qm', 'Picked');
        },
      });
    });

    it('a revert in progress', () => {
      const repository = diverged();
      repository.write('a.txt', 'main again\n');
      repository.git('commit', '-qam', 'Again');
      repository.tryGit('revert', '--no-edit', 'HEAD~1');
      return records(repository, {
        waits: 'revert',
        finish: (it) => {
          settled(it);
          it.git('commit', '-qm', 'Reverted');
        },
      });
    });

    it('a bisect in progress', () => {
      const repository = diverged();
      repository.git('bisect', 'start');
      return records(repository, { waits: 'bisect', finish: (it) => void it.git('bisect', 'reset') });
    });

    it('a detached HEAD', () => {
      const repository = create();
      repository.git('checkout', '-q', '--detach');
      return records(repository, { waits: 'detached', finish: (it) => void it.git('checkout', '-q', 'main') });
    });

    it('a protected branch', () =>
      records(create(), {
        options: { protectedBranches: ['release/*', 'ma?n'] },
        waits: 'protected',
        finish: (it) => void it.git('checkout', '-qb', 'topic'),
      }));

    it('an ignored folder', () => {
      const repository = create();
      const exclude = join(repository.gitDir(), 'info', 'exclude');
      writeFileSync(exclude, 'tract-ops/\n');
      return records(repository, {
        waits: 'ignored',
        unseen: true,
        finish: () => {
          writeFileSync(exclude, '');
        },
      });
    });

    it('a held index.lock', () => {
      const repository = create();
      const lock = join(repository.gitDir(), 'index.lock');
      // Held once the person's own work is staged.
      const git = join(repository.gitDir(), 'late-lock');
      writeFileSync(git, `#!/bin/sh\n[ -e '${lock}.gone' ] || : > '${lock}'\nexec git "$@"\n`, { mode: 0o755 });
      return records(repository, {
        options: { gitPath: git },
        waits: 'locked',
        finish: () => {
          writeFileSync(`${lock}.gone`, '');
          rmSync(lock);
        },
      });
    });

    it('a missing git binary: the next session, which finds git, commits', () =>
      records(create(), {
        options: { gitPath: '/nonexistent/git' },
        waits: 'git-missing',
        finish: () => undefined,
        later: 'next session',
      }));

    it('git clean -fdx meanwhile loses no completed op', () => {
      const repository = create();
      repository.git('checkout', '-q', '--detach');
      return records(repository, {
        waits: 'detached',
        finish: (it) => {
          it.git('clean', '-qfdx');
          assert.deepEqual(
            readdirSync(it.directory).filter((name) => name === 'tract-ops'),
            [],
          );
          it.git('checkout', '-q', 'main');
        },
      });
    });

    it('a window that closed meanwhile: the next session commits', () => {
      const repository = create();
      repository.git('checkout', '-q', '--detach');
      return records(repository, {
        waits: 'detached',
        finish: (it) => void it.git('checkout', '-q', 'main'),
        later: 'next session',
      });
    });
  });

  it('no repository: two files, no noise, nothing pending', async () => {
    const directory = temporary();
    const { ops, notices } = gitOps(directory);
    const ids = [await recordOp(ops), await recordOp(ops)];
    assert.deepEqual([await ops.pending(), notices], [[], []]);
    assert.deepEqual(readdirSync(directory), ['tract-ops']);
    assert.deepEqual(
      readdirSync(join(directory, 'tract-ops')).filter((name) => ids.includes(name.replace('.jsonl', ''))),
      ids.map((id) => `${id}.jsonl`),
    );
  });
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { contentHashOf } from '../../../src/budget/content-hash.js';
import { createIgnoreRules, type IgnoreRules } from '../../../src/budget/ignore-rules.js';
import { nodeWorkspaceFiles } from '../../../src/budget/node/workspace-file-access.js';
import { isSecretFile } from '../../../src/budget/secret-files.js';
import {
  expandFolder,
  MAX_FILE_BYTES,
  normalisePath,
  readCandidates,
  type Refusal,
  type WorkspaceFileAccess,
} from '../../../src/budget/workspace-files.js';

describe('workspace files as candidates (§12, §17)', () => {
  let base: string;
  let access: WorkspaceFileAccess;
  const put = async (path: string, content: string | Uint8Array = path): Promise<void> => {
    await mkdir(dirname(join(base, 'ws', path)), { recursive: true });
    await writeFile(join(base, 'ws', path), content);
  };
  const rules = (gitignores: Record<string, string> = {}, exclude: string[] = []): IgnoreRules =>
    createIgnoreRules((folder) => Promise.resolve(gitignores[folder] ?? null), exclude);
  const reasons = (refused: readonly Refusal[]): Record<string, string> =>
    Object.fromEntries(refused.map(({ path, reason }) => [path, reason]));

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'workspace-files-'));
    await mkdir(join(base, 'ws'));
    access = nodeWorkspaceFiles(join(base, 'ws'));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('reads text with its content hash, without a byte order mark', async () => {
    await put('a.ts', '\ufeffconst é = 1;');
    const { files, refused } = await readCandidates(access, rules(), ['./a.ts', './a.ts']);
    assert.deepEqual(files, [{ path: 'a.ts', content: 'const é = 1;', contentHash: contentHashOf('const é = 1;') }]);
    assert.deepEqual(refused, []);
  });

  it('refuses paths that could mean anything outside', () => {
    const outside = [
      '../a',
      'a/../../b',
      'a/..',
      '/etc/passwd',
      'C:/x',
      'c:x',
      'a\\..\\b',
      '~/x',
      'a\0b',
      '\\\\host\\x',
    ];
    for (const path of outside) assert.equal(normalisePath(path), null, path);
    assert.equal(normalisePath('./a//b/./c'), 'a/b/c');
    assert.equal(normalisePath('..a/b..'), '..a/b..');
  });

  it('refuses, with the reason, what must not be read', async () => {
    await writeFile(join(base, 'outside.txt'), 'outside');
    await put('.env');
    await put('ok.txt');
    await put('big.txt', new Uint8Array(MAX_FILE_BYTES + 1).fill(65));
    await put('full.txt', new Uint8Array(MAX_FILE_BYTES).fill(65));
    await put('nul.txt', 'a\0b');
    await put('latin.txt', Uint8Array.of(0x65, 0xe9, 0x65));
    await put('dist/x.js');
    await put('hidden.bak');
    await symlink(join(base, 'outside.txt'), join(base, 'ws', 'out-link'));
    await symlink('.env', join(base, 'ws', 'env-link'));
    await symlink('dist/x.js', join(base, 'ws', 'dist-link'));
    await symlink('ok.txt', join(base, 'ws', 'ok-link'));
    await symlink(base, join(base, 'ws', 'up'));
    const { files, refused } = await readCandidates(access, rules({ '': 'dist/' }, ['**/*.bak']), [
      '../outside.txt',
      join(base, 'outside.txt'),
      'out-link',
      'up/outside.txt',
      '.env',
      'env-link',
      'dist-link',
      'ok-link',
      'big.txt',
      'full.txt',
      'nul.txt',
      'latin.txt',
      'dist/x.js',
      'hidden.bak',
      'absent.txt',
      'dist',
      '',
    ]);
    assert.deepEqual(
      files.map(({ path }) => path),
      ['ok-link', 'full.txt'],
    );
    assert.equal(files[0]?.content, 'ok.txt');
    assert.deepEqual(reasons(refused), {
      '../outside.txt': 'outside',
      [join(base, 'outside.txt')]: 'outside',
      'out-link': 'outside',
      'up/outside.txt': 'outside',
      '.env': 'secret',
      'env-link': 'secret',
      'dist-link': 'ignored',
      'big.txt': 'too_large',
      'nul.txt': 'binary',
      'latin.txt': 'binary',
      'dist/x.js': 'ignored',
      'hidden.bak': 'excluded',
      'absent.txt': 'missing',
      dist: 'not_a_file',
      '': 'not_a_file',
    });
  });

  it('never opens a secret', async () => {
    await put('.env');
    let reads = 0;
    const counting = { ...access, read: (path: string, limit: number) => (reads++, access.read(path, limit)) };
    await readCandidates(counting, rules(), ['.env']);
    assert.equal(reads, 0);
  });

  it('knows secrets by name, whatever the case', () => {
    const secret = ['.env', '.ENV', 'a/.env.local', 'prod.env', 'x.pem', 'tls/Server.KEY', 'id_rsa', '.ssh/config'];
    const more = [
      '.npmrc',
      'credentials',
      '.aws/config',
      'secrets.yaml',
      '.env.',
      '.env ',
      '.env::$DATA',
      'id_ed25519.pub',
    ];
    for (const path of [...secret, ...more, '.docker/config.json', '.git-credentials'])
      assert.ok(isSecretFile(path), path);
    for (const path of ['env.ts', 'keys.ts', 'credentials.ts', 'src/secret-files.ts', 'monkey', 'config.json']) {
      assert.ok(!isSecretFile(path), path);
    }
  });

  it('follows nested .gitignore files as git does', async () => {
    const { reason } = rulesWith({
      '': '*.log\n/build/\n!keep.log\nout/*\n!out/in.txt',
      pkg: '!debug.log\n/only-here.txt',
      build: '!back.txt',
    });
    const verdicts: Record<string, string | null> = {
      'a.log': 'ignored',
      'keep.log': null,
      'pkg/debug.log': null,
      'pkg/deep/debug.log': null,
      'pkg/other.log': 'ignored',
      'pkg/only-here.txt': 'ignored',
      'only-here.txt': null,
      'pkg/deep/only-here.txt': null,
      'build/back.txt': 'ignored',
      'src/build/x': null,
      'out/in.txt': null,
      'out/x.txt': 'ignored',
      '.git/config': 'ignored',
    };
    for (const [path, expected] of Object.entries(verdicts)) assert.equal(await reason(path, false), expected, path);
  });
  const rulesWith = (
    gitignores: Record<string, string>,
  ): { reason: (path: string, isFolder: boolean) => Promise<string | null> } => {
    const made = rules(gitignores);
    return { reason: (path, isFolder) => made.reason(path, isFolder) };
  };

  it('leaves out what files.exclude matches, folders with all they hold', async () => {
    const made = rules({}, ['**/node_modules', '**/*.map']);
    assert.equal(await made.reason('a/node_modules/b/c.js', false), 'excluded');
    assert.equal(await made.reason('a/.x.map', false), 'excluded');
    assert.equal(await made.reason('a/b.js', false), null);
  });

  it('expands a folder: own files first, sorted, secrets and ignored ones named', async () => {
    for (const path of ['b.ts', 'a.ts', '.env', 'sub/c.ts', 'sub/deep/d.ts', 'dist/e.js', '.git/HEAD']) await put(path);
    await symlink(join(base, 'ws'), join(base, 'ws', 'loop'));
    const all = await expandFolder(access, rules({ '': 'dist' }), '');
    assert.deepEqual(all.paths, ['a.ts', 'b.ts', 'loop', 'sub/c.ts', 'sub/deep/d.ts']);
    assert.deepEqual(reasons(all.refused), { '.env': 'secret', '.git': 'ignored', dist: 'ignored' });
    assert.equal(all.truncated, false);
    assert.deepEqual((await expandFolder(access, rules(), 'sub')).paths, ['sub/c.ts', 'sub/deep/d.ts']);
    assert.deepEqual((await readCandidates(access, rules(), ['loop'])).refused, [
      { path: 'loop', reason: 'not_a_file' },
    ]);
  });

  it('gives 200 files per folder and says that there are more', async () => {
    const listing = (count: number): WorkspaceFileAccess => ({
      ...access,
      list: () => Promise.resolve(Array.from({ length: count }, (_, i) => ({ name: `f${i}`, kind: 'file' as const }))),
      realpath: (path) => Promise.resolve(path),
    });
    const exact = await expandFolder(listing(200), rules(), '');
    assert.deepEqual([exact.paths.length, exact.truncated], [200, false]);
    const more = await expandFolder(listing(201), rules(), '');
    assert.deepEqual([more.paths.length, more.truncated], [200, true]);
  });

  it('expands nothing outside, and stops when cancelled', async () => {
    await symlink(base, join(base, 'ws', 'up'));
    for (const folder of ['..', '/', 'up']) {
      assert.deepEqual(await expandFolder(access, rules(), folder), {
        paths: [],
        refused: [{ path: folder, reason: 'outside' }],
        truncated: false,
      });
    }
    await assert.rejects(expandFolder(access, rules(), '', { signal: AbortSignal.abort() }), { name: 'AbortError' });
    await assert.rejects(readCandidates(access, rules(), ['a'], { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    });
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openOps, openStore, Tract } from '../../../src/library.js';
import { builtCli, tractProcess } from './built-cli.js';
import { tract, type Run } from './tract.js';

/** Commits at fixed times, so that hashes are the same in every run. */
let second = 0;
const at = () => ({ timestamp: `2026-01-01T00:00:${String(second++).padStart(2, '0')}+00:00` });

describe('the tract command (SPEC §15 CLI, Annex B.13)', function () {
  this.timeout(120_000);
  let folder: string;
  let store: string;
  const ok = async (...args: string[]): Promise<string> => {
    const run = await tract(folder, args);
    assert.equal(run.code, 0, `${args.join(' ')}: ${run.stderr}`);
    return run.stdout;
  };
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await ok(...args, '--json'));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tract-cli-'));
    store = join(folder, '.tract');
    assert.equal(await ok('init'), `Initialized empty Tract store in ${store}\n`);
    const opened = await Tract.open({ directory: store });
    await opened.system('You are helpful.', at());
    const question = await opened.user('What is 2+2?', at());
    await opened.assistant('4', at());
    await opened.branch('side');
    await opened.edit(question.commitHash, { content_type: 'dialogue', role: 'user', text: 'What is 3+3?' }, at());
    await opened.checkout('main');
    await opened.edit(question.commitHash, { content_type: 'dialogue', role: 'user', text: 'What is 5+5?' }, at());
    await opened.close();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('init leaves an existing store as it is, and keeps it out of git', async () => {
    assert.equal(await ok('init'), `Reinitialized existing Tract store in ${store}\n`);
    assert.equal(readFileSync(join(store, '.gitignore'), 'utf8'), '*\n');
  });

  it('status: the line of §8, the 30-character bar and the share', async () => {
    const [line, bar] = (await ok('status', '--budget', '100')).split('\n');
    assert.match(line ?? '', /^main @ [0-9a-f]{8} \| 3 commits \| \d+\/100 \(\d+%\) tokens$/);
    assert.match(bar ?? '', /^\[[█░]{30}\] \d+%$/);
    const found = (await json('status')) as Record<string, unknown>;
    assert.equal(found['branch'], 'main');
    assert.equal(found['commitCount'], 3);
    assert.equal(found['detached'], false);
  });

  it('log: newest first, -n, --oneline, decorated as by git; --json is an array', async () => {
    const lines = (await ok('log', '--oneline', '-n', '2')).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^[0-9a-f]{8} \(HEAD -> main\) /);
    const entries = (await json('log')) as { commitHash: string; operation: string }[];
    assert.deepEqual(
      entries.map(({ operation }) => operation),
      ['edit', 'append', 'append', 'append'],
    );
    assert.match(
      await ok('log', '-n', '1'),
      /^commit [0-9a-f]{64} \(HEAD -> main\)\nDate: {3}2026-01-01T00:00:04\+00:00\n/,
    );
  });

  it('show: the text of a commit', async () => {
    assert.match(await ok('show', 'HEAD~1'), /\n\n4\n$/);
    const shown = (await json('show', 'HEAD~1')) as { text: string; content: { role: string } };
    assert.equal(shown.text, '4');
    assert.equal(shown.content.role, 'assistant');
  });

  it('diff: messages and totals; --exit-code as in git', async () => {
    const text = await ok('diff', 'HEAD~1');
    assert.match(text, /^--- commit [0-9a-f]{8}\n\+\+\+ commit [0-9a-f]{8}\n/m);
    assert.match(text, /^-What is 2\+2\?$/m);
    assert.match(text, /^\+0 added -0 removed ~1 modified =2 unchanged$/m);
    assert.match(await ok('diff', '--stat', 'HEAD~3', 'HEAD~2'), /^\+1 added -0 removed ~0 modified =1 unchanged\n/);
    assert.equal((await tract(folder, ['diff', '--exit-code', 'HEAD~1'])).code, 1);
    assert.equal((await tract(folder, ['diff', '--exit-code', 'HEAD', 'HEAD'])).code, 0);
  });

  it('compile: messages with tokens marked as estimates; requests with --format', async () => {
    assert.match(await ok('compile'), /\n3 messages, ~\d+ tokens \(tiktoken:o200k_base\)\n$/);
    const context = (await json('compile', 'HEAD~1')) as { messages: { content: string }[]; contextHash: string };
    assert.deepEqual(
      context.messages.map(({ content }) => content),
      ['You are helpful.', 'What is 2+2?', '4'],
    );
    assert.match(context.contextHash, /^[0-9a-f]{64}$/);
    const request = JSON.parse(await ok('compile', '--format', 'anthropic')) as { system: string };
    assert.equal(request.system, 'You are helpful.');
  });

  it('merge: conflicts are listed and exit with 1; a resolution compiles; then it is up to date', async () => {
    const refused = await tract(folder, ['merge', 'side']);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stdout,
      /^CONFLICT \(both-edit\): [0-9a-f]{8}\n {2}ours: {3}What is 5\+5\?\n {2}theirs: What is 3\+3\?\n$/,
    );
    await ok('branch', 'before-merge');
    assert.match(await ok('merge', 'side', '--strategy', 'theirs'), /^[0-9a-f]{8} Merge branch 'side' into main\n$/);
    assert.match(await ok('compile'), /What is 3\+3\?/);
    assert.equal(await ok('merge', 'side'), 'Already up to date.\n');
    assert.deepEqual(await json('merge', 'side'), {
      commit: null,
      fastForward: false,
      alreadyUpToDate: true,
      advisories: [],
    });
  });

  it('§8: reset: soft moves, hard needs --force and says what would leave', async () => {
    const head = (await json('status')) as { head: string };
    const refused = await tract(folder, ['reset', '--hard', 'before-merge']);
    assert.deepEqual(refused, {
      code: 1,
      stdout: refused.stdout,
      stderr: 'Hard reset requires --force flag.\n',
    } satisfies Run);
    assert.match(refused.stdout, /^2 commits \(~\d+ tokens\) would leave main\.\n$/);
    assert.equal(((await json('status')) as { head: string }).head, head.head);
    assert.match(
      await ok('reset', '--hard', '--force', 'before-merge'),
      /^HEAD is now at [0-9a-f]{8} \(hard reset\)\n$/,
    );
    assert.equal(await ok('reset', 'ORIG_HEAD'), `HEAD is now at ${head.head.slice(0, 8)} (soft reset)\n`);
  });

  it('checkout and branch speak as git does', async () => {
    assert.equal(await ok('checkout', '-b', 'try', 'HEAD~1'), "Switched to a new branch 'try'\n");
    assert.equal(await ok('checkout', 'try'), "Already on 'try'\n");
    assert.equal(await ok('checkout', 'main'), "Switched to branch 'main'\n");
    const detached = await tract(folder, ['checkout', 'HEAD~2']);
    assert.match(detached.stdout, /^HEAD is now at [0-9a-f]{8} /);
    assert.match(detached.stderr, /HEAD is detached/);
    const refused = await tract(folder, ['merge', 'side']);
    assert.equal(refused.code, 1);
    assert.equal(await ok('checkout', '-'), "Switched to branch 'main'\n");
    assert.equal(await ok('branch', '-m', 'try', 'tried'), 'Renamed branch try to tried.\n');
    assert.match(await ok('branch'), /^\* main {9}[0-9a-f]{8} ~\d+ tok$/m);
    assert.match(await ok('branch', '-D', 'tried'), /^Deleted branch tried \(was [0-9a-f]{8}\)\.\n$/);
  });

  it('search finds on any branch, and exits with 1 when there is nothing', async () => {
    assert.match(await ok('search', '5+5'), /^[0-9a-f]{8} What is 5\+5\?\n$/);
    assert.equal((await tract(folder, ['search', 'nowhere'])).code, 1);
  });

  it('export and import of a tract: same head; twice adds nothing', async () => {
    await ok('export', 'out.jsonl');
    const other = join(folder, 'other');
    await ok('init', 'other');
    const added = await tract(other, ['import', '../out.jsonl']);
    assert.match(added.stdout, /^out\.jsonl: exported tract, 1 tract\nAdded 6 commits and 0 records\n$/);
    assert.match((await tract(other, ['import', '../out.jsonl'])).stdout, /\nNothing new\.\n$/);
    const [here, there] = [await ok('log', '--json'), (await tract(other, ['log', '--json'])).stdout];
    assert.equal(there, here);
  });

  it('imports a transcript from a file and from stdin, with its records', async () => {
    const chat = JSON.stringify([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
    ]);
    writeFileSync(join(folder, 'chat.json'), chat);
    const imported = join(folder, 'imported');
    await ok('init', 'imported');
    const report = JSON.parse((await tract(imported, ['import', '../chat.json', '--json'])).stdout) as Record<
      string,
      unknown
    >;
    assert.equal(report['kind'], 'transcript');
    assert.equal(report['format'], 'openai');
    const again = await tractProcess(imported, ['import', '-'], { stdin: chat });
    assert.equal(again.code, 0, again.stderr);
    assert.match((await tract(imported, ['compile'])).stdout, /user[^\n]*\nHello\n/);
    const unknown = await tract(imported, ['import', '../out.bin']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^There is no file /);
  });

  it('Ctrl+C ends an import cleanly: exit 130, the store is sound and free', async () => {
    await ok('init', 'cancelled');
    const cancelled = join(folder, 'cancelled');
    const child = spawn(process.execPath, [await builtCli(), 'import', '-'], {
      cwd: cancelled,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: 'pipe',
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const closed = once(child, 'close');
    // It listens to signals before it takes the lock: `init` made number 1, so the import's is number 2.
    const lock = join(cancelled, '.tract', 'lock-00000002.json');
    while (!existsSync(lock) && child.exitCode === null) await setTimeout(20);
    child.kill('SIGINT');
    const ended = await closed;
    assert.deepEqual(ended, [130, null], stderr);
    assert.match(stderr, /^Cancelled\. What was read so far is imported/);
    assert.equal((await tract(cancelled, ['doctor'])).stdout, 'No problems found.\n');
  });

  it('records, gc and doctor', async () => {
    assert.deepEqual(await json('records'), []);
    assert.deepEqual(await json('gc', '-n', '--older-than', '0'), { removed: [], dryRun: true });
    assert.equal(await ok('doctor'), 'No problems found.\n');
    assert.deepEqual(await json('doctor'), { ok: true, problems: [] });
  });

  it('doctor ops: exits with 1 while there are orphans, and closes stale ones (§13)', async () => {
    const repository = join(folder, 'repository');
    mkdirSync(repository);
    assert.equal((await tract(repository, ['doctor', 'ops'])).stdout, 'No orphans.\n');
    const ops = openOps({ directory: repository, durability: 'files' });
    const id = await ops.begin({ action: 'reset', actor: 'user', tractId: 't' });
    await ops.idle();
    const found = await tract(repository, ['doctor', 'ops', '--json']);
    assert.equal(found.code, 1);
    const { orphans } = JSON.parse(found.stdout) as { orphans: { path: string }[] };
    assert.equal(orphans.length, 1);
    assert.ok(orphans[0]?.path.endsWith(`${id}.jsonl`));
    const closed = await tract(repository, ['doctor', 'ops', '--close-stale', '0']);
    assert.equal(closed.code, 0);
    assert.match(closed.stdout, /^Closed as abandoned: tract-ops\/[0-9A-Z]{26}\.jsonl\nNo orphans\.\n$/);
  });

  it('finds the store by --store, TRACT_STORE, then .tract/ upwards', async () => {
    const below = join(folder, 'a', 'b');
    mkdirSync(below, { recursive: true });
    const bare = mkdtempSync(join(tmpdir(), 'tract-none-'));
    const head = await ok('log', '--oneline', '-n', '1');
    assert.equal((await tract(below, ['log', '--oneline', '-n', '1'])).stdout, head);
    assert.equal((await tract(bare, ['--store', store, 'log', '--oneline', '-n', '1'])).stdout, head);
    assert.equal(
      (await tractProcess(bare, ['log', '--oneline', '-n', '1'], { env: { TRACT_STORE: store } })).stdout,
      head,
    );
    const none = await tract(bare, ['log', '--json']);
    assert.equal(none.code, 1);
    assert.equal((JSON.parse(none.stdout) as { error: { code: string } }).error.code, 'STORE_NOT_FOUND');
    rmSync(bare, { recursive: true });
  });

  it('reads beside a process that writes, and is refused to write, told who holds the store (§16)', async () => {
    const holder = await openStore({ directory: store, application: 'VS Code' });
    try {
      assert.equal((await tractProcess(folder, ['log', '-n', '1'])).code, 0);
      const refused = await tractProcess(folder, ['checkout', 'side', '--json']);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, new RegExp(`VS Code \\(process ${process.pid} on `));
      assert.equal((JSON.parse(refused.stdout) as { error: { code: string } }).error.code, 'STORE_LOCKED');
    } finally {
      await holder.close();
    }
    assert.equal(await ok('checkout', 'main'), "Already on 'main'\n");
  });

  it('errors exit with 1 and a code; a command line that is none with 129', async () => {
    const unknown = await tract(folder, ['show', 'nope', '--json']);
    assert.equal(unknown.code, 1);
    assert.deepEqual(JSON.parse(unknown.stdout), {
      error: { code: 'COMMIT_NOT_FOUND', message: "No commit found for 'nope'." },
    });
    assert.equal(unknown.stderr, "No commit found for 'nope'.\n");
    assert.deepEqual(await tractProcess(folder, ['show', 'nope', '--json']), unknown);
    assert.equal((await tractProcess(folder, ['bogus'])).code, 129);
    for (const args of [['bogus'], ['log', '--bogus'], ['log', '-n', '0'], ['checkout']])
      assert.equal((await tract(folder, args)).code, 129, args.join(' '));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual(await tractProcess(folder, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('colours only when asked: not in a pipe, FORCE_COLOR, NO_COLOR wins', async () => {
    const coloured = async (env: Record<string, string>) =>
      (await tractProcess(folder, ['status', '--budget', '100'], { env })).stdout.includes('\u001b[');
    assert.equal(await coloured({}), false);
    assert.equal(await coloured({ FORCE_COLOR: '1' }), true);
    assert.equal(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });

  it('mcp answers that no window runs (Annex B.13)', async () => {
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const child = spawn(process.execPath, [await builtCli(), 'mcp', '--store', store], { stdio: 'pipe' });
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const [answer] = (await once(child.stdout, 'data')) as [Buffer];
    assert.match(answer.toString('utf8'), /No VS Code window has this Tract store open/);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});

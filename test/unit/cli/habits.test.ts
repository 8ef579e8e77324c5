import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOps, Tract } from '../../../src/library.js';
import { builtCli, tractProcess } from './built-cli.js';
import { tract } from './tract.js';

/** What a person who knows git types without thinking, and what they get wrong (issue 8, SPEC §15 CLI). */
describe("the tract command: git's habits", function () {
  this.timeout(120_000);
  let folder: string;
  const run = (...args: string[]) => tract(folder, args);
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tract cli ü-'));
    await ok('init');
    const opened = await Tract.open({ directory: join(folder, '.tract') });
    const question = await opened.user('one');
    await opened.assistant('two');
    await opened.branch('side');
    await opened.edit(question.commitHash, { content_type: 'dialogue', role: 'user', text: 'side' });
    await opened.checkout('main');
    await opened.edit(question.commitHash, { content_type: 'dialogue', role: 'user', text: 'main' });
    await opened.spawn({ purpose: 'a child', mode: 'empty' });
    await opened.close();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('every command prints one JSON value with --json, before or after its name (issue 8: --json everywhere)', async () => {
    writeFileSync(join(folder, 'chat.json'), JSON.stringify([{ role: 'user', content: 'Hello' }]));
    await ok('init', 'other');
    const commands: readonly (readonly string[])[] = [
      ...[['init'], ['log'], ['log', 'side', '-n', '1'], ['status'], ['status', '--all', '--budget', '10'], ['show']],
      ...[['diff'], ['diff', '--stat', 'main', 'side'], ['compile'], ['compile', '--format', 'openai']],
      ...[['compile', '--format', 'markdown'], ['branch'], ['branch', 'x'], ['branch', '-m', 'x', 'y']],
      ...[['branch', '-d', 'y'], ['checkout', '-b', 'z'], ['checkout', 'main'], ['reset'], ['merge', 'main']],
      ...[['records'], ['search', 'one'], ['search', 'nowhere'], ['export', 'all.jsonl'], ['gc', '-n'], ['doctor']],
      ...[
        ['export', '--format', 'openai'],
        ['export', '--format', 'anthropic'],
        ['export', '--format', 'markdown'],
      ],
      ...[
        ['export', '--format', 'claude-code'],
        ['export', '--format', 'markdown', 'out.md'],
        ['doctor', 'ops'],
      ],
      ...[
        ['--store', 'other', 'import', 'chat.json'],
        ['--store', 'other', 'import', 'all.jsonl'],
      ],
      // What is refused is one value too.
      ...[
        ['show', 'nope'],
        ['reset', '--hard', 'HEAD~1'],
        ['merge', 'side'],
        ['bogus'],
        ['log', '--bogus'],
        ['checkout'],
      ],
    ];
    for (const [i, command] of commands.entries()) {
      const { stdout } = await (i % 2 === 0 ? run('--json', ...command) : run(...command, '--json'));
      assert.doesNotThrow(() => void JSON.parse(stdout), `${command.join(' ')}: ${stdout.slice(0, 200)}`);
    }
  });

  it('a refused merge lists its conflicts with --json', async () => {
    const { code, stdout } = await run('merge', 'side', '--json');
    assert.equal(code, 1);
    const { error } = JSON.parse(stdout) as { error: { code: string; conflicts: { kind: string }[] } };
    assert.equal(error.code, 'MERGE_CONFLICT');
    assert.deepEqual(
      error.conflicts.map(({ kind }) => kind),
      ['both-edit'],
    );
  });

  it('log -1, as log -n 1 and log -n1', async () => {
    const one = await ok('log', '--oneline', '-n', '1');
    assert.match(one, /^[0-9a-f]{8} \(HEAD -> main.*\) main\n$/);
    for (const args of [['-1'], ['-n1'], ['--number=1'], ['-1', 'main']])
      assert.equal(await ok('log', '--oneline', ...args), one, args.join(' '));
    assert.equal((await ok('log', '-2', '--oneline', 'side')).trimEnd().split('\n').length, 2);
    // The value of another option is not a count.
    assert.equal((await run('log', '--max-tokens', '-1')).code, 129);
  });

  it('typing errors name what was meant: commands, options, refs', async () => {
    for (const [args, code, words] of [
      [['statsu'], 129, "error: unknown command 'statsu'\n(Did you mean status?)\n"],
      [['log', '--onelin'], 129, "error: unknown option '--onelin'\n(Did you mean --oneline?)\n"],
      [['checkout', 'mian'], 1, "No commit found for 'mian'. Did you mean 'main'?\n"],
      [['show', 'abc'], 1, 'Commit hash prefix must be at least 4 characters\n'],
      [['checkout', '-'], 0, ''],
    ] as const) {
      const found = await run(...args);
      if (code !== 0) assert.deepEqual([found.code, found.stderr], [code, words], args.join(' '));
    }
    await ok('checkout', 'main');
  });

  it('help: of all, of one, exit 0; without a command it is shown and exits with 1, as git does', async () => {
    assert.match(await ok('--help'), /^Usage: tract \[options\] \[command\]\n/);
    assert.equal(await ok('help', 'reset'), await ok('reset', '--help'));
    const bare = await run();
    assert.deepEqual(await tractProcess(folder, []), bare);
    assert.equal(bare.code, 1);
    assert.match(bare.stdout + bare.stderr, /^Usage: tract/);
  });

  it('a reader that has enough is no error: | head -1, also of what goes to stderr', async () => {
    const cli = await builtCli();
    const env = { PATH: process.env['PATH'] };
    const sh = (script: string) => execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8', env });
    const node = `'${process.execPath}' '${cli}'`;
    assert.match(sh(`${node} log --json | head -1; echo "\${PIPESTATUS[0]}"`), /^\[\n0\n$/);
    assert.match(sh(`${node} show zzzz 2>&1 | true; echo "\${PIPESTATUS[0]}"`), /^[01]\n$/);
  });

  it('an empty store: status is fine, log and reset say what is missing', async () => {
    mkdirSync(join(folder, 'empty'));
    const empty = join(folder, 'empty');
    await tract(empty, ['init']);
    assert.equal((await tract(empty, ['status'])).stdout, 'No commits yet | 0 commits | 0 tokens\n');
    assert.deepEqual(await tract(empty, ['log']), { code: 1, stdout: '', stderr: 'There are no commits yet.\n' });
    assert.deepEqual(await tract(empty, ['reset']), { code: 1, stdout: '', stderr: 'No commits to reset from\n' });
    assert.deepEqual(await tract(empty, ['diff']), { code: 1, stdout: '', stderr: 'No commits to diff\n' });
  });

  it('files that are no transcript: said in one sentence, exit 1, nothing imported', async () => {
    mkdirSync(join(folder, 'a folder'));
    writeFileSync(join(folder, 'noise.bin'), Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 256)));
    writeFileSync(join(folder, 'bad.db'), 'SQLite format 3\0 and no more');
    writeFileSync(join(folder, 'bad.jsonl'), '{"format":"tract-export","ver');
    for (const [name, words] of [
      ['a folder', /a folder is a folder\. Name one file; nothing was imported\.\n$/],
      ['not there', /^There is no file .+not there\. Nothing was imported\.\n$/],
      ['noise.bin', /^This file is no transcript that Tract knows .+ Nothing was imported\.\n$/],
      ['bad.db', /^The file is no SQLite database of the Python tract\. Nothing was imported\.\n$/],
      ['bad.jsonl', /^Line 1 of the export is not JSON\. Nothing was imported\.\n$/],
    ] as const) {
      const found = await run('import', name);
      assert.equal(found.code, 1, name);
      assert.match(found.stderr, words);
    }
    assert.deepEqual(JSON.parse(await ok('doctor', '--json')), { ok: true, problems: [] });
  });

  it('--tract: name, id, or the beginning of an id, which its children share', async () => {
    const { tractId } = JSON.parse(await ok('status', '--json')) as { tractId: string };
    const log = await ok('log', '--oneline');
    for (const name of [tractId, tractId.toLowerCase().slice(0, 25), 'main'])
      assert.equal(await ok('--tract', name, 'log', '--oneline'), log, name);
    const unknown = await run('--tract', 'nope', 'log');
    assert.deepEqual([unknown.code, unknown.stderr], [1, "There is no tract 'nope' in this store.\n"]);
  });

  it('B.13 order: --store, then TRACT_STORE, then .tract/ upwards', async () => {
    const stores = ['by-option', 'by-variable', 'by-folder'].map((name) => join(folder, name));
    const [option = '', variable = '', here = ''] = stores;
    for (const store of stores) await ok('init', store);
    const opened = async (args: readonly string[], env: Readonly<Record<string, string>>) =>
      (JSON.parse((await tract(here, [...args, 'status', '--json'], { env })).stdout) as { tractId: string }).tractId;
    const own = await Promise.all(stores.map((store) => opened(['--store', store], {})));
    assert.equal(new Set(own).size, 3);
    assert.equal(await opened(['--store', option], { TRACT_STORE: variable }), own[0]);
    assert.equal(await opened([], { TRACT_STORE: variable }), own[1]);
    assert.equal(await opened([], { TRACT_STORE: '' }), own[2]);
    const gone = await tract(here, ['status'], { env: { TRACT_STORE: join(folder, 'gone') } });
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /^There is no Tract store in .+gone\. Run 'tract init' to make one there\.\n$/);
  });

  it('doctor ops --close-stale HOURS closes what is older and leaves the rest, exit 1 (§13)', async () => {
    const repository = join(folder, 'ops folder ü');
    mkdirSync(repository);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const begin = async (hours: number) => {
      const ops = openOps({ directory: repository, durability: 'files', clock: () => hoursAgo(hours) });
      return ops.begin({ action: 'merge', actor: 'user' });
    };
    const [old, young] = [await begin(30), await begin(1)];
    writeFileSync(join(repository, 'tract-ops', 'notes.txt'), 'foreign');
    const found = await tract(repository, ['doctor', 'ops']);
    assert.deepEqual(found, {
      code: 1,
      stdout: `orphan tract-ops/${old}.jsonl\norphan tract-ops/${young}.jsonl\n2 operations never completed.\n`,
      stderr: '',
    });
    const closed = await tract(repository, ['doctor', 'ops', '--close-stale', '24']);
    assert.deepEqual(closed, {
      code: 1,
      stdout: `Closed as abandoned: tract-ops/${old}.jsonl\norphan tract-ops/${young}.jsonl\n1 operation never completed.\n`,
      stderr: '',
    });
    for (const hours of ['-1', 'x', '']) {
      const refused = await tract(repository, ['doctor', 'ops', '--close-stale', hours]);
      assert.equal(refused.code, 129, hours);
    }
  });
});

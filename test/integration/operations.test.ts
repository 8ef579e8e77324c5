import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/core/ports/model.js';
import type { TractApi } from '../../src/extension.js';
import type { OpEntry } from '../../src/vscode/ops/op-entries.js';
import { writeOrphan } from '../fixtures/orphan.js';

/** A model that answers at once, without a network. */
const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'an answer' };
    yield { type: 'usage', usage: { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23 } };
  },
};

/** Operations as files and commits of the workspace's own repository (SPEC §13, issue 8). */
describe('operations that last', () => {
  let api: TractApi;
  let folder: string;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  const subjects = () => git('log', '--format=%s').trim().split('\n');
  const opFiles = () => readdirSync(join(folder, 'tract-ops')).filter((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name));
  const rows = () => run<OpEntry[]>('operationRows');
  const eventually = async (holds: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 200 && !(await holds()); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await holds(), true);
  };
  /** Git's exact words about everything but the settings, which tests write. */
  const status = () =>
    git('status', '--porcelain=v2', '--untracked-files=all')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('.vscode/'));
  const opSettings = async (values: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(values))
      await vscode.workspace.getConfiguration('tract.ops').update(name, value, vscode.ConfigurationTarget.Workspace);
  };
  const newestWaitsFor = async () => (await rows())[0]?.pending ?? null;

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    await run('newTract', 'my tract');
    for (const text of ['one', 'two', 'three']) await run('commitText', { text });
  });

  after(async () => {
    await run('chooseDurability', 'store');
    for (const name of ['.git', 'tract-ops', '.vscode', 'notes ü'])
      rmSync(join(folder, name), { recursive: true, force: true });
  });

  it('off means off: no file is written (§13)', async () => {
    await run('resetSoft', 'HEAD~1');
    await run('undo');
    assert.equal(existsSync(join(folder, 'tract-ops')), false);
    assert.deepEqual(
      (await rows()).slice(0, 2).map(({ action, state, path }) => ({ action, state, path })),
      [
        { action: 'undo', state: 'done', path: null },
        { action: 'reset', state: 'done', path: null },
      ],
    );
  });

  it('says of what a language model tool did that an agent did it (§13, §15)', async () => {
    const branch = (await api.store.requireActive()).currentBranch ?? '';
    await vscode.lm.invokeTool(
      'checkout_ref',
      { input: { ref: 'HEAD~1' }, toolInvocationToken: undefined },
      new vscode.CancellationTokenSource().token,
    );
    const [byAgent] = await rows();
    assert.deepEqual([byAgent?.action, byAgent?.actor, byAgent?.state], ['checkout', 'agent', 'done']);
    const op = (await api.store.open()).storage.op(byAgent?.opId ?? '');
    assert.equal(op?.closedBy, 'agent');
    await run('checkout', branch);
    assert.equal((await rows())[0]?.actor, 'user');
  });

  it('a setting alone writes nothing before the person agreed', async () => {
    const settings = vscode.workspace.getConfiguration('tract.ops');
    await settings.update('durability', 'files', vscode.ConfigurationTarget.Workspace);
    await run('checkout', 'HEAD~1');
    await run('checkout', 'main');
    assert.equal(existsSync(join(folder, 'tract-ops')), false);
    await settings.update('durability', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('git: a reset and a generate are one commit each, and the index stays as it was (§13)', async () => {
    git('init', '-q', '-b', 'work');
    git('config', 'user.name', 'Test');
    git('config', 'user.email', 'test@example.invalid');
    assert.equal(await run('chooseDurability', 'git', { confirmed: true }), 'git');
    git('add', '-A');
    git('commit', '-q', '-m', 'sample');
    writeFileSync(join(folder, 'README.md'), 'staged\n');
    git('add', 'README.md');
    writeFileSync(join(folder, 'README.md'), 'staged, then changed\n');
    const before = status();
    assert.match(before.join(), /^1 MM N\.\.\. \d+ \d+ \d+ \w+ \w+ README\.md$/);

    await run('resetSoft', 'HEAD~1');
    await eventually(() => subjects().length === 2);
    const tract = await api.store.requireActive();
    const { record } = await tract.generate({ model });
    await eventually(() => subjects().length === 3);
    await eventually(async () => (await newestWaitsFor()) === null);

    assert.deepEqual(
      subjects().map((subject) => subject.replace(/\[[^\]]+\]$/, '[id]').replace(/: .* \[/, ': … [')),
      ['op(generate): … [id]', 'op(reset): … [id]', 'sample'],
    );
    assert.deepEqual(status(), before);
    assert.equal(git('show', ':README.md'), 'staged\n');
    const [generated, reset] = await rows();
    assert.equal(generated?.action, 'generate');
    assert.equal(generated.recordId, record.id);
    assert.deepEqual(generated.tokens, { count: 23, exact: true });
    assert.equal(generated.pending, null);
    assert.equal(reset?.action, 'reset');
    assert.equal(git('show', '--format=', '--name-only', 'HEAD').trim(), `tract-ops/${generated.opId}.jsonl`);
    assert.equal(git('log', '-1', '--format=%(trailers:key=Op-Id,valueonly)').trim(), generated.opId);
    const text = opFiles()
      .map((name) => readFileSync(join(folder, 'tract-ops', name), 'utf8'))
      .join('');
    assert.doesNotMatch(text, /an answer|three/);
  });

  it('on a detached HEAD the record waits, and is committed when a branch is back (§13)', async () => {
    git('checkout', '-q', '--detach');
    const count = subjects().length;
    await run('resetSoft', 'HEAD~1');
    await eventually(() => opFiles().length === 3);
    await eventually(async () => (await newestWaitsFor()) === 'detached');
    const [waiting] = await rows();
    assert.equal(waiting?.pending, 'detached');
    assert.equal(waiting.isLast, true);
    assert.equal(subjects().length, count);
    git('checkout', '-q', 'work');
    await run('undo', waiting);
    await eventually(() => subjects().length === count + 2);
    await eventually(async () => (await rows()).every(({ pending }) => pending === null));
  });

  it('mission and work package: the settings of the workspace, and others for one call (§13)', async () => {
    await opSettings({ missionId: 'M-1', wpId: 'W-1' });
    const count = subjects().length;
    await run('resetSoft', 'HEAD~1');
    const tract = await api.store.requireActive();
    await tract.generate({ model, missionId: 'M-2', wpId: 'W-2' });
    await opSettings({ missionId: undefined, wpId: undefined });
    await run('undo');
    await eventually(() => subjects().length === count + 3);
    const ids = (await rows()).slice(0, 3).map(({ opId, action }) => {
      const [line = ''] = git('show', `HEAD:tract-ops/${opId}.jsonl`).split('\n');
      const started = JSON.parse(line) as Record<string, unknown>;
      return [action, started['mission_id'], started['wp_id']];
    });
    assert.deepEqual(ids, [
      ['undo', undefined, undefined],
      ['generate', 'M-2', 'W-2'],
      ['reset', 'M-1', 'W-1'],
    ]);
  });

  it('a protected branch gets no commit; the records wait until it is protected no more (§13)', async () => {
    await opSettings({ protectedBranches: ['wor*'] });
    const [before, count] = [status(), subjects().length];
    await run('resetSoft', 'HEAD~1');
    await eventually(async () => (await newestWaitsFor()) === 'protected');
    const [waiting] = await rows();
    assert.deepEqual(status(), [...before, `? tract-ops/${waiting?.opId ?? ''}.jsonl`]);
    assert.equal(subjects().length, count);
    await opSettings({ protectedBranches: undefined });
    await eventually(() => subjects().length === count + 1);
    await eventually(async () => (await newestWaitsFor()) === null);
    assert.deepEqual(status(), before);
  });

  it('tract.ops.folder: a folder below gets the records; a path that leaves the workspace gets none (Annex B.7)', async () => {
    mkdirSync(join(folder, 'notes ü'));
    await opSettings({ folder: 'notes ü' });
    const [before, count] = [status(), subjects().length];
    await run('undo');
    await eventually(() => subjects().length === count + 1);
    const [below] = await rows();
    const names = git('-c', 'core.quotePath=false', 'show', '--format=', '--name-only', 'HEAD').trim().split('\n');
    assert.deepEqual(
      names,
      ['.gitattributes', '.gitignore', `${below?.opId ?? ''}.jsonl`].map((name) => `notes ü/tract-ops/${name}`),
    );
    await eventually(async () => (await newestWaitsFor()) === null);
    assert.deepEqual(status(), before);

    for (const outside of ['../outside', join(folder, '..', 'outside'), 'notes ü/../../outside']) {
      await opSettings({ folder: outside });
      await run('checkout', 'HEAD~1');
      await run('checkout', 'main');
      assert.equal((await rows())[0]?.path, null);
      assert.equal(existsSync(join(folder, '..', 'outside')), false);
    }
    assert.equal(subjects().length, count + 1);
    assert.deepEqual(status(), before);
    await opSettings({ folder: undefined });
  });

  it('what was done while it was off is not written when it is on again (§13 off means off)', async () => {
    await opSettings({ durability: 'store' });
    const [before, count] = [status(), subjects().length];
    await run('resetSoft', 'HEAD~1');
    await run('undo');
    await opSettings({ durability: 'git' });
    await run('resetSoft', 'HEAD~1');
    await eventually(() => subjects().length > count);
    await eventually(async () => (await newestWaitsFor()) === null);
    assert.deepEqual(
      (await rows()).slice(0, 3).map(({ action, path }) => [action, path !== null]),
      [
        ['reset', true],
        ['undo', false],
        ['reset', false],
      ],
    );
    assert.equal(subjects().length, count + 1);
    assert.deepEqual(status(), before);
  });

  it('what is done while the answer is still being written to the settings is kept too', async () => {
    await run('chooseDurability', 'store');
    const [before, count] = [status(), subjects().length];
    const choosing = run('chooseDurability', 'git', { confirmed: true });
    await run('undo');
    await choosing;
    await eventually(() => subjects().length === count + 1);
    assert.match(subjects()[0] ?? '', /^op\(undo\): /);
    await eventually(async () => (await newestWaitsFor()) === null);
    assert.deepEqual(status(), before);
  });

  it('Check Operations… finds orphans and closes them as abandoned by the doctor (§13)', async () => {
    const opId = '01HZZZZZZZZZZZZZZZZZZZZZZZ';
    const path = writeOrphan(folder, opId);
    assert.equal((await rows()).find((row) => row.opId === opId)?.state, 'orphan');
    const found = await run<{ orphans: string[]; closed: string[] }>('checkOps', { closeStaleHours: 24 });
    assert.deepEqual(found, { orphans: [], closed: [path] });
    const closed = JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.equal(closed['outcome'], 'abandoned');
    assert.equal(closed['closed_by'], 'doctor');
  });
});

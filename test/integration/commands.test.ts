import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import type { Tract } from '../../src/core/tract.js';

/** Every command's effect on the real store, through VS Code's command service (issue 2, issue 3). */
describe('commands and the store', () => {
  let api: TractApi;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const active = async (): Promise<Tract> => api.store.requireActive();
  const texts = async () => (await (await active()).compile()).messages.map(({ content }) => content);

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
  });

  beforeEach(async () => {
    await run('newTract', 'test');
    for (const text of ['one', 'two', 'three']) await run('commitText', { text });
  });

  it('Import Session… brings commits and records, and makes the tract active (§14)', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const report = await run<{ added: { commits: number; records: number }; calls: number; tracts: string[] }>(
      'importSession',
      join(folder, 'sessions', 'first-session.jsonl'),
    );
    assert.ok(report.added.commits > 0);
    const tract = await active();
    assert.equal(tract.tractId, report.tracts[0]);
    assert.equal((await tract.compileRecords()).length, report.calls);
  });

  it('a file that is no transcript changes nothing', async () => {
    const store = await api.store.open();
    const before = store.tracts().length;
    assert.equal(await run('importSession', __filename), undefined);
    assert.equal(store.tracts().length, before);
  });

  it('Checkout…, Checkout -, Reset (Soft)…, Reset (Hard)…, Undo, Redo (§8)', async () => {
    const tract = await active();
    const { head } = tract;
    const first = await tract.resolveCommit('HEAD~2');
    assert.equal(await run('checkout', { tractId: tract.tractId, commitHash: first }), first);
    assert.equal(tract.isDetached, true);
    assert.equal(await run('checkoutPrevious'), head);
    assert.equal(tract.currentBranch, 'main');
    await run('resetSoft', 'HEAD~1');
    assert.deepEqual(await texts(), ['one', 'two']);
    await run('undo');
    assert.equal(tract.head, head);
    await run('resetHard', first, { confirmed: true });
    assert.deepEqual(await texts(), ['one']);
    await run('undo');
    await run('redo');
    assert.equal(tract.head, first);
    await run('undo');
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
  });

  it('Set Priority… skips and pins (§2)', async () => {
    await run('setPriority', 'HEAD~1', 'skip');
    assert.deepEqual(await texts(), ['one', 'three']);
    const tract = await active();
    await run('pin', { tractId: tract.tractId, commitHash: await tract.resolveCommit('HEAD~3') });
    assert.equal((await tract.compile()).messages[0]?.priority, 'pinned');
  });

  it('Edit Commit… : saving the document makes one edit commit, saving it again none (B.12)', async () => {
    const tract = await active();
    const address = await run<string>('editCommit', 'HEAD~1');
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(address));
    assert.equal(document.getText(), 'two');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, 1, 0), 'zwei');
    await vscode.workspace.applyEdit(edit);
    assert.equal(await document.save(), true);
    assert.deepEqual(await texts(), ['one', 'zwei', 'three']);
    const { head } = tract;
    await vscode.workspace.fs.writeFile(document.uri, new TextEncoder().encode('zwei'));
    assert.equal(tract.head, head);
    await run('restoreVersion', 'HEAD~2', 0);
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
  });

  it('commits and contexts are read-only documents (B.12)', async () => {
    const tract = await active();
    await run('compile');
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.equal(document.uri.scheme, 'tract');
    assert.match(document.getText(), /## user\n\none\n/);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(document.uri, new Uint8Array()));
    const head = tract.head ?? '';
    const commit = vscode.Uri.parse(`tract:/${tract.tractId}/commit/${head}`);
    assert.equal((await vscode.workspace.openTextDocument(commit)).getText(), 'three');
  });

  it('Copy Compiled Context As… gives OpenAI, Anthropic and Markdown (§5)', async () => {
    const openai = JSON.parse(await run<string>('copyContext', 'openai')) as { role: string; content: string }[];
    assert.deepEqual(openai[0], { role: 'user', content: 'one' });
    const anthropic = JSON.parse(await run<string>('copyContext', 'anthropic')) as { messages: unknown[] };
    assert.equal(anthropic.messages.length, 1);
    assert.match(await run<string>('copyContext', 'markdown'), /^## user/);
    assert.match(await vscode.env.clipboard.readText(), /^## user/);
  });

  it('Create, Rename, Delete Branch…, Tag…, Merge, Rebase, Cherry-Pick (§9)', async () => {
    const tract = await active();
    await run('createBranch', undefined, 'side');
    const side = await run<string>('commitText', { text: 'on side' });
    await run('checkout', 'main');
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
    await run('cherryPick', side);
    assert.deepEqual(await texts(), ['one', 'two', 'three', 'on side']);
    await run('undo');
    await run('commitText', { text: 'on main' });
    await run('rebase', 'side');
    assert.deepEqual(await texts(), ['one', 'two', 'three', 'on side', 'on main']);
    await run('undo');
    await run('merge', 'side');
    assert.deepEqual((await texts()).toSorted(), ['on main', 'on side', 'one', 'three', 'two']);
    await run('createTag', 'HEAD', 'v1');
    assert.equal((await tract.tags())[0]?.name, 'v1');
    await run('deleteTag', 'v1');
    await run('renameBranch', 'side', 'other');
    await run('deleteBranch', 'other');
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['main'],
    );
  });

  it('a merge with conflicts compiles what was chosen (§9.2)', async () => {
    const tract = await active();
    const target = await tract.resolveCommit('HEAD~1');
    const content = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
    await run('createBranch', undefined, 'side');
    await tract.edit(target, content('theirs'));
    await run('checkout', 'main');
    await tract.edit(target, content('ours'));
    await run('merge', 'side', { resolutions: { [target]: { text: 'both' } } });
    assert.deepEqual(await texts(), ['one', 'both', 'three']);
  });

  it('Compress…, Expand, Reorder… (§9.3, §9.4)', async () => {
    const tract = await active();
    const long = 'A long message that a short summary can stand for without any trouble at all. '.repeat(5);
    await run('commitText', { text: long });
    const compressed = await run<string>('compress', { text: 'sum' });
    assert.deepEqual(await texts(), ['sum']);
    await run('expand', compressed);
    assert.equal((await texts()).length, 4);
    const { commitHashes } = await tract.compile();
    await run('reorder', [commitHashes[1], commitHashes[0]]);
    assert.deepEqual((await texts()).slice(0, 2), ['two', 'one']);
  });

  it('Spawn and Collapse: a sub-session and its summary (§9.7)', async () => {
    const parent = await active();
    const child = await run<string>('spawn', undefined, 'look it up');
    assert.equal((await active()).tractId, child);
    await run('collapse', { tractId: child }, 'found it');
    assert.equal((await active()).tractId, parent.tractId);
    assert.match((await texts()).at(-1) ?? '', /found it/);
  });

  it('Garbage Collect…, Doctor, Export and Import Tract… (§9.6, §9.8)', async () => {
    assert.equal(await run('gc', { olderThanDays: 30 }), 0);
    assert.equal(await run('doctor'), true);
    const tract = await active();
    const file = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'out.tract');
    await run('exportTract', { tractId: tract.tractId }, file);
    await run('importTract', file);
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
  });

  it('everything is there after the store was closed and opened again (§16)', async () => {
    const tract = await active();
    const { tractId, head } = tract;
    await api.store.close();
    const again = await active();
    assert.equal(again.tractId, tractId);
    assert.equal(again.head, head);
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
  });
});

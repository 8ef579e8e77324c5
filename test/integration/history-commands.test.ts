import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';

/** The commands of tree and palette that look at a history or reshape it (SPEC §8, §9, §15), each by its effect. */
describe('commands about commits', () => {
  let api: TractApi;
  let tract: Tract;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const row = (commitHash: string) => ({ tractId: tract.tractId, commitHash });
  const texts = async () => (await tract.compile()).messages.map(({ content }) => content);
  const shown = () => vscode.window.activeTextEditor?.document;
  const diffShown = () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    return input;
  };
  const textAt = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
  const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
  });
  beforeEach(async () => {
    await run('newTract', 'history');
    for (const text of ['one', 'two', 'three']) await run('commitText', { text });
    tract = await api.store.requireActive();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('Open Commit, Copy Hash, Copy Text (§15)', async () => {
    const hash = await tract.resolveCommit('HEAD~1');
    await run('openCommit', row(hash));
    assert.equal(shown()?.getText(), 'two');
    assert.equal(shown()?.uri.scheme, 'tract');
    await run('copyHash', row(hash));
    assert.equal(await vscode.env.clipboard.readText(), hash);
    await run('copyText', row(hash));
    assert.equal(await vscode.env.clipboard.readText(), 'two');
  });

  it('Compare with HEAD, Select for Compare, Compare with Selected: the native diff (§15)', async () => {
    const [first, second] = [await tract.resolveCommit('HEAD~2'), await tract.resolveCommit('HEAD~1')];
    await run('compareWithHead', row(first));
    const contexts = diffShown();
    assert.doesNotMatch(await textAt(contexts.original), /three/);
    assert.match(await textAt(contexts.modified), /three/);
    await run('selectForCompare', row(first));
    await run('compareWithSelected', row(second));
    const commits = diffShown();
    assert.deepEqual([await textAt(commits.original), await textAt(commits.modified)], ['one', 'two']);
  });

  it('Mark as Important, Mark as Normal, Skip (§2)', async () => {
    const hash = await tract.resolveCommit('HEAD');
    const priority = async () => (await tract.compile()).messages.at(-1)?.priority;
    await run('markImportant', row(hash));
    assert.equal(await priority(), 'important');
    await run('markNormal', row(hash));
    assert.equal(await priority(), 'normal');
    await run('skip', row(hash));
    assert.deepEqual(await texts(), ['one', 'two']);
  });

  it('Restore Version… and Show Edit History of an edited message (§8)', async () => {
    const hash = await tract.resolveCommit('HEAD');
    await tract.edit(hash, { content_type: 'dialogue', role: 'user', text: 'drei' });
    await run('restoreVersion', row(hash), 0);
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
    // The first in the list is what holds now, which restores nothing.
    assert.equal(await answer(run('showEditHistory', row(hash)), 'acceptSelectedQuickOpenItem'), undefined);
    assert.equal((await tract.editHistory(hash)).length, 3);
  });

  it('Search… finds a text on any branch and opens it (§8)', async () => {
    await run('createBranch', undefined, 'elsewhere');
    const hash = await run<string>('commitText', { text: 'a needle "quoted"' });
    await run('checkout', 'main');
    assert.equal(await answer(run('search', 'needle "quo'), 'acceptSelectedQuickOpenItem'), hash);
    assert.equal(shown()?.getText(), 'a needle "quoted"');
    assert.equal(await run('search', 'nowhere'), undefined);
  });

  it('Commit File… attaches a file, Commit Selection… commits what is selected (§15, B.2)', async () => {
    const file = vscode.Uri.joinPath(folder(), 'AGENTS.md');
    const attached = await run<string>('commitFile', file);
    const message = (await tract.compile()).messages.at(-1);
    assert.equal(message?.commitHash, attached);
    assert.equal(message.role, 'user');
    const editor = await vscode.window.showTextDocument(file);
    editor.selection = new vscode.Selection(0, 0, 0, 5);
    await run('commitSelection', { kind: 'instruction' });
    assert.equal((await texts()).at(-1), editor.document.getText(editor.selection));
    assert.equal((await tract.compile()).messages.at(-1)?.priority, 'pinned');
  });

  it('Compress up to Here… leaves what follows; Undo brings all back (§9.4)', async () => {
    const long = 'A long message that a short summary can stand for without any trouble at all. '.repeat(5);
    const hash = await run<string>('commitText', { text: long });
    await run('commitText', { text: 'last' });
    await run('compressUpTo', row(hash), { text: 'sum' });
    assert.deepEqual(await texts(), ['sum', 'last']);
    await run('undo');
    assert.equal((await texts()).length, 5);
  });

  it('Switch Tract…, Spawn, Collapse, Open Sub-Session (§9.7)', async () => {
    const child = await run<string>('spawn', row(await tract.resolveCommit('HEAD~1')), 'look it up');
    await run('switchTract', { tractId: tract.tractId });
    assert.equal(api.store.activeId, tract.tractId);
    const summary = await run<string>('collapse', { tractId: child }, 'found it');
    assert.equal(await run('openSubSession', row(summary)), child);
    assert.equal(api.store.activeId, child);
  });

  it('Import Python Tract Database… refuses what is none, and changes nothing (§9.8)', async () => {
    const before = (await api.store.open()).tracts().length;
    const file = vscode.Uri.joinPath(folder(), 'AGENTS.md').fsPath;
    assert.equal(await run('importPython', file), undefined);
    assert.equal((await api.store.open()).tracts().length, before);
  });

  it('Garbage Collect… lists first and removes nothing that was not agreed to (§9.6)', async () => {
    await run('resetSoft', 'HEAD~2');
    assert.ok([undefined, 0].includes(await answer(run<number>('gc', { olderThanDays: 0 }), 'closeQuickOpen')));
    await run('undo');
    assert.deepEqual(await texts(), ['one', 'two', 'three']);
  });

  it('Export Tract… writes one file that imports anywhere (§9.8)', async () => {
    const name = 'exported.tract';
    const file = vscode.Uri.joinPath(folder(), name).fsPath;
    await run('exportTract', { tractId: tract.tractId }, file);
    assert.ok(existsSync(file));
    assert.deepEqual(
      readdirSync(join(file, '..')).filter((one) => one.startsWith(name)),
      [name],
    );
    assert.equal(await run('importTract', file), tract.tractId);
  });
});

/** Answers the quick pick that a command opens soon, by what a key would do in it. */
async function answer<T>(pending: Promise<T>, how: 'acceptSelectedQuickOpenItem' | 'closeQuickOpen'): Promise<T> {
  const settled = pending.then((value) => ({ value }));
  for (;;) {
    const answered = await Promise.race([
      settled,
      new Promise<undefined>((resolve) =>
        setTimeout(() => {
          resolve(undefined);
        }, 25),
      ),
    ]);
    if (answered) return answered.value;
    await vscode.commands.executeCommand(`workbench.action.${how}`);
  }
}

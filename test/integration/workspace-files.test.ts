import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import type { AddedFiles } from '../../src/vscode/workspace-files/add-files.js';

/** `Tract: Add Workspace Files to Context…` through the real command (SPEC §12, issue 7). */
describe('workspace files in the context', () => {
  let api: TractApi;
  let folder: string;
  const add = (budgetTokens: number) =>
    vscode.commands.executeCommand<AddedFiles>('tract.addFiles', {
      from: ['budgeted'],
      query: 'parse numbers',
      deliverables: ['budgeted/must.txt'],
      modifiable: [],
      budgetTokens,
      confirmed: true,
    });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, 'budgeted', name), text);
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    mkdirSync(join(folder, 'budgeted'));
    write('must.txt', 'x'.repeat(40));
    write('numbers.txt', 'parse numbers. '.repeat(4));
    write('other.txt', 'something else '.repeat(4));
    write('.env', 'SECRET=1');
    await vscode.commands.executeCommand('tract.newTract', 'files');
  });

  after(() => {
    rmSync(join(folder, 'budgeted'), { recursive: true, force: true });
  });

  it('keeps the deliverable and what fits, one metrics row, one undo; changed files become edits', async () => {
    // 10 tokens must be in; of the two with 15 each only the one about numbers fits 25.
    assert.deepEqual(await add(25), {
      added: ['budgeted/must.txt', 'budgeted/numbers.txt'],
      changed: [],
      unchanged: [],
      omitted: ['budgeted/other.txt'],
    });
    const tract = await api.store.requireActive();
    const { storage } = await api.store.open();
    const [row, ...more] = storage.metrics(tract.tractId);
    assert.deepEqual(more, []);
    assert.equal(row?.budget_used, 25);
    assert.equal(row.budget_cap, 25);
    assert.equal(row.files_kept, 2);
    assert.equal(row.files_omitted, 1);
    assert.equal(row.deliverables_count, 1);
    assert.equal(row.embedding_calls_made, 0);
    const roles = (await tract.compile()).messages.map(({ role }) => role);
    assert.ok(roles.every((role) => role === 'user'));

    write('numbers.txt', 'parse numbers! '.repeat(4));
    assert.deepEqual(await add(25), {
      added: [],
      changed: ['budgeted/numbers.txt'],
      unchanged: ['budgeted/must.txt'],
      omitted: ['budgeted/other.txt'],
    });
    assert.match((await tract.compile()).messages.map(({ content }) => content).join('\n'), /parse numbers!/);
    await vscode.commands.executeCommand('tract.undo');
    await vscode.commands.executeCommand('tract.undo');
    assert.equal((await tract.compile()).messages.length, 0);
  });
});

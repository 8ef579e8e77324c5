import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';

/** Conflicts of a merge, resolved in an editor (SPEC §9.2, Annex B.12), both ways of showing them. */
describe('conflicts of a merge', () => {
  let api: TractApi;
  let tract: Tract;
  let first: string;
  let second: string;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const texts = async () => (await tract.compile()).messages.map(({ content }) => content);
  const user = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
  const uriOf = (target: string) =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) =>
        tabs.map(({ input }) => (input instanceof vscode.TabInputText ? input.uri : resultOf(input))),
      )
      .find((uri) => uri?.path.includes(`/merge/${target}`));
  const isOpen = (target: string) => uriOf(target) !== undefined;
  const textOf = async (target: string) => {
    const uri = uriOf(target);
    assert.ok(uri, 'the text of the conflict is open');
    return vscode.workspace.openTextDocument(uri);
  };
  const write = async (target: string, text: string) => {
    const document = await textOf(target);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    await document.save();
  };
  const eventually = async (holds: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 200 && !(await holds()); tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    assert.equal(await holds(), true);
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
  });

  beforeEach(async () => {
    await run('newTract', 'conflicts');
    for (const text of ['one', 'two']) await run('commitText', { text });
    tract = await api.store.requireActive();
    first = await tract.resolveCommit('HEAD~1');
    second = await tract.resolveCommit('HEAD');
    await run('createBranch', undefined, 'side');
    await tract.edit(first, user('one of side'));
    await tract.edit(second, user('two of side'));
    await run('checkout', 'main');
    await tract.edit(first, user('one of main'));
    await tract.edit(second, user('two of main'));
    await api.merging.start(tract.tractId, 'side', await tract.planMerge('side'));
  });

  afterEach(async () => {
    if (api.merging.current) await run('abortMerge');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('opens in the merge editor, whose command exists (B.12)', async () => {
    assert.equal(await run('resolveConflict', first), 'merge');
    const document = await textOf(first);
    assert.equal(document.uri.scheme, 'tract');
    assert.equal(
      vscode.workspace.getConfiguration('files', document).get('autoSave'),
      'off',
      'a save is a decision, so it is never automatic',
    );
    assert.equal((await tract.branches()).length, 2);
  });

  it('without it, a native diff beside the text with markers; saved without markers it is resolved (B.12)', async () => {
    const { head } = tract;
    assert.equal(await run('resolveConflict', first, 'diff'), 'diff');
    const diff = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
    const sides = diff.find((input) => input instanceof vscode.TabInputTextDiff);
    assert.ok(sides);
    assert.equal((await vscode.workspace.openTextDocument(sides.original)).getText(), 'one of main');
    assert.equal((await vscode.workspace.openTextDocument(sides.modified)).getText(), 'one of side');
    assert.equal((await textOf(first)).getText(), '<<<<<<< ours\none of main\n=======\none of side\n>>>>>>> theirs\n');
    await write(first, '<<<<<<< ours\none of main\n=======\nhalf done');
    assert.equal(api.merging.open.length, 2, 'markers are left');
    await write(first, 'one of both');
    await eventually(() => api.merging.open.length === 1);
    assert.equal(tract.head, head, 'nothing is written before each is resolved');
    // The next one opens by itself, here in the merge editor, which begins with the text of the base.
    await eventually(async () => isOpen(second) && (await textOf(second)).getText() === 'two');
    await write(second, 'two of side');
    await eventually(() => api.merging.current === null);
    assert.deepEqual(await texts(), ['one of both', 'two of side']);
    const [merge] = await tract.log({ limit: 1 });
    assert.equal(merge?.message, "Merge branch 'side' into main");
    const shown = await vscode.workspace.openTextDocument(
      vscode.Uri.parse(`tract:/${tract.tractId}/commit/${tract.head ?? ''}`),
    );
    // Messages come in the order of their hashes.
    const byHash = [
      `## ${first.slice(0, 8)} one\n\nResolved with this text:\n\none of both`,
      `## ${second.slice(0, 8)} two\n\nResolved: theirs`,
    ].sort();
    assert.equal(shown.getText(), ["Merge branch 'side' into main", ...byHash].join('\n\n'));
    await run('undo');
    assert.deepEqual(await texts(), ['one of main', 'two of main'], 'a merge is undone as one');
  });

  it('Keep Ours and Take Theirs settle one each; the merge completes with the last (§9.2)', async () => {
    await run('keepOurs', { target: first });
    assert.equal(api.merging.open.length, 1);
    await run('takeTheirs', { target: second });
    assert.equal(api.merging.current, null);
    assert.deepEqual(await texts(), ['one of main', 'two of side']);
  });

  it('a branch that moves meanwhile keeps what was chosen and asks about what is new (§9.2)', async () => {
    await run('keepOurs', { target: first });
    await tract.edit(second, user('two of main, again'));
    await run('takeTheirs', { target: second });
    assert.deepEqual(
      api.merging.open.map(({ target }) => target),
      [second],
    );
    await run('takeTheirs', { target: second });
    assert.deepEqual(await texts(), ['one of main', 'two of side']);
  });

  it('while another branch is checked out it is not merged into that one', async () => {
    await run('keepOurs', { target: first });
    await run('createBranch', undefined, 'elsewhere');
    const { head } = tract;
    await run('takeTheirs', { target: second });
    assert.equal(tract.head, head);
    await run('checkout', 'main');
    await run('resolveConflict');
    assert.deepEqual(await texts(), ['one of main', 'two of side']);
  });

  it('Abort Merge leaves everything as it was', async () => {
    const { head } = tract;
    await run('keepOurs', { target: first });
    await run('abortMerge');
    assert.equal(api.merging.current, null);
    assert.equal(tract.head, head);
  });
});

/** The API has no type for the merge editor's tab; its result is a uri. */
function resultOf(input: unknown): vscode.Uri | undefined {
  return typeof input === 'object' && input !== null && 'result' in input && input.result instanceof vscode.Uri
    ? input.result
    : undefined;
}

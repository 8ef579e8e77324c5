import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';
import { textsOf, type TestModels } from './model-extension/extension.js';

/** What a model proposes and the person decides (issue 6), with a model of the real `vscode.lm`. */
describe('model-backed operations', () => {
  let api: TractApi;
  let models: TestModels;
  let tract: Tract;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const texts = async () => (await tract.compile()).messages.map(({ content }) => content);
  const user = (text: string) => ({ content_type: 'dialogue', role: 'user', text });
  const says = (text: string) => {
    models.enqueue((report) => {
      report(new vscode.LanguageModelTextPart(text));
    });
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    const provider = vscode.extensions.getExtension<TestModels>('tract-test.test-models');
    assert.ok(extension && provider);
    api = await extension.activate();
    models = await provider.activate();
  });
  beforeEach(async () => {
    models.reset();
    await run('newTract', 'model-backed');
    tract = await api.store.requireActive();
    // Each operation may have a model of its own; there is none for chat.
    for (const operation of ['merge', 'compress']) await run('chooseModel', operation, 'vscode.lm/tract-test/one');
  });
  afterEach(async () => {
    if (api.merging.current) await run('abortMerge');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const settings = vscode.workspace.getConfiguration('tract');
    for (const operation of ['merge', 'compress']) await settings.update(`model.${operation}`, undefined, true);
  });

  it('a conflict gets a proposal of the model for merges, which holds once the person saves it (§9.2)', async () => {
    const targets = [await tract.user('one'), await tract.user('two')].map(({ commitHash }) => commitHash);
    const [first = '', second = ''] = targets;
    await run('createBranch', undefined, 'side');
    for (const target of targets) await tract.edit(target, user('of side'));
    await run('checkout', 'main');
    for (const target of targets) await tract.edit(target, user('of main'));
    await api.merging.start(tract.tractId, 'side', await tract.planMerge('side'));
    const { head } = tract;
    says('of both');
    await run('proposeResolution', first);
    const [sent, ...others] = models.requests;
    assert.deepEqual(others, [], 'only the conflict that was asked about is sent');
    assert.match(
      textsOf(sent)[1]?.[1] ?? '',
      /base: .*\none\n[^]*ours: .* main\nof main\n[^]*theirs: .* side\nof side\n/,
    );
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.path.includes(`/merge/${first}`));
    assert.equal(document?.getText(), 'of both');
    assert.deepEqual([tract.head, api.merging.open.length], [head, 2], 'a proposal resolves nothing');
    // As the person would: a save that changes something.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'Still ');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    while (api.merging.open.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await run('takeTheirs', { target: second });
    assert.deepEqual(await texts(), ['Still of both', 'of side']);
    assert.deepEqual(await tract.compileRecords(), [], 'records are of generate and chat only (§7)');
  });

  it('a text that is written for approval waits in its editor; closing it is no (§9.4)', async () => {
    await tract.user('word '.repeat(50));
    await tract.user('more');
    const { head } = tract;
    const compressing = run<string | undefined>('compressUpTo', head);
    const accept = async () => {
      while (models.requests.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      }
    };
    says('Words.');
    await accept();
    const draft = () => vscode.window.activeTextEditor?.document;
    while (draft()?.getText() !== 'Words.') await new Promise((resolve) => setTimeout(resolve, 20));
    await vscode.commands.executeCommand('tract.cancelText');
    assert.equal(await compressing, undefined);
    assert.equal(tract.head, head);
    // Its editor is closed; the host is told of that a moment later.
    while (draft()?.isUntitled === true) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('what the model for summaries cannot take is not sent (§11)', async () => {
    for (const letter of ['a', 'b']) await tract.user(`${letter} `.repeat(2500));
    const { head } = tract;
    const compressing = run('compressUpTo', head);
    const compress = { ended: false };
    void compressing.then(() => {
      compress.ended = true;
    });
    while (!compress.ended) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    assert.deepEqual([models.requests.length, tract.head], [0, head]);
  });

  it('skips the heaviest tool results, as one step that can be undone (§11)', async () => {
    const result = {
      content_type: 'tool_io',
      tool_name: 'read',
      direction: 'result',
      payload: { text: 'x '.repeat(400) },
    };
    await tract.user('Read it.');
    await tract.commit({ ...result, status: 'success' });
    assert.equal(await run('skipHeaviestToolResults', 'confirmed'), 1);
    assert.deepEqual(await texts(), ['Read it.']);
    await run('undo');
    assert.equal((await texts()).length, 2);
  });
});

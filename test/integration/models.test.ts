import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import { answer, startLlmServer, status, type LlmServer } from '../fixtures/llm-server.js';

describe('models in the extension host (issue 6)', () => {
  let api: TractApi;
  let server: LlmServer;
  const settings = () => vscode.workspace.getConfiguration('tract');
  const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Global);

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    server = await startLlmServer();
    await set('providers', { local: { protocol: 'openai', baseURL: server.openAI, models: ['fake-1'] } });
  });
  beforeEach(async () => {
    server.reset();
    await vscode.commands.executeCommand('tract.newTract', 'models');
    await vscode.commands.executeCommand('tract.chooseModel', 'chat', 'local/fake-1');
  });
  after(async () => {
    for (const name of ['providers', 'model.chat', 'budget.maxTokens', 'budget.action']) await set(name, undefined);
    await server.close();
  });

  it('Chat… commits the question, records the call, commits the answer (§10)', async () => {
    server.enqueue(answer({ text: 'Four.', usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 } }));
    assert.equal(await vscode.commands.executeCommand('tract.chat', 'What is 2+2?'), 'Four.');
    const tract = await api.store.requireActive();
    const context = await tract.compile();
    assert.deepEqual(
      context.messages.map(({ role, content }) => [role, content]),
      [
        ['user', 'What is 2+2?'],
        ['assistant', 'Four.'],
      ],
    );
    const [record, ...others] = await tract.compileRecords();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [record?.outcome, record?.provider, record?.model, record?.tokenSource, record?.params],
      ['answered', 'local', 'fake-1', 'api:100+50', null],
    );
  });

  it('Generate goes on from the context; a failed call keeps its record (§7)', async () => {
    await vscode.commands.executeCommand('tract.commitText', { text: 'Hello' });
    server.enqueue(status(400, { error: { message: 'no' } }));
    assert.equal(await vscode.commands.executeCommand('tract.generate'), undefined);
    const tract = await api.store.requireActive();
    const [record] = await tract.compileRecords();
    assert.deepEqual([record?.outcome, record?.errorCode], ['failed', 'MODEL_BAD_REQUEST']);
    assert.equal((await tract.compile()).messages.length, 1);
  });

  it('a rejecting budget sends and stores nothing (§11)', async () => {
    await set('budget.maxTokens', 20);
    await set('budget.action', 'reject');
    assert.equal(await vscode.commands.executeCommand('tract.chat', 'word '.repeat(50)), undefined);
    const tract = await api.store.requireActive();
    assert.deepEqual([tract.head, (await tract.compileRecords()).length, server.requests.length], [null, 0, 0]);
    await set('budget.maxTokens', undefined);
    await set('budget.action', undefined);
  });

  it('language model tools run on the active tract (§15)', async () => {
    await vscode.commands.executeCommand('tract.commitText', { text: 'Hello tools' });
    const { content } = await vscode.lm.invokeTool(
      'show_log',
      { input: {}, toolInvocationToken: undefined },
      new vscode.CancellationTokenSource().token,
    );
    assert.match(content.map((part) => (part as vscode.LanguageModelTextPart).value).join(''), /Hello tools/);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import type { ModelEvent } from '../../src/core/ports/model.js';
import { lmModel } from '../../src/vscode/models/lm-model.js';
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

  it('a model of vscode.lm gets no system role and never a usage report (§10)', async () => {
    const sent: vscode.LanguageModelChatMessage[][] = [];
    const chat: vscode.LanguageModelChat = {
      name: 'Test',
      id: 'one',
      vendor: 'test',
      family: 'test',
      version: '1',
      maxInputTokens: 4000,
      countTokens: () => Promise.resolve(1),
      sendRequest: (messages) => {
        sent.push(messages);
        const parts = [
          new vscode.LanguageModelTextPart('Hi'),
          new vscode.LanguageModelToolCallPart('c1', 'look', { at: 1 }),
        ];
        return Promise.resolve({ stream: iterate(parts), text: iterate(['Hi']) });
      },
    };
    const events: ModelEvent[] = [];
    const model = lmModel(chat);
    const request = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: [],
      params: null,
    } as const;
    for await (const event of model.send(request, { signal: new AbortController().signal })) events.push(event);
    assert.deepEqual([model.id, model.contextWindow], ['vscode.lm/test/one', 4000]);
    assert.deepEqual(events, [
      { type: 'text', text: 'Hi' },
      { type: 'toolCall', id: 'c1', name: 'look', arguments: '{"at":1}' },
      { type: 'finish', reason: 'tool_calls' },
    ]);
    const { User } = vscode.LanguageModelChatMessageRole;
    assert.deepEqual(
      sent[0]?.map(({ role }) => role),
      [User, User],
    );
  });
});

async function* iterate<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

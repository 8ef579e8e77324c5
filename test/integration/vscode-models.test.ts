import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ModelEvent } from '../../src/core/ports/model.js';
import type { TractApi } from '../../src/extension.js';
import { lmModel } from '../../src/vscode/models/lm-model.js';
import { settled, textsOf, type TestModels } from './model-extension/extension.js';

const ID = 'vscode.lm/tract-test/one';

/** Issue 6: the real `vscode.lm`, with a provider that another extension registered. */
describe('models of vscode.lm (§10)', () => {
  let api: TractApi;
  let models: TestModels;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const newestRecord = async () => (await (await api.store.requireActive()).compileRecords())[0];

  before(async () => {
    const tract = vscode.extensions.getExtension<TractApi>('tract.tract');
    const provider = vscode.extensions.getExtension<TestModels>('tract-test.test-models');
    assert.ok(tract && provider);
    api = await tract.activate();
    models = await provider.activate();
  });
  beforeEach(async () => {
    models.reset();
    await run('newTract', 'vscode.lm');
    await run('chooseModel', 'chat', ID);
  });
  after(() => vscode.workspace.getConfiguration('tract').update('model.chat', undefined, true));

  it('answers, with instructions sent as user messages; tokens stay estimates, never labelled as reported (§6, §10)', async () => {
    const tract = await api.store.requireActive();
    await tract.system('Be brief.');
    assert.equal(await run('chat', 'Hello'), 'Hello from VS Code.');
    assert.deepEqual(models.requests.map(textsOf), [
      [
        ['user', 'Be brief.'],
        ['user', 'Hello'],
      ],
    ]);
    const [record, ...others] = await tract.compileRecords();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [record?.outcome, record?.provider, record?.model, record?.usage, record?.tokenSource, record?.finishReason],
      ['answered', 'vscode.lm', 'tract-test/one', null, 'tiktoken:o200k_base', 'stop'],
    );
    assert.match((await tract.compile({ at: record?.headHash ?? '' })).tokenSource, /^tiktoken:/);
    const reproduced = await (await tract.compileRecord(record?.id ?? ''))?.reproduce();
    assert.deepEqual(
      reproduced?.messages.map(({ content }) => content),
      ['Be brief.', 'Hello'],
    );
  });

  it('hands out pieces while the answer is still coming', async () => {
    const [model] = await vscode.lm.selectChatModels({ vendor: 'tract-test' });
    assert.ok(model);
    const gate = settled();
    models.enqueue(async (report) => {
      report(new vscode.LanguageModelTextPart('first'));
      await gate.promise;
      report(new vscode.LanguageModelTextPart(' second'));
    });
    const request = { messages: [{ role: 'user', content: 'Hi' }], tools: [], params: null } as const;
    const events: ModelEvent[] = [];
    for await (const event of lmModel(model).send(request, { signal: new AbortController().signal })) {
      // Only now may the provider go on: were the pieces held back, this would wait for ever.
      gate.resolve();
      events.push(event);
    }
    assert.deepEqual(events, [
      { type: 'text', text: 'first' },
      { type: 'text', text: ' second' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('offers the tools of the context, keeps the calls, and hands their results back (Annex B.4)', async () => {
    const tract = await api.store.requireActive();
    const parameters = { type: 'object', properties: { at: { type: 'string' } } };
    const tool = { type: 'function', function: { name: 'look', description: 'Looks.', parameters } };
    await tract.commit({ content_type: 'config', settings: { tools: [tool] } });
    models.enqueue((report) => {
      report(new vscode.LanguageModelToolCallPart('call_1', 'look', { at: 'here' }));
    });
    await run('chat', 'Look');
    assert.deepEqual(models.requests[0]?.options.tools, [
      { name: 'look', description: 'Looks.', inputSchema: parameters },
    ]);
    assert.equal((await newestRecord())?.finishReason, 'tool_calls');
    await tract.commit(
      { content_type: 'dialogue', role: 'tool', text: 'A tree.' },
      { metadata: { tool_call_id: 'call_1' } },
    );
    await run('generate');
    const [call, result] = (models.requests[1]?.messages ?? []).slice(1).map(({ content }) => content[0]);
    assert.ok(call instanceof vscode.LanguageModelToolCallPart && result instanceof vscode.LanguageModelToolResultPart);
    assert.deepEqual([call.callId, call.name, call.input], ['call_1', 'look', { at: 'here' }]);
    assert.equal(result.callId, 'call_1');
    const [text] = result.content;
    assert.ok(text instanceof vscode.LanguageModelTextPart);
    assert.equal(text.value, 'A tree.');
  });

  for (const listens of [true, false]) {
    it(`stops a call whose provider ${listens ? 'listens to' : 'ignores'} its token; the record says cancelled (§7)`, async () => {
      const asked = settled();
      const told = settled();
      models.enqueue(async (report, token) => {
        report(new vscode.LanguageModelTextPart('Well'));
        token.onCancellationRequested(told.resolve);
        asked.resolve();
        await (listens ? told.promise : new Promise(() => undefined));
      });
      const answer = run('chat', 'Hello');
      await asked.promise;
      assert.equal(await run('stopAnswer'), true);
      assert.equal(await answer, undefined);
      await told.promise;
      const record = await newestRecord();
      assert.deepEqual([record?.outcome, record?.errorCode], ['cancelled', 'CANCELLED']);
      assert.equal((await (await api.store.requireActive()).compile()).messages.length, 1);
    });
  }

  it('a provider that fails leaves a failed record and repeats neither key nor text (§17)', async () => {
    models.enqueue(() => {
      throw new Error('no luck with "a private question" and key sk-test-0123456789abcdef');
    });
    assert.equal(await run('chat', 'a private question'), undefined);
    const record = await newestRecord();
    assert.deepEqual([record?.outcome, record?.errorCode], ['failed', 'MODEL_SERVER']);
    assert.doesNotMatch(JSON.stringify(record), /private|sk-test/);
    models.enqueue(() => {
      throw vscode.LanguageModelError.Blocked('too naughty');
    });
    assert.equal(await run('generate'), undefined);
    assert.equal((await newestRecord())?.errorCode, 'MODEL_BAD_REQUEST');
  });

  it('a model that is gone, and a context above its window, are refused before anything is sent (§11)', async () => {
    await run('chooseModel', 'chat', 'vscode.lm/tract-test/gone');
    assert.equal(await run('chat', 'Hello'), undefined);
    await run('chooseModel', 'chat', ID);
    const tract = await api.store.requireActive();
    assert.equal(tract.head, null);
    await tract.user('word '.repeat(4100));
    assert.equal(await run('generate'), undefined);
    assert.deepEqual([models.requests.length, (await tract.compileRecords()).length], [0, 0]);
  });
});

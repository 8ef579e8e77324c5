import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';
import { settled, textsOf, type TestModels } from './model-extension/extension.js';

/** `@tract` asked through VS Code's own chat (§15, issue 6), with the test extension's model chosen in it. */
describe('@tract in the chat (§15)', () => {
  let api: TractApi;
  let models: TestModels;
  let tract: Tract;
  const ask = (query: string) =>
    vscode.commands.executeCommand('workbench.action.chat.open', { query: `@tract ${query}`, blockOnResponse: true });
  const children = async () =>
    (await api.store.open()).tracts().filter(({ spawn }) => spawn?.tractId === tract.tractId);
  /** The tract of the newest question, and its records. */
  const newestQuestion = async () => {
    const child = await api.store.tract((await children()).at(-1)?.tractId ?? '');
    return { child, records: await child.compileRecords() };
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    const provider = vscode.extensions.getExtension<TestModels>('tract-test.test-models');
    assert.ok(extension && provider);
    api = await extension.activate();
    models = await provider.activate();
    // A model of the chat's must be known before it can be given to a participant.
    await vscode.lm.selectChatModels({ vendor: 'tract-test' });
  });
  beforeEach(async () => {
    models.reset();
    await vscode.commands.executeCommand('workbench.action.chat.newChat');
    await vscode.commands.executeCommand('tract.newTract', 'asked about');
    tract = await api.store.requireActive();
    await tract.user('We use tabs.');
  });

  it('log, status, compile, commit, branch, checkout, diff and records do what they say', async () => {
    const { head } = tract;
    await ask('/status');
    await ask('/log');
    await ask('/commit We use UTF-8.');
    await ask('/diff');
    await ask('/compile HEAD~1');
    await ask('/branch trial');
    await ask('/checkout main');
    await ask('/records');
    await ask('/checkout nowhere');
    assert.equal(models.requests.length, 0);
    assert.equal(tract.currentBranch, 'main');
    assert.deepEqual(
      (await tract.branches()).map(({ name }) => name),
      ['main', 'trial'],
    );
    const [added] = await tract.log({ limit: 1 });
    assert.deepEqual([added?.message, added?.parentHash], ['We use UTF-8.', head]);
    // What a chat said before a free question is sent with it, so that the answers can be read here.
    await ask('what did you do?');
    const said = textsOf(models.requests[0]).filter(([role]) => role === 'assistant');
    const short = head?.slice(0, 8) ?? '';
    const expected = [
      new RegExp(`main @ ${short} \\| 1 commit \\| 11 tokens`),
      new RegExp(`${short} {2}append dialogue.*We use tabs\\.`),
      /Committed [0-9a-f]{64}/,
      /1 added, 0 removed, 0 modified, 1 unchanged[^]*We use UTF-8\./,
      /1 message, ~\d+ tokens at[^]*We use tabs\./,
      /Branch trial stands at [0-9a-f]{64} and is checked out/,
      /On main at [0-9a-f]{64}/,
      /No model was called yet\./,
    ];
    for (const [i, pattern] of expected.entries()) assert.match(said[i]?.[1] ?? '', pattern);
  });

  it('compress offers the command that shows a summary first, and changes nothing', async () => {
    const { head } = tract;
    await ask('/compress');
    assert.equal(tract.head, head);
  });

  it('a free question gets the history as material, one record, and leaves the history as it is (§7, §9.7)', async () => {
    const { head } = tract;
    await ask('what do we indent with?');
    assert.deepEqual([tract.head, await tract.compileRecords()], [head, []]);
    const { child, records } = await newestQuestion();
    assert.deepEqual(
      records.map(({ outcome, params, usage, model, headHash }) => [outcome, params, usage, model, headHash]),
      [['answered', null, null, 'tract-test/one', (await child.log({ limit: 2 }))[1]?.commitHash]],
    );
    const [sent] = models.requests;
    const reproduced = await (await child.compileRecord(records[0]?.id ?? ''))?.reproduce();
    assert.deepEqual(
      textsOf(sent).map(([, text]) => text),
      reproduced?.messages.map(({ content }) => content),
    );
    const [task, material, question] = textsOf(sent);
    assert.match(task?.[1] ?? '', /never an instruction/);
    assert.match(material?.[1] ?? '', /^<<<MATERIAL the conversation\n## user\n\nWe use tabs\.\n/);
    assert.equal(question?.[1], 'what do we indent with?');
    assert.equal((await child.compile()).messages.at(-1)?.content, 'Hello from VS Code.');
  });

  it('the next question goes on in the same tract, until HEAD has moved', async () => {
    await ask('first?');
    await ask('second?');
    assert.equal((await children()).length, 1);
    assert.equal((await newestQuestion()).records.length, 2);
    await tract.user('We use spaces now.');
    await ask('third?');
    const { records } = await newestQuestion();
    assert.deepEqual([(await children()).length, records.length], [2, 1]);
    const texts = textsOf(models.requests[2]).map(([, text]) => text);
    assert.match(texts[1] ?? '', /spaces now/);
    assert.deepEqual(texts.slice(2), ['first?', 'Hello from VS Code.', 'second?', 'Hello from VS Code.', 'third?']);
  });

  it('a failed and a stopped question keep their records (§7)', async () => {
    models.enqueue(() => {
      throw new Error('boom');
    });
    await ask('fails?');
    assert.equal((await newestQuestion()).records[0]?.outcome, 'failed');
    await vscode.commands.executeCommand('workbench.action.chat.newChat');
    const asked = settled();
    models.enqueue(async () => {
      asked.resolve();
      await new Promise(() => undefined);
    });
    const question = ask('stopped?');
    await asked.promise;
    await vscode.commands.executeCommand('workbench.action.chat.cancel');
    await question;
    const cancelled = async () => (await newestQuestion()).records[0]?.outcome === 'cancelled';
    while (!(await cancelled())) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('a history larger than the model takes is not sent, and nothing is written (§11)', async () => {
    await tract.user('word '.repeat(4100));
    await ask('too large?');
    assert.deepEqual([models.requests.length, (await children()).length], [0, 0]);
  });
});

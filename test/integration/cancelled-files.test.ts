import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/core/ports/model.js';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';
import type { AddedFiles } from '../../src/vscode/workspace-files/open-plan.js';
import { startEmbeddingsServer, type EmbeddingsServer } from '../fixtures/embeddings-server.js';

const FILES = 4000;
const NEEDLE = 'generated/d40/needle.ts';

const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'an answer' };
  },
};

/** The person stops a choice among thousands of files (SPEC §12, issue 7). */
describe('choosing among 4,000 files, cancelled', () => {
  let api: TractApi;
  let server: EmbeddingsServer;
  let generated: string;
  let tract: Tract;

  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const set = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('tract').update(key, value, vscode.ConfigurationTarget.Global);
  const request = { query: 'needle', budgetTokens: 10, confirmed: true };

  before(async function () {
    this.timeout(120_000);
    server = await startEmbeddingsServer();
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    generated = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'generated');
    for (let i = 0; i < FILES; i++) {
      const folder = join(generated, `d${Math.floor(i / 100)}`);
      if (i % 100 === 0) mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `f${i}.ts`), `export const value${i} = ${i}; `.repeat(15));
    }
    mkdirSync(join(generated, 'd40'));
    writeFileSync(join(generated, 'd40', 'needle.ts'), 'x'.repeat(40));
    await set('embeddings.endpoint', server.url);
    await set('embeddings.model', 'fake');
    await set('embeddings.dimensions', 3);
  });
  beforeEach(async () => {
    await run('newTract', 'cancelled');
    tract = await api.store.requireActive();
  });
  after(async () => {
    for (const key of ['enabled', 'endpoint', 'model', 'dimensions']) await set(`embeddings.${key}`, undefined);
    rmSync(generated, { recursive: true, force: true });
    await server.close();
  });

  /** Nothing was committed, and the next call knows of no selection. */
  const nothingHappened = async () => {
    assert.equal(tract.head, null);
    await tract.user('and now?');
    const { record } = await tract.generate({ model });
    assert.equal(record.params, null);
    assert.deepEqual((await api.store.open()).storage.metrics(tract.tractId), []);
  };
  const nextOneWorks = async () => {
    const added = await run<AddedFiles>('addFiles', request);
    assert.deepEqual([added.added, added.tokens], [[NEEDLE], 10]);
    assert.ok(added.omitted.length >= FILES && added.omitted.includes('generated/d0/f0.ts'));
    await tract.generate({ model });
    const rows = (await api.store.open()).storage.metrics(tract.tractId);
    assert.deepEqual(
      rows.map(({ files_kept, budget_used }) => [files_kept, budget_used]),
      [[1, 10]],
    );
  };

  it('by Cancel of its progress: nothing is committed or recorded, and the next one works (§12)', async function () {
    this.timeout(120_000);
    await vscode.commands.executeCommand('notifications.clearAll');
    // The endpoint never answers, so that it cannot be over before the person is quick enough.
    server.hang = true;
    await set('embeddings.enabled', true);
    const adding = { ended: false };
    const added = run('addFiles', request).finally(() => {
      adding.ended = true;
    });
    while (!adding.ended) {
      // What a click on Cancel does, as soon as the progress is shown.
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await added, undefined);
    await set('embeddings.enabled', undefined);
    await nothingHappened();
    await nextOneWorks();
  });

  it('by the chat: the tool stops with it (§12)', async function () {
    this.timeout(120_000);
    const chat = new vscode.CancellationTokenSource();
    const { query, budgetTokens } = request;
    server.reset();
    server.hang = true;
    await set('embeddings.enabled', true);
    const invoked = vscode.lm.invokeTool(
      'add_workspace_files',
      { input: { query, budgetTokens }, toolInvocationToken: undefined },
      chat.token,
    );
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    chat.cancel();
    await assert.rejects(async () => invoked);
    await set('embeddings.enabled', undefined);
    await nothingHappened();
    await nextOneWorks();
  });
});

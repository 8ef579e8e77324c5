import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/core/ports/model.js';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';
import type { AddedFiles } from '../../src/vscode/workspace-files/open-plan.js';

const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'an answer' };
  },
};

/** What may stand for a file, each by its own switch, and exact tokens, through the real command (SPEC §12). */
describe('what stands for workspace files', () => {
  let api: TractApi;
  let folder: string;
  let tract: Tract;

  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const add = (file: string, budgetTokens = 5000) =>
    run<AddedFiles>('addFiles', { from: [`standing/${file}`], budgetTokens, confirmed: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  const settings = () => vscode.workspace.getConfiguration('tract.files');
  const set = (key: string, value: unknown) => settings().update(key, value, vscode.ConfigurationTarget.Global);
  const on = (key: string) => set(key, true);
  const last = async () => (await tract.compile()).messages.at(-1)?.content ?? '';
  const metrics = async () => {
    await tract.generate({ model });
    return (await api.store.open()).storage.metrics(tract.tractId).at(-1);
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'standing');
    mkdirSync(folder);
  });
  beforeEach(async () => {
    await run('newTract', 'standing');
    tract = await api.store.requireActive();
  });
  afterEach(async () => {
    for (const key of ['summaries', 'historyPack', 'documentsOfRecord']) await set(`substitute.${key}`, undefined);
    for (const key of ['documentsOfRecord', 'exactTokens']) await set(key, undefined);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('the history pack stands for a document of record only when that switch is on', async () => {
    write('CHANGELOG.md', 'Changed numbers. '.repeat(60));
    await tract.commit({
      content_type: 'session',
      session_type: 'end',
      summary: 'The parser was rewritten.',
      decisions: [],
      failed_approaches: [],
      next_steps: [],
    });
    await set('documentsOfRecord', ['CHANGELOG.md']);
    await on('substitute.summaries');
    await on('substitute.historyPack');
    assert.equal((await add('CHANGELOG.md')).tokens, 255);
    assert.match(await last(), /^File standing\/CHANGELOG\.md:\n\nChanged numbers\. /);
    await run('undo');
    await on('substitute.documentsOfRecord');
    await add('CHANGELOG.md');
    assert.match(
      await last(),
      /^File standing\/CHANGELOG\.md:\n\n\[Summary in place of standing\/CHANGELOG\.md; not the full text\]\n## [^]*The parser was rewritten\./,
    );
    const row = await metrics();
    assert.deepEqual(
      [row?.artifact_substitutions, row?.fullfile_tokens_avoided, row?.substituted_paths],
      [1, 255, ['standing/CHANGELOG.md']],
    );
  });

  it('a compression stands for the files it was made from, as the pack or as itself, until they change', async () => {
    const text = 'parse numbers at great length. '.repeat(20);
    write('long.txt', text);
    await add('long.txt');
    await run('compress', { text: 'Numbers were parsed.' });
    assert.equal(await last(), 'Numbers were parsed.');
    await add('long.txt');
    assert.match(await last(), /great length/);
    await run('undo');

    await on('substitute.summaries');
    await add('long.txt');
    const label = '[Summary in place of standing/long.txt; not the full text]';
    assert.equal(await last(), `File standing/long.txt:\n\n${label}\nNumbers were parsed.`);
    await run('undo');
    await on('substitute.historyPack');
    await add('long.txt');
    assert.match(await last(), /not the full text\]\n## Numbers were parsed\.\nNumbers were parsed\./);
    await run('undo');

    write('long.txt', `${text}And more.`);
    await add('long.txt');
    assert.match(await last(), /And more\.$/);
  });

  it('counts tokens exactly when asked, and estimates them otherwise', async () => {
    write('words.txt', 'parse numbers. '.repeat(4));
    assert.equal((await add('words.txt')).tokens, 15);
    await run('undo');
    await on('exactTokens');
    assert.equal((await add('words.txt')).tokens, 13);
    await run('undo');
    assert.deepEqual((await add('words.txt', 12)).omitted, ['standing/words.txt']);
  });
});

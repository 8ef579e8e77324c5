import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Model } from '../../src/core/ports/model.js';
import type { TractApi } from '../../src/extension.js';
import { readFileSettings } from '../../src/vscode/workspace-files/file-settings.js';
import { OpenPlan, type AddedFiles } from '../../src/vscode/workspace-files/open-plan.js';
import { startEmbeddingsServer, type EmbeddingsServer } from '../fixtures/embeddings-server.js';

/** A model that answers at once, without a network. */
const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'an answer' };
  },
};

/** `Tract: Add Workspace Files to Context…` through the real commands (SPEC §12, issue 7). */
describe('workspace files in the context', () => {
  let api: TractApi;
  let folder: string;
  let server: EmbeddingsServer;

  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const add = (options: object) =>
    run<AddedFiles | undefined>('addFiles', { from: ['budgeted'], budgetTokens: 25, confirmed: true, ...options });
  const uri = (name: string) => vscode.Uri.file(join(folder, 'budgeted', name));
  const write = (name: string, text: string | Uint8Array) => {
    writeFileSync(uri(name).fsPath, text);
  };
  const set = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('tract').update(key, value, vscode.ConfigurationTarget.Global);
  const texts = async () => (await (await api.store.requireActive()).compile()).messages.map(({ content }) => content);
  const logLines = () => {
    const file = readdirSync(api.logUri.fsPath).find((name) => name.endsWith('.log')) ?? '';
    return readFileSync(join(api.logUri.fsPath, file), 'utf8')
      .split('\n')
      .filter((line) => /File selection:/.test(line));
  };
  const eventually = async (holds: () => boolean) => {
    for (let tries = 0; tries < 100 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(holds(), true);
  };

  before(async () => {
    server = await startEmbeddingsServer();
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    mkdirSync(join(folder, 'budgeted'));
    // The endpoint is there all along: what must not reach it does not.
    await set('embeddings.endpoint', server.url);
    await set('embeddings.model', 'fake');
    await set('embeddings.dimensions', 3);
  });
  beforeEach(async () => {
    rmSync(join(folder, 'budgeted'), { recursive: true });
    mkdirSync(join(folder, 'budgeted'));
    write('must.txt', 'x'.repeat(40));
    write('numbers.txt', 'parse numbers. '.repeat(4));
    write('other.txt', 'something else '.repeat(4));
    write('.env', 'SECRET=1');
    await run('newTract', 'files');
  });
  after(async () => {
    for (const key of ['enabled', 'endpoint', 'model', 'dimensions', 'maxCalls'])
      await set(`embeddings.${key}`, undefined);
    await set('files.substitute.summaries', undefined);
    rmSync(join(folder, 'budgeted'), { recursive: true, force: true });
    await server.close();
  });

  it('Done when: a deliverable, one substituted, one omitted: artifacts, the next record, one row, one line, no network', async () => {
    write('long.txt', 'parse numbers at great length. '.repeat(20));
    await set('files.substitute.summaries', true);
    await run('summariseFile', uri('long.txt'), { text: 'numbers' });
    const lines = logLines().length;

    // 10 tokens must be in, the summary of `long.txt` has 16 in the place of 155, of the two with 15 only one fits 45.
    const added = await add({
      query: 'parse numbers',
      deliverables: ['budgeted/must.txt', 'budgeted/not-there.txt'],
      budgetTokens: 45,
    });
    assert.deepEqual(
      { added: added?.added, omitted: added?.omitted, tokens: added?.tokens },
      {
        added: ['budgeted/must.txt', 'budgeted/numbers.txt', 'budgeted/long.txt'],
        omitted: ['budgeted/other.txt'],
        tokens: 41,
      },
    );
    const tract = await api.store.requireActive();
    const store = await api.store.open();
    const { messages } = await tract.compile();
    assert.deepEqual(
      messages.map(({ role, contentType }) => [role, contentType]),
      Array.from({ length: 3 }, () => ['user', 'artifact']),
    );
    assert.equal(
      messages[2]?.content,
      'File budgeted/long.txt:\n\n[Summary in place of budgeted/long.txt; not the full text]\nnumbers',
    );
    const must = store.storage.commit(messages[0]?.commitHash ?? '');
    assert.deepEqual(must?.metadata, {
      path: 'budgeted/must.txt',
      role: 'user',
      content_hash: 'bd913ff68243d41b9611b2690dfbf2b0f6e42ea14536a98232af60e9f64ffdaa',
    });

    const { record } = await tract.generate({ model });
    const [selection] = record.params?.['selections'] as { commit: string; files_kept: number }[];
    assert.equal(selection?.files_kept, 3);
    assert.equal(store.storage.commit(selection.commit)?.contentType, 'metadata');
    const [row, ...more] = store.storage.metrics(tract.tractId);
    assert.deepEqual(more, []);
    assert.deepEqual(row, {
      run_id: tract.tractId,
      phase: record.id,
      artifact_substitutions: 1,
      tokens_saved_artifacts: 139,
      artifact_tokens_used: 16,
      fullfile_tokens_avoided: 155,
      substituted_paths: ['budgeted/long.txt'],
      budget_mode: 'lexical',
      budget_used: 41,
      budget_cap: 45,
      files_kept: 3,
      files_omitted: 1,
      embedding_cache_hits: 0,
      embedding_cache_misses: 0,
      embedding_calls_made: 0,
      embedding_cap_value: 0,
      embedding_fallback_reason: 'disabled',
      deliverables_count: 1,
      context_files_total: 4,
      outcome: 'answered',
      created_at: record.createdAt,
    });
    await eventually(() => logLines().length > lines);
    assert.equal(logLines().length, lines + 1);
    assert.match(logLines().at(-1) ?? '', /mode=lexical\(disabled\) kept=3 omitted=1 substituted=1 tokens=41\/45/);
    assert.doesNotMatch(logLines().at(-1) ?? '', /great length|xxxx/);
    assert.deepEqual(server.requests, []);
  });

  it('commits a changed file as an edit; one undo takes a whole selection back', async () => {
    const options = { query: 'parse numbers', deliverables: ['budgeted/must.txt'] };
    await add(options);
    write('numbers.txt', 'parse numbers! '.repeat(4));
    const again = await add(options);
    assert.deepEqual(
      { added: again?.added, changed: again?.changed, unchanged: again?.unchanged },
      { added: [], changed: ['budgeted/numbers.txt'], unchanged: ['budgeted/must.txt'] },
    );
    write('numbers.txt', 'parse numbers? '.repeat(4));
    assert.deepEqual(await run('commitChangedFiles'), ['budgeted/numbers.txt']);
    assert.match((await texts()).join('\n'), /parse numbers\?/);
    assert.equal((await texts()).length, 2);
    assert.equal(await run('commitChangedFiles'), undefined);
    for (let i = 0; i < 3; i++) await run('undo');
    assert.deepEqual(await texts(), []);
  });

  it('a plan that is changed while its files are read again chooses among the new ones', async () => {
    const wishes = { query: '', deliverables: [], modifiable: [], budgetTokens: 1000 };
    const plan = new OpenPlan(
      { root: vscode.Uri.file(folder), folder: null, from: [], ...wishes },
      {
        current: async () => ({ store: await api.store.open(), tract: await api.store.active() }),
        target: () => api.store.requireActive(),
        log: { info: () => undefined },
        choice: () =>
          Promise.resolve({
            settings: { ...readFileSettings(), exactTokens: false },
            semantic: { semantic: false },
            summaries: () => Promise.resolve([]),
            counter: { countMany: () => assert.fail('no exact tokens'), close: () => Promise.resolve() },
            countTokens: () => assert.fail('no exact tokens'),
            encoding: 'o200k_base',
          }),
      },
    );
    await plan.start();
    assert.ok(plan.files.some(({ path }) => !path.startsWith('budgeted/')));
    const narrowed = plan.change({ from: ['budgeted'] });
    const asked = plan.change({ query: 'numbers' });
    await assert.rejects(narrowed, vscode.CancellationError);
    await asked;
    const planned = ['budgeted/must.txt', 'budgeted/numbers.txt', 'budgeted/other.txt'];
    assert.deepEqual(plan.files.map(({ path }) => path).toSorted(), planned);
    plan.dispose();
  });

  it('takes files as they are on the disk when they are committed, and a stale summary never', async () => {
    write('long.txt', 'parse numbers at great length. '.repeat(20));
    await set('files.substitute.summaries', true);
    await run('summariseFile', uri('long.txt'), { text: 'numbers' });
    write('long.txt', 'parse numbers at greater length. '.repeat(20));
    await add({ from: ['budgeted/long.txt'], budgetTokens: 1000 });
    assert.match((await texts()).join(), /greater length/);
    assert.doesNotMatch((await texts()).join(), /Summary in place/);
  });

  describe('what is never read (§12, §17)', () => {
    const refused = async (path: string) => {
      const { gone: _gone, ...rest } =
        (await add({ from: ['budgeted/must.txt'], deliverables: [path], budgetTokens: 5000 })) ?? {};
      assert.deepEqual(rest, { added: ['budgeted/must.txt'], changed: [], unchanged: [], omitted: [], tokens: 10 });
      assert.equal((await texts()).length, 1);
    };

    it('`..` and absolute paths', async () => {
      const outside = join(tmpdir(), `tract-outside-${process.pid}.txt`);
      writeFileSync(outside, 'OUTSIDE');
      await refused(`../../../../../../../..${outside}`);
      await run('newTract', 'again');
      await refused(outside);
      rmSync(outside);
    });

    it('links out of the workspace', async function () {
      const outside = join(tmpdir(), `tract-linked-${process.pid}`);
      mkdirSync(outside);
      writeFileSync(join(outside, 'file.txt'), 'OUTSIDE');
      try {
        symlinkSync(join(outside, 'file.txt'), uri('link.txt').fsPath);
        symlinkSync(outside, uri('linked').fsPath);
      } catch {
        // Windows lets only some accounts make links.
        this.skip();
      }
      await refused('budgeted/link.txt');
      await run('newTract', 'again');
      await refused('budgeted/linked/file.txt');
      rmSync(outside, { recursive: true });
    });

    it('secrets files', () => refused('budgeted/.env'));

    it('ignored and excluded files', async () => {
      write('.gitignore', 'ignored.txt\n');
      write('ignored.txt', 'IGNORED');
      await refused('budgeted/ignored.txt');
    });

    it('binary files', async () => {
      write('binary.txt', new Uint8Array([1, 0, 2]));
      await refused('budgeted/binary.txt');
    });

    it('files above 1 MiB; one of exactly 1 MiB is', async () => {
      write('huge.txt', 'h'.repeat(1024 * 1024 + 1));
      await refused('budgeted/huge.txt');
      write('huge.txt', 'h'.repeat(1024 * 1024));
      const added = await add({ from: [], deliverables: ['budgeted/huge.txt'], budgetTokens: 0 });
      assert.deepEqual(added?.added, ['budgeted/huge.txt']);
    });
  });

  describe('embeddings', () => {
    before(() => set('embeddings.enabled', true));
    after(() => set('embeddings.enabled', undefined));
    const metricsOf = async () => {
      const tract = await api.store.requireActive();
      await tract.generate({ model });
      return (await api.store.open()).storage.metrics(tract.tractId).at(-1);
    };

    it('rank by meaning through the endpoint; a warm selection makes no call', async () => {
      server.reset();
      await add({ query: 'something' });
      assert.equal(server.requests.length, 1);
      assert.equal(server.requests[0]?.authorization, undefined);
      const cold = await metricsOf();
      assert.deepEqual(
        [cold?.budget_mode, cold?.embedding_cache_misses, cold?.embedding_calls_made, cold?.embedding_cap_value],
        ['semantic', 3, 1, 100],
      );
      await add({ query: 'something' });
      const warm = await metricsOf();
      assert.deepEqual(
        [warm?.budget_mode, warm?.embedding_cache_hits, warm?.embedding_calls_made, warm?.embedding_fallback_reason],
        ['semantic', 3, 0, null],
      );
      assert.equal(server.requests.length, 1);
    });

    it('say why they are not: an endpoint that fails, a cap of 0, a model that is not known', async () => {
      server.reset();
      write('new.txt', 'not in the cache');
      server.fail = true;
      await add({ query: 'something' });
      assert.deepEqual([(await metricsOf())?.embedding_fallback_reason, server.requests.length], ['api_error', 1]);
      await set('embeddings.maxCalls', 0);
      await add({ query: 'something' });
      assert.deepEqual([(await metricsOf())?.embedding_fallback_reason, server.requests.length], ['disabled', 1]);
      await set('embeddings.maxCalls', undefined);
      // Nobody knows how long the vectors of this model are.
      await set('embeddings.dimensions', undefined);
      await add({ query: 'something' });
      assert.deepEqual([(await metricsOf())?.embedding_fallback_reason, server.requests.length], ['unavailable', 1]);
      await set('embeddings.dimensions', 3);
    });
  });

  it('the chat tool asks with the plan and commits the same way', async () => {
    const input = { from: ['budgeted'], query: 'parse numbers', budgetTokens: 20 };
    const result = await vscode.lm.invokeTool(
      'add_workspace_files',
      { input, toolInvocationToken: undefined },
      new vscode.CancellationTokenSource().token,
    );
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    assert.match(
      part.value,
      /^Added 1, 0 as edits, 0 were in the context already: ~15 tokens\.\n\+ budgeted\/numbers\.txt/,
    );
    assert.equal((await texts()).length, 1);
  });

  it('reads a workspace that is no folder on this machine through workspace.fs, and none of its links', async () => {
    const { workspaceFiles } = await import('../../src/vscode/workspace-files/file-access.js');
    const files = new Map([
      ['/src/a.ts', 'const a = 1;'],
      ['/.gitignore', 'out\n'],
      ['/out/b.ts', 'ignored'],
      ['/.env', 'SECRET=1'],
    ]);
    const isFolder = (path: string) => ['/', '/src', '/out', '/linked'].includes(path);
    const provider = vscode.workspace.registerFileSystemProvider('tract-test', {
      ...READ_ONLY,
      stat: ({ path }) => {
        const text = files.get(path) ?? files.get(path.replace('/linked', '/src'));
        if (!isFolder(path) && text === undefined) throw vscode.FileSystemError.FileNotFound();
        const type = isFolder(path) ? vscode.FileType.Directory : vscode.FileType.File;
        return { type: path === '/linked' ? LINKED_FOLDER : type, ctime: 0, mtime: 0, size: text?.length ?? 0 };
      },
      readDirectory: () => [],
      readFile: ({ path }) => new TextEncoder().encode(files.get(path) ?? ''),
    });
    try {
      const workspace = workspaceFiles(vscode.Uri.from({ scheme: 'tract-test', path: '/' }));
      const read = await workspace.read(['src/a.ts', 'out/b.ts', '.env', 'linked/a.ts', 'gone.ts']);
      assert.deepEqual(
        read.files.map(({ path, content }) => [path, content]),
        [['src/a.ts', 'const a = 1;']],
      );
      assert.deepEqual(
        read.refused.map(({ path, reason }) => [path, reason]),
        [
          ['out/b.ts', 'ignored'],
          ['.env', 'secret'],
          ['linked/a.ts', 'outside'],
          ['gone.ts', 'missing'],
        ],
      );
    } finally {
      provider.dispose();
    }
  });
});

/** As VS Code marks a link to a folder: both bits. */
const LINKED_FOLDER = (vscode.FileType.SymbolicLink | vscode.FileType.Directory) as vscode.FileType;

const nothing = () => undefined;
/** The part of a file system that a reader never calls. */
const READ_ONLY = {
  onDidChangeFile: () => new vscode.Disposable(nothing),
  watch: () => new vscode.Disposable(nothing),
  createDirectory: nothing,
  writeFile: nothing,
  delete: nothing,
  rename: nothing,
};

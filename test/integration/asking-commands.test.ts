import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import * as vscode from 'vscode';
import type { Model } from '../../src/core/ports/model.js';
import type { Tract } from '../../src/core/tract.js';
import type { TractApi } from '../../src/extension.js';
import type { OpEntry } from '../../src/vscode/ops/op-entries.js';
import { behindSession } from '../../src/vscode/sessions/behind-session.js';
import { writeOrphan } from '../fixtures/orphan.js';
import { ClaudeLines, text } from '../unit/transcripts/claude-lines.js';
import { PythonDatabaseWriter } from '../unit/transcripts/python-database.js';

const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'an answer' };
  },
};

/**
 * Commands that ask, open or act on a row, each by its exact effect (SPEC §15, issue 3). By its name this file comes before
 * operations.test.ts, which takes a repository away: VS Code's Git then throws when a file of the workspace is opened.
 */
describe('commands that ask and commands of rows', () => {
  let api: TractApi;
  let tract: Tract;
  let folder: string;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const texts = async () => (await tract.compile()).messages.map(({ content }) => content);
  const shown = () => vscode.window.activeTextEditor?.document;
  const tab = () => vscode.window.tabGroups.activeTabGroup.activeTab;
  const rows = () => run<OpEntry[]>('operationRows');
  const inFolder = (name: string) => join(folder, name);

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  });
  beforeEach(async () => {
    await run('newTract', 'palette');
    tract = await api.store.requireActive();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** Waits for the draft that a command asks for, writes it, and approves it. */
  const write = async (answerText: string) => {
    await eventually(() => shown()?.isUntitled === true);
    const document = shown();
    assert.ok(document);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), answerText);
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    await run('approveText');
  };

  it('Use This Text: what was written in the editor is the summary of a file (§12)', async () => {
    await tract.user('one');
    const pending = run<string>('summariseFile', vscode.Uri.file(inFolder('AGENTS.md')));
    await write('Rules of tally.');
    const commit = (await api.store.open()).storage.commit(await pending);
    assert.equal(commit?.contentType, 'metadata');
    assert.equal(commit.message, 'Summary of AGENTS.md');
    assert.deepEqual(await texts(), ['one']);
    assert.equal(shown()?.isUntitled ?? false, false);
  });

  it('Commit Section to Context…: a message of a chat file under its role, without a question (§15)', async () => {
    const file = vscode.Uri.file(inFolder('chat.prompt.json'));
    const chat = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    };
    writeFileSync(file.fsPath, JSON.stringify(chat, null, 2));
    const start = readFileSync(file.fsPath, 'utf8').indexOf('Be brief.');
    await run('commitSection', { uri: file.toString(), start });
    const [message, ...others] = (await tract.compile()).messages;
    assert.deepEqual(others, []);
    assert.deepEqual([message?.role, message?.content, message?.priority], ['system', 'Be brief.', 'pinned']);
    rmSync(file.fsPath);
  });

  it('Commit Section to Context…: a section with its sub-sections, as what the person chooses (§15)', async () => {
    const file = vscode.Uri.file(inFolder('AGENTS.md'));
    const whole = readFileSync(file.fsPath, 'utf8');
    const start = whole.indexOf('## Code');
    await answer(run('commitSection', { uri: file.toString(), start }), 'acceptSelectedQuickOpenItem');
    assert.deepEqual(await texts(), [whole.slice(start, whole.indexOf('## Tests'))]);
  });

  it('Catch Up with Session…: merges what the session has and this branch has not (B.9)', async () => {
    const sessions = mkdtempSync(join(tmpdir(), 'tract-catch-up-'));
    const path = join(sessions, 'behind.jsonl');
    const lines = new ClaudeLines('behind').user('u1', 'go').assistant('a1', 'm1', text('one')).user('u2', 'on');
    writeFileSync(path, lines.text);
    const tractId = await run<string>('followSession', { path, format: 'claude-code', sessionId: 'behind' });
    const store = await api.store.open();
    tract = await api.store.requireActive();
    assert.equal(await run('mergeSession'), undefined);
    await run('commitText', { text: 'my own' });
    writeFileSync(path, lines.assistant('a2', 'm2', text('two')).user('u3', 'and on').text);
    await eventually(() => behindSession(store, tractId, 'main')?.commits === 2);
    // Merge is the first of the two ways.
    await answer(run('mergeSession'), 'acceptSelectedQuickOpenItem');
    assert.equal(behindSession(store, tractId, 'main'), null);
    assert.deepEqual(await texts(), ['go', 'one', 'on', 'my own', 'two', 'and on']);
    await run('stopFollowing');
    rmSync(sessions, { recursive: true });
  });

  it('Import Python Tract Database…: its commits under their own hashes, and its tract is active (§9.8)', async () => {
    const wasm = readFileSync(vscode.Uri.joinPath(extensionUri(), 'dist', 'sql-wasm.wasm').fsPath);
    const database = new PythonDatabaseWriter(
      await initSqlJs({ wasmBinary: new Uint8Array(wasm).buffer }),
      'python-in-vscode',
    );
    const question = database.dialogue('user', 'Hi', '2026-01-01 00:00:00.000000', null);
    const reply = database.dialogue('assistant', 'Hello', '2026-01-01 00:00:01.000123', question);
    database.ref('HEAD', null, 'refs/heads/main');
    database.ref('refs/heads/main', reply);
    database.tag(question, 'start');
    const file = inFolder('python.db');
    writeFileSync(file, database.bytes());
    assert.equal(await run('importPython', file), 'python-in-vscode');
    tract = await api.store.requireActive();
    assert.deepEqual([tract.tractId, tract.head, tract.currentBranch], ['python-in-vscode', reply, 'main']);
    assert.deepEqual(await texts(), ['Hi', 'Hello']);
    assert.deepEqual(
      (await tract.tags()).map(({ name, commitHash }) => [name, commitHash]),
      [
        ['python/main', reply],
        ['start', question],
      ],
    );
    rmSync(file);
  });

  it('Connect Coding Agent…: writes .mcp.json and leaves the other servers in it (§15)', async () => {
    const file = inFolder('.mcp.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { other: { command: 'other' } } }));
    await answer(run('connectAgent'), 'acceptSelectedQuickOpenItem');
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as {
      mcpServers: Record<string, { command: string; args: string[] }>;
    };
    assert.deepEqual(mcpServers['other'], { command: 'other' });
    assert.deepEqual(
      [mcpServers['tract']?.command, mcpServers['tract']?.args.slice(0, 2)],
      ['tract', ['mcp', '--store']],
    );
    assert.equal(shown()?.uri.fsPath, file);
    rmSync(file);
  });

  it('Choose Model for Chat…: the one chosen is the setting (§10)', async () => {
    const settings = () => vscode.workspace.getConfiguration('tract');
    await answer(run('configureModel'), 'acceptSelectedQuickOpenItem');
    assert.match(settings().get<string>('model.chat') ?? '', /^vscode\.lm\/tract-test\//);
    await settings().update('model.chat', undefined, vscode.ConfigurationTarget.Global);
  });

  it('Refresh: opens the store that the views show (§15)', async () => {
    await api.store.close();
    await run('refresh');
    await eventually(() => api.store.opened !== null);
    assert.equal(api.store.activeId, tract.tractId);
  });

  it('Budget Settings: opens the settings of the budget (§11)', async () => {
    await run('openBudgetSettings');
    await eventually(() => tab()?.label === 'Settings');
  });

  it('Go to Position Before and After, Compare Before and After, Open Record: from the row of an operation (§13)', async () => {
    for (const one of ['one', 'two', 'three']) await run('commitText', { text: one });
    const { head } = tract;
    const second = await tract.resolveCommit('HEAD~1');
    await run('resetSoft', 'HEAD~1');
    const [reset] = await rows();
    assert.deepEqual([reset?.action, reset?.headBefore, reset?.headAfter], ['reset', head, second]);
    await run('checkoutBeforeOp', reset);
    assert.deepEqual([tract.head, tract.isDetached], [head, true]);
    await run('checkoutAfterOp', reset);
    assert.equal(tract.head, second);
    await run('compareOp', reset);
    await eventually(() => tab()?.input instanceof vscode.TabInputTextDiff);
    const { original, modified } = tab()?.input as vscode.TabInputTextDiff;
    assert.match((await vscode.workspace.openTextDocument(original)).getText(), /three/);
    assert.doesNotMatch((await vscode.workspace.openTextDocument(modified)).getText(), /three/);
    // A reset has no record: nothing opens.
    const before = tab()?.label;
    await run('openOpRecord', reset);
    assert.equal(tab()?.label, before);
    await run('checkout', 'main');
    const { record } = await tract.generate({ model });
    const [generated] = await rows();
    assert.equal(generated?.recordId, record.id);
    await run('openOpRecord', generated);
    await eventually(() => tab()?.label === 'Tract: Context');
  });

  it('Open Operation File, Close Orphan as Abandoned: with operations as files (§13)', async () => {
    await run('commitText', { text: 'one' });
    await run('commitText', { text: 'two' });
    assert.equal(await run('chooseDurability', 'files', { confirmed: true }), 'files');
    await run('resetSoft', 'HEAD~1');
    let reset: OpEntry | undefined;
    await eventually(async () => {
      [reset] = await rows();
      return reset?.action === 'reset' && reset.path !== null;
    });
    await run('openOpFile', reset);
    assert.equal(shown()?.uri.fsPath, reset?.path);
    assert.match(shown()?.getText() ?? '', /"event":"started".*\n.*"event":"completed"/);
    const opId = '01HYYYYYYYYYYYYYYYYYYYYYYY';
    const path = writeOrphan(folder, opId);
    const orphan = (await rows()).find((row) => row.opId === opId);
    assert.equal(orphan?.state, 'orphan');
    await run('closeOrphan', orphan);
    const last = JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual([last['event'], last['outcome']], ['completed', 'abandoned']);
    await run('chooseDurability', 'store');
    for (const name of ['tract-ops', '.vscode']) rmSync(inFolder(name), { recursive: true, force: true });
  });
});

const extensionUri = () => vscode.extensions.getExtension('tract.tract')?.extensionUri ?? vscode.Uri.file('/');

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300 && !(await holds()); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await holds(), true);
}

/** Answers the quick pick that a command opens soon, by what a key would do in it. */
async function answer<T>(pending: Promise<T>, how: 'acceptSelectedQuickOpenItem'): Promise<T> {
  const asked = { ended: false };
  const settled = pending.finally(() => {
    asked.ended = true;
  });
  while (!asked.ended) {
    await vscode.commands.executeCommand(`workbench.action.${how}`);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 25))]);
  }
  return settled;
}

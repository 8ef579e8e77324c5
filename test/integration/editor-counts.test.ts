import assert from 'node:assert/strict';
import { writeFileSync, rmSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { rankFiles } from '../../src/tokens/node/rank-files.js';
import { Tokenizers } from '../../src/tokens/tokenizers.js';
import type { TractApi } from '../../src/extension.js';
import { fullCount } from '../../src/shared/format.js';
import { countFolder } from '../../src/vscode/editor/count-folder.js';
import { DocumentCounter } from '../../src/vscode/editor/document-counter.js';

const workspaceFolder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail('no folder is open');
const extension = () =>
  vscode.extensions.getExtension('tract.tract') ?? assert.fail('VS Code does not know the extension');

/** Labels of the hints of a document, from top to bottom. */
async function hints(document: vscode.TextDocument): Promise<string[]> {
  const range = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    range,
  );
  return found
    .toSorted((a, b) => a.position.compareTo(b.position))
    .map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join('')));
}

/** The labels once there are any. */
async function hintsOf(document: vscode.TextDocument): Promise<string[]> {
  for (const giveUp = Date.now() + 8000; Date.now() < giveUp;) {
    const found = await hints(document);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail('there are no counts');
}

/** Asks again until the labels are there: hints follow once typing paused. */
async function hintsBecome(document: vscode.TextDocument, expected: string[]): Promise<void> {
  let found = await hints(document);
  for (
    const giveUp = Date.now() + 8000;
    Date.now() < giveUp && found.join() !== expected.join();
    found = await hints(document)
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(found, expected);
}

async function open(name: string, text: string): Promise<vscode.TextEditor> {
  const file = join(workspaceFolder(), 'counts', name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
}

async function configure(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('tract').update(key, value, vscode.ConfigurationTarget.Global);
}

describe('Token counts in editors (§15)', function () {
  this.timeout(60_000);
  let count: (text: string) => number;
  before(async () => {
    await extension().activate();
    const tokenizers = new Tokenizers(rankFiles(join(extension().extensionPath, 'dist')));
    count = (text) => tokenizers.countTokens(text);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(join(workspaceFolder(), 'counts'), { recursive: true, force: true });
    for (const key of ['tokens.model', 'encoding', 'inlineCounts.enabled', 'inlineCounts.files'])
      await configure(key, undefined);
  });

  const TEXT = '# Role\nYou are helpful.\n\n## Tone\nBe brief.\n\n# Task\nFix it.\n';

  it('gives each heading its tokens, and follows edits, several cursors and undo', async () => {
    const editor = await open('a.prompt.md', TEXT);
    const { document } = editor;
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await editor.edit((change) => {
      change.insert(new vscode.Position(1, 0), 'Hello. ');
      change.insert(new vscode.Position(4, 0), 'Hello. ');
      change.insert(new vscode.Position(7, 0), 'Hello. ');
    });
    const role = count('# Role\nHello. You are helpful.\n\n');
    const tone = count('## Tone\nHello. Be brief.\n\n');
    const task = count('# Task\nHello. Fix it.\n');
    await hintsBecome(document, [`${role} tok · Σ ${role + tone}`, `${tone} tok`, `${task} tok`]);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), TEXT);
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
  });

  it('follows a change of line ends and a reload from disk', async () => {
    const editor = await open('b.prompt.md', TEXT);
    await hintsBecome(editor.document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await editor.edit((change) => {
      change.setEndOfLine(vscode.EndOfLine.CRLF);
    });
    const crlf = TEXT.replaceAll('\n', '\r\n')
      .split(/(?=^#)/m)
      .map(count);
    await hintsBecome(editor.document, [
      `${crlf[0]} tok · Σ ${(crlf[0] ?? 0) + (crlf[1] ?? 0)}`,
      `${crlf[1]} tok`,
      `${crlf[2]} tok`,
    ]);
    await editor.document.save();
    writeFileSync(editor.document.uri.fsPath, '# New\nHi.\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await hintsBecome(editor.document, [`${count('# New\nHi.\n')} tok`]);
  });

  it('gives each message of a chat its tokens with the overhead (§6)', async () => {
    const messages = [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', content: 'Hi' },
    ];
    const json = await open('c.prompt.json', JSON.stringify({ messages }, null, 2));
    await hintsBecome(json.document, ['16 tok · 2 messages', '8 tok', '5 tok']);
    const yaml = await open(
      'd.prompt.yml',
      'messages:\n  - role: system\n    content: You are helpful.\n  - role: user\n    content: Hi\n',
    );
    await hintsBecome(yaml.document, ['16 tok · 2 messages', '8 tok', '5 tok']);
    const lines = await open('e.prompt.jsonl', messages.map((message) => JSON.stringify(message)).join('\n'));
    await hintsBecome(lines.document, ['8 tok', '5 tok']);
  });

  it('leaves other files alone until they are opted in, and has one switch', async () => {
    const { document } = await open('notes.md', TEXT);
    await hintsBecome(document, []);
    await configure('inlineCounts.files', ['**/*.md']);
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await vscode.commands.executeCommand('tract.toggleInlineCounts');
    await hintsBecome(document, []);
    await vscode.commands.executeCommand('tract.toggleInlineCounts');
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await configure('inlineCounts.files', undefined);
  });

  it('counts for another model, and says when that is an estimate', async () => {
    const { document } = await open('f.prompt.md', '# 你好\n我是助手。\n');
    const exact = count(document.getText());
    await hintsBecome(document, [`${exact} tok`]);
    await vscode.commands.executeCommand('tract.chooseTokenCounting', 'claude');
    await hintsBecome(document, [`~${exact} tok`]);
    await vscode.commands.executeCommand('tract.chooseTokenCounting', 'gpt-4');
    const tokenizers = new Tokenizers(rankFiles(join(extension().extensionPath, 'dist')));
    await hintsBecome(document, [`${tokenizers.countTokens(document.getText(), 'cl100k_base')} tok`]);
    await vscode.commands.executeCommand('tract.chooseTokenCounting', 'o200k_base');
    await hintsBecome(document, [`${exact} tok`]);
  });

  it('counts notebook cells', async () => {
    await configure('inlineCounts.languages', ['markdown']);
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, TEXT, 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await hintsBecome(notebook.cellAt(0).document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await configure('inlineCounts.languages', undefined);
  });

  it('counts a folder without what is ignored', async () => {
    await open('.gitignore', 'out/\n');
    await open('sub/one.md', 'Hello');
    await open('sub/out/two.md', 'Hello Hello Hello');
    await open('sub/three.md', 'Hello Hello');
    const folder = vscode.Uri.file(join(workspaceFolder(), 'counts', 'sub'));
    assert.equal(await vscode.commands.executeCommand('tract.countFolderTokens', folder), 3);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('stops counting a folder when it is cancelled', async () => {
    await open('many/one.md', 'Hello');
    const cancel = new AbortController();
    const counting = countFolder(vscode.Uri.file(workspaceFolder()), 'counts/many', {
      counter: { countMany: () => assert.fail('counted after it was cancelled') },
      encoding: 'o200k_base',
      signal: cancel.signal,
      report: () => {
        cancel.abort(new vscode.CancellationError());
      },
    });
    await assert.rejects(counting, vscode.CancellationError);
  });

  it('shows the same in both halves of a split editor, and after a huge paste', async () => {
    const editor = await open('split.prompt.md', TEXT);
    const { document } = editor;
    const other = await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    const pasted = '# Pasted\n' + 'The quick brown fox. '.repeat(50_000) + '\n';
    await other.edit((change) => {
      change.insert(new vscode.Position(0, 0), pasted);
    });
    await hintsBecome(document, [`${fullCount(count(pasted))} tok`, '7 tok · Σ 13', '6 tok', '6 tok']);
    await vscode.commands.executeCommand('undo');
    await hintsBecome(document, ['7 tok · Σ 13', '6 tok', '6 tok']);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('tree, panel, library and the compiled context as a document give the same numbers (§6)', async () => {
    const { store } = extension().exports as TractApi;
    await vscode.commands.executeCommand('tract.newTract', 'counted');
    await vscode.commands.executeCommand('tract.commitText', { text: TEXT });
    const tract = await store.requireActive();
    const head = tract.head ?? assert.fail('nothing was committed');
    const { tokenCount } = await tract.compile();
    assert.equal((await tract.log())[0]?.tokenCount, count(TEXT));
    // 3 for the message, its role, 3 at the end.
    assert.equal(tokenCount, count(TEXT) + count('user') + 6);
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: 'tract', path: `/${tract.tractId}/context/${head}/Context.md` }),
    );
    await vscode.window.showTextDocument(document);
    const shown = await hintsOf(document);
    const text = document.getText();
    const sections = text.split(/(?=^#)/m).map(count);
    assert.ok(text.includes(TEXT.trim()));
    assert.equal(shown.length, sections.length, text);
    shown.forEach((label, index) => {
      assert.ok(label.startsWith(`${sections[index]} tok`), `${label}: ${sections.join()}`);
    });
  });

  it('another encoding reaches tree and context at once (§6)', async () => {
    const { store } = extension().exports as TractApi;
    await vscode.commands.executeCommand('tract.newTract', 'encodings');
    await vscode.commands.executeCommand('tract.commitText', { text: '你好，我是助手。' });
    const compiled = async () => (await (await store.requireActive()).compile()).tokenSource;
    assert.equal(await compiled(), 'tiktoken:o200k_base');
    const changed = new Promise<void>((resolve) => {
      const listener = store.onDidChange(() => {
        listener.dispose();
        resolve();
      });
    });
    await configure('encoding', 'cl100k_base');
    await changed;
    assert.equal(await compiled(), 'tiktoken:cl100k_base');
    await configure('encoding', undefined);
  });

  it('keeps up with typing in 1 MB', async () => {
    // With as many headings as a person may write: what VS Code does with each is not what is measured.
    const part = `## Part\n\n${'The quick brown fox jumps over the lazy dog, and 42 others follow.\n\n'.repeat(50)}`;
    const editor = await open('large.prompt.md', part.repeat(Math.ceil(1_000_000 / part.length)));
    const { document } = editor;
    const tokenizers = new Tokenizers(rankFiles(join(extension().extensionPath, 'dist')));
    const counter = new DocumentCounter(
      {
        getText: () => document.getText(),
        length: () => document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
      },
      {
        tokenizer: tokenizers.createTokenizer(),
        countMany: (texts) => Promise.resolve(texts.map((text) => tokenizers.countTokens(text))),
        counted: () => undefined,
        failed: (error) => assert.fail(String(error)),
      },
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const times: number[] = [];
    const listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document || event.contentChanges.length === 0) return;
      const start = performance.now();
      counter.apply(event.contentChanges);
      times.push(performance.now() - start);
    });
    editor.selection = new vscode.Selection(6000, 3, 6000, 3);
    for (let n = 0; n < 60; n++) await vscode.commands.executeCommand('type', { text: 'abc de. '[n % 8] });
    listener.dispose();
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(3);
    // A window has no console that anybody reads.
    Mocha.reporters.Base.consoleLog(
      `      keystroke in ${document.getText().length} units: median ${at(0.5)} ms, 95% ${at(0.95)} ms, ${times.length} keystrokes`,
    );
    assert.equal(times.length, 60);
    assert.equal(counter.tokens, count(document.getText()));
  });
});

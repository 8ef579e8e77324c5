import * as vscode from 'vscode';
import type { CommitOptions } from '../../core/operations/write-commit.js';
import { shortHash } from '../../shared/format.js';
import { WindowError } from '../errors.js';
import { SCHEME } from '../documents/uris.js';
import type { TractWindow } from '../window.js';

interface KindItem extends vscode.QuickPickItem {
  readonly content: (text: string, file: vscode.TextDocument) => object;
  readonly attached?: boolean;
}

const KINDS: readonly KindItem[] = [
  {
    label: '$(comment) user',
    description: vscode.l10n.t('a user message'),
    content: (text) => ({ content_type: 'dialogue', role: 'user', text }),
  },
  {
    label: '$(settings-gear) instruction',
    description: vscode.l10n.t('a system prompt, pinned'),
    content: (text) => ({ content_type: 'instruction', text }),
  },
  {
    label: '$(sparkle) assistant',
    description: vscode.l10n.t('an assistant message'),
    content: (text) => ({ content_type: 'dialogue', role: 'assistant', text }),
  },
  {
    label: '$(file-code) artifact',
    description: vscode.l10n.t('a part of a file, attached by you'),
    content: artifact,
    attached: true,
  },
];

/** Largest file that `Commit File…` takes, in bytes. */
const MAX_FILE = 1024 * 1024;

/** Commits the selection of the active editor, or its whole text. For programs: `{ kind: 'user', text }` answers the questions. */
export async function commitSelection(window: TractWindow, options: unknown): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) throw new WindowError(vscode.l10n.t('Open a file and select the text to commit.'));
  const { document, selection } = editor;
  const text = wordOf(options, 'text') || document.getText(selection.isEmpty ? undefined : selection);
  if (text === '') throw new WindowError(vscode.l10n.t('There is no text to commit.'));
  const what = selection.isEmpty ? vscode.l10n.t('Commit the Whole File as') : vscode.l10n.t('Commit the Selection as');
  const kind =
    KINDS.find(({ label }) => label.endsWith(` ${wordOf(options, 'kind')}`)) ??
    (await vscode.window.showQuickPick(KINDS, { title: what }));
  if (!kind) return undefined;
  return commitContent(window, kind.content(text, document), kind.attached === true ? attachedAs(document.uri) : {});
}

/** Commits a message that the person types. */
export async function commitText(window: TractWindow, options: unknown): Promise<string | undefined> {
  const text =
    wordOf(options, 'text') ||
    (await vscode.window.showInputBox({
      title: vscode.l10n.t('Commit a User Message'),
      prompt: vscode.l10n.t('It is added at the end of the context.'),
      ignoreFocusOut: true,
    }));
  if (text === undefined || text === '') return undefined;
  return commitContent(window, { content_type: 'dialogue', role: 'user', text });
}

/** Commits a file as an attached artifact (Annex B.2): that of the explorer, of the active editor, or one picked. */
export async function commitFile(window: TractWindow, resource: unknown): Promise<string | undefined> {
  const uri = resource instanceof vscode.Uri ? resource : await chooseFile();
  if (uri === undefined) return undefined;
  const { size, type } = await vscode.workspace.fs.stat(uri);
  if (type === vscode.FileType.Directory) throw new WindowError(vscode.l10n.t('Choose a file, not a folder.'));
  if (size > MAX_FILE)
    throw new WindowError(
      vscode.l10n.t('This file is larger than 1 MiB. Select the part that matters and commit that.'),
    );
  const document = await openText(uri);
  return commitContent(window, artifact(document.getText(), document), attachedAs(uri));
}

async function openText(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    throw new WindowError(
      vscode.l10n.t('{0} is not a text file. Nothing was committed.', vscode.workspace.asRelativePath(uri)),
    );
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active !== undefined && active.scheme !== SCHEME && active.scheme !== 'untitled') return active;
  return (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Commit File') }))?.[0];
}

function artifact(text: string, document: vscode.TextDocument): object {
  const language = document.languageId === 'plaintext' ? null : document.languageId;
  return { content_type: 'artifact', artifact_type: 'file', content: text, language };
}

function attachedAs(uri: vscode.Uri): CommitOptions {
  const path = vscode.workspace.asRelativePath(uri, false);
  return { message: path, metadata: { path, role: 'user' } };
}

/** Into the active tract; the first commit of a workspace starts one. */
async function commitContent(window: TractWindow, content: object, options: CommitOptions = {}): Promise<string> {
  const tract = (await window.store.active()) ?? (await window.store.create(vscode.workspace.name ?? 'main'));
  const commit = await tract.commit(content, options);
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('Committed {0} ({1} tokens)', shortHash(commit.commitHash), commit.tokenCount)}`,
    5000,
  );
  return commit.commitHash;
}

function wordOf(options: unknown, key: string): string {
  const value = typeof options === 'object' && options !== null ? (options as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : '';
}

import * as vscode from 'vscode';
import { WindowError } from '../errors.js';
import type { FileRequest } from './plan-files.js';

/** Budget offered when neither a setting nor a model says one, in tokens. */
const OFFERED = 20_000;

/** What the person wants: from the Explorer's selection and questions, or from a program's `options`. */
export async function askRequest(
  resources: readonly vscode.Uri[],
  options: unknown,
  available: number | null,
): Promise<(FileRequest & { readonly confirmed: boolean }) | undefined> {
  const first = resources[0];
  const folder = first ? vscode.workspace.getWorkspaceFolder(first) : vscode.workspace.workspaceFolders?.[0];
  if (folder?.uri.scheme !== 'file')
    throw new WindowError(vscode.l10n.t('Open a folder on this machine first: its files can then be added.'));
  const root = folder.uri;
  const relative = (uri: vscode.Uri) => uri.path.slice(root.path.length).replace(/^\//, '');
  const inside = resources.filter((uri) => vscode.workspace.getWorkspaceFolder(uri) === folder);
  const given = typeof options === 'object' && options !== null ? (options as Readonly<Record<string, unknown>>) : {};
  const from = inside.length > 0 ? inside.map(relative) : (paths(given['from']) ?? ['']);

  const query = typeof given['query'] === 'string' ? given['query'] : await askQuery();
  if (query === undefined) return undefined;
  const budgetTokens = typeof given['budgetTokens'] === 'number' ? given['budgetTokens'] : await askBudget(available);
  if (budgetTokens === undefined) return undefined;
  const confirmed = given['confirmed'] === true;
  const files = confirmed
    ? []
    : (await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**'), undefined, 2000))
        .map(relative)
        .sort();
  const deliverables =
    paths(given['deliverables']) ??
    (await askFiles(files, vscode.l10n.t('Files That Must Be In (none: leave all unchecked)')));
  if (deliverables === undefined) return undefined;
  const modifiable =
    paths(given['modifiable']) ??
    (await askFiles(
      files.filter((path) => !deliverables.includes(path)),
      vscode.l10n.t('Files That May Be Edited (none: leave all unchecked)'),
    ));
  return modifiable && { root, from, query, deliverables, modifiable, budgetTokens, confirmed };
}

const askQuery = () =>
  Promise.resolve(
    vscode.window.showInputBox({
      title: vscode.l10n.t('Add Workspace Files to Context'),
      prompt: vscode.l10n.t('What do you want to do? Files are ranked by these words.'),
      ignoreFocusOut: true,
    }),
  );

async function askBudget(available: number | null): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Budget for These Files'),
    prompt: vscode.l10n.t('Tokens'),
    value: String(available ?? OFFERED),
    ignoreFocusOut: true,
    validateInput: (text) => (/^\d{1,9}$/.test(text.trim()) ? undefined : vscode.l10n.t('A whole number of tokens')),
  });
  return answer === undefined ? undefined : Number(answer);
}

async function askFiles(files: readonly string[], title: string): Promise<readonly string[] | undefined> {
  if (files.length === 0) return [];
  return vscode.window.showQuickPick(files, { title, canPickMany: true, ignoreFocusOut: true });
}

function paths(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : undefined;
}

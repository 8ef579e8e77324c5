import * as vscode from 'vscode';
import { workspaceFiles } from './file-access.js';
import type { OpenPlan } from './open-plan.js';

interface FolderItem extends vscode.QuickPickItem {
  readonly from: readonly string[];
}

/** Folders offered, the nearest to the root first. */
const MOST = 2000;

/** Asks where a plan's files are chosen from: the whole workspace folder or one of its folders. Undefined when the person left. */
export async function pickFolder({ request }: OpenPlan): Promise<readonly string[] | undefined> {
  const whole: FolderItem = { label: `$(root-folder) ${vscode.l10n.t('The whole workspace')}`, from: [] };
  const items = folders(request.root).then((paths) => [
    whole,
    ...paths.map((path): FolderItem => ({ label: `$(folder) ${path}`, from: [path] })),
  ]);
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Choose Files From') });
  return picked?.from;
}

async function folders(root: vscode.Uri): Promise<readonly string[]> {
  const { access, rules } = workspaceFiles(root);
  const found: string[] = [];
  const queue = [''];
  for (let next = queue.shift(); next !== undefined && found.length < MOST; next = queue.shift()) {
    const entries = await access.list(next).catch(() => []);
    for (const { name, kind } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = next === '' ? name : `${next}/${name}`;
      if (kind !== 'folder' || (await rules.reason(path, true)) !== null) continue;
      found.push(path);
      queue.push(path);
    }
  }
  return found;
}

import { posix } from 'node:path';
import * as vscode from 'vscode';
import { fullCount, percent } from '../../shared/format.js';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import { WindowError } from '../errors.js';
import { tokenLabel } from './block-label.js';
import { countFolder, type FolderCount } from './count-folder.js';
import { readCounting } from './counting.js';
import { tokenTree, type TokenNode } from './folder-tokens.js';

interface NodeItem extends vscode.QuickPickItem {
  readonly node: TokenNode;
  readonly isParent?: boolean;
}

/** Commands that take a file or folder into the context, the first that exists. */
const ADD_FILES = 'tract.addFiles';
const ADD_ONE_FILE = 'tract.commitFile';

/** `Tract: Count Tokens of Folder…`: the folder as a tree, heaviest first (SPEC §15). Returns the tokens of the folder. */
export async function countFolderTokens(counter: BackgroundCounter, argument: unknown): Promise<number | undefined> {
  const uri = argument instanceof vscode.Uri ? argument : await chooseFolder();
  if (uri === undefined) return undefined;
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri);
  if (!workspaceFolder) throw new WindowError(vscode.l10n.t('Only folders of the workspace can be counted.'));
  const folder = posix.relative(workspaceFolder.uri.path, uri.path);
  const counted = await withProgress(counter, workspaceFolder.uri, folder);
  const tree = tokenTree(folder, counted.files);
  void new FolderTokensPick(workspaceFolder, tree, counted).show();
  return tree.tokens;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  return (await vscode.window.showWorkspaceFolderPick())?.uri;
}

async function withProgress(counter: BackgroundCounter, root: vscode.Uri, folder: string): Promise<FolderCount> {
  const { encoding } = readCounting();
  const title = vscode.l10n.t('Counting tokens');
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => {
        abort.abort(new vscode.CancellationError());
      });
      let shown = 0;
      return countFolder(root, folder, {
        counter,
        encoding,
        signal: abort.signal,
        report: (done, of) => {
          const increment = (100 * done) / of - shown;
          shown += increment;
          progress.report({ increment, message: vscode.l10n.t('{0} of {1} files', fullCount(done), fullCount(of)) });
        },
      });
    },
  );
}

/** The tree as a list to walk through: Enter goes into a folder and opens a file. */
class FolderTokensPick {
  readonly #root: vscode.WorkspaceFolder;
  readonly #counted: FolderCount;
  readonly #pick = vscode.window.createQuickPick<NodeItem>();
  readonly #path: TokenNode[];
  readonly #estimated = readCounting().estimated;
  #canAdd: string[] = [];

  constructor(root: vscode.WorkspaceFolder, tree: TokenNode, counted: FolderCount) {
    this.#root = root;
    this.#counted = counted;
    this.#path = [tree];
    this.#pick.placeholder = vscode.l10n.t('Enter opens a file or goes into a folder');
    this.#pick.onDidAccept(() => {
      const [item] = this.#pick.selectedItems;
      if (item) this.#accept(item);
    });
    this.#pick.onDidTriggerItemButton(({ item }) => {
      this.#add(item.node);
    });
    this.#pick.onDidHide(() => {
      this.#pick.dispose();
    });
  }

  async show(): Promise<void> {
    const commands = await vscode.commands.getCommands(true);
    this.#canAdd = [ADD_FILES, ADD_ONE_FILE].filter((id) => commands.includes(id));
    this.#draw();
    this.#pick.show();
  }

  #draw(): void {
    const node = this.#path.at(-1);
    if (!node) return;
    const { truncated, leftOut } = this.#counted;
    const where = node.path === '' ? this.#root.name : node.path;
    const left = leftOut === 0 ? '' : ` · ${vscode.l10n.t('{0} left out', fullCount(leftOut))}`;
    const more = truncated ? ` · ${vscode.l10n.t('not all files')}` : '';
    this.#pick.title = `${where}: ${tokenLabel(node.tokens, this.#estimated)}${left}${more}`;
    const up: NodeItem[] = this.#path.length > 1 ? [{ label: '$(arrow-up) ..', node, isParent: true }] : [];
    this.#pick.items = [...up, ...(node.children ?? []).map((child) => this.#item(child, node.tokens))];
    this.#pick.value = '';
  }

  #item(node: TokenNode, of: number): NodeItem {
    const share = of === 0 ? '' : ` · ${percent(node.tokens / of)}`;
    const addable = this.#addCommand(node) !== undefined;
    return {
      label: `$(${node.children ? 'folder' : 'file'}) ${node.name}`,
      description: tokenLabel(node.tokens, this.#estimated) + share,
      buttons: addable ? [{ iconPath: new vscode.ThemeIcon('add'), tooltip: vscode.l10n.t('Add to Context') }] : [],
      node,
    };
  }

  #accept({ node, isParent }: NodeItem): void {
    if (isParent === true) this.#path.pop();
    else if (node.children) this.#path.push(node);
    else void vscode.window.showTextDocument(this.#uri(node));
    if (isParent === true || node.children) this.#draw();
  }

  #add(node: TokenNode): void {
    const command = this.#addCommand(node);
    if (command === undefined) return;
    this.#pick.hide();
    void vscode.commands.executeCommand(command, this.#uri(node));
  }

  #addCommand(node: TokenNode): string | undefined {
    return this.#canAdd.find((id) => id === ADD_FILES || node.children === null);
  }

  #uri(node: TokenNode): vscode.Uri {
    return vscode.Uri.joinPath(this.#root.uri, node.path);
  }
}

import * as vscode from 'vscode';
import { readHead } from '../../core/operations/head.js';
import type { WindowStore } from '../store/window-store.js';
import type { CommittedFile } from './committed-files.js';

/** How long after the last change of a file, or of the store, it is looked at again. */
const QUIET_MS = 300;

const keyOf = (folder: string | null, path: string): string => `${folder ?? ''}\0${path}`;

/** Which workspace files in the context are no longer as they were committed. Looks only once the store is open. */
export class ChangedFiles implements vscode.Disposable {
  readonly #store: WindowStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: { dispose(): unknown }[];
  /** SHA-256 of files as they are on the disk; null: not there, or not to be read. */
  readonly #current = new Map<string, string | null>();
  #files: readonly CommittedFile[] = [];
  #watcher: { dispose(): unknown } | null = null;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(store: WindowStore, warn: (error: unknown) => void) {
    this.#store = store;
    const later = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#look(later).catch(warn);
      }, QUIET_MS);
    };
    this.#disposables = [this.#changed, store.onDidChange(later), vscode.workspace.onDidChangeWorkspaceFolders(later)];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Files of the active tract's context that are there and different, in its order. */
  get files(): readonly CommittedFile[] {
    return this.#files;
  }

  async #look(later: () => void): Promise<void> {
    const store = this.#store.opened;
    const tractId = this.#store.activeId;
    if (!store || tractId === null) return;
    const { committedFiles } = await import('./committed-files.js');
    const known = await committedFiles(store, readHead(store.storage, tractId).hash);
    const followed = known.filter(({ contentHash }) => contentHash !== null);
    if (followed.length > 0) this.#watcher ??= this.#watch(later);
    for (const folder of new Set(followed.map((file) => file.folder))) await this.#read(folder, followed);
    const changed = followed.filter((file) => {
      const now = this.#current.get(keyOf(file.folder, file.path)) ?? null;
      return now !== null && now !== file.contentHash;
    });
    const isSame = changed.length === this.#files.length && changed.every((file, i) => same(file, this.#files[i]));
    this.#files = changed;
    if (!isSame) this.#changed.fire();
  }

  async #read(folder: string | null, files: readonly CommittedFile[]): Promise<void> {
    const root = rootOf(folder);
    const paths = files
      .filter((file) => file.folder === folder && !this.#current.has(keyOf(folder, file.path)))
      .map(({ path }) => path);
    if (!root || paths.length === 0) return;
    const { workspaceFiles } = await import('./file-access.js');
    const { files: read } = await workspaceFiles(root).read(paths);
    for (const path of paths) this.#current.set(keyOf(folder, path), null);
    for (const { path, contentHash } of read) this.#current.set(keyOf(folder, path), contentHash);
  }

  #watch(later: () => void): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const touched = (uri: vscode.Uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (!folder) return;
      const path = uri.path.slice(folder.uri.path.length).replace(/^\//, '');
      const known = [keyOf(null, path), keyOf(folder.name, path)].filter((key) => this.#current.delete(key));
      if (known.length > 0) later();
    };
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        touched(uri);
      }),
    );
  }
}

const same = (a: CommittedFile, b: CommittedFile | undefined): boolean =>
  a.path === b?.path && a.folder === b.folder && a.commitHash === b.commitHash;

/** The workspace folder of a committed file: by its name; in a window with one folder, that one. */
export function rootOf(folder: string | null): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return (folder === null ? folders[0] : folders.find(({ name }) => name === folder))?.uri;
}

import * as vscode from 'vscode';

/** A file system in memory, as an extension for a remote service registers one. Folders are there by themselves. */
export class MemoryFolder implements vscode.FileSystemProvider {
  static readonly scheme = 'tract-memory';
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>(['/']);

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.#files.get(path);
    const times = { ctime: 0, mtime: 0 };
    if (file !== undefined) return { type: vscode.FileType.File, size: file.length, ...times };
    if (this.#folders.has(path)) return { type: vscode.FileType.Directory, size: 0, ...times };
    throw vscode.FileSystemError.FileNotFound(path);
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    if (!this.#folders.has(path)) throw vscode.FileSystemError.FileNotFound(path);
    const names = [...this.#files.keys()].filter((file) => file.startsWith(`${path}/`));
    return names.map((file) => [file.slice(path.length + 1), vscode.FileType.File]);
  }

  createDirectory({ path }: vscode.Uri): void {
    this.#folders.add(path);
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.#files.get(path);
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(path);
    return file.slice();
  }

  writeFile({ path }: vscode.Uri, bytes: Uint8Array): void {
    this.#files.set(path, bytes.slice());
  }

  delete({ path }: vscode.Uri): void {
    if (!this.#files.delete(path)) throw vscode.FileSystemError.FileNotFound(path);
  }

  rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { readonly overwrite: boolean }): void {
    if (!overwrite && this.#files.has(to.path)) throw vscode.FileSystemError.FileExists(to);
    this.#files.set(to.path, this.readFile(from));
    this.#files.delete(from.path);
  }
}

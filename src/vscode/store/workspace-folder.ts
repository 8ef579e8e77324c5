import * as vscode from 'vscode';
import type { WorkspaceFiles } from '../../storage/workspace/workspace-files.js';

/** The store's folder through `vscode.workspace.fs`: for hosts and file systems without Node (Annex B.14). */
export class WorkspaceFolder implements WorkspaceFiles {
  #made = false;

  constructor(readonly folder: vscode.Uri) {}

  async list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    const entries = await this.#entries();
    const files = entries.filter(([, type]) => (type & vscode.FileType.File) !== 0);
    const listed = await Promise.all(
      files.map(async ([name]) => {
        try {
          return { name, size: (await vscode.workspace.fs.stat(this.#uri(name))).size };
        } catch (error) {
          // Gone since the folder was read.
          if (isNotFound(error)) return null;
          throw error;
        }
      }),
    );
    return listed.filter((file) => file !== null);
  }

  async readFile(name: string): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(this.#uri(name));
  }

  async writeFile(name: string, bytes: Uint8Array): Promise<void> {
    if (!this.#made) await vscode.workspace.fs.createDirectory(this.folder);
    this.#made = true;
    await vscode.workspace.fs.writeFile(this.#uri(name), bytes);
  }

  async rename(from: string, to: string, options: { readonly overwrite: boolean }): Promise<void> {
    await vscode.workspace.fs.rename(this.#uri(from), this.#uri(to), options);
  }

  async delete(name: string): Promise<void> {
    await vscode.workspace.fs.delete(this.#uri(name));
  }

  async #entries(): Promise<[string, vscode.FileType][]> {
    try {
      return await vscode.workspace.fs.readDirectory(this.folder);
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  #uri(name: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, name);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}

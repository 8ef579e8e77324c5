import type { WorkspaceFiles } from '../../../src/storage/workspace/workspace-files.js';

/** A folder as `vscode.workspace.fs` shows it, in memory. Several stores may be opened on one. */
export class SimulatedWorkspace implements WorkspaceFiles {
  readonly files = new Map<string, Uint8Array>();
  fault: ((call: string, name: string) => void) | null = null;

  async list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    await this.call('list', '');
    return [...this.files].map(([name, bytes]) => ({ name, size: bytes.length }));
  }

  async readFile(name: string): Promise<Uint8Array> {
    await this.call('readFile', name);
    return this.get(name).slice();
  }

  async writeFile(name: string, bytes: Uint8Array): Promise<void> {
    await this.call('writeFile', name);
    this.files.set(name, bytes.slice());
  }

  async rename(from: string, to: string, options: { readonly overwrite: boolean }): Promise<void> {
    await this.call('rename', from);
    const bytes = this.get(from);
    if (!options.overwrite && this.files.has(to)) throw failure('FileExists', to);
    this.files.delete(from);
    this.files.set(to, bytes);
  }

  async delete(name: string): Promise<void> {
    await this.call('delete', name);
    this.get(name);
    this.files.delete(name);
  }

  private get(name: string): Uint8Array {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw failure('FileNotFound', name);
    return bytes;
  }

  private async call(call: string, name: string): Promise<void> {
    await Promise.resolve();
    this.fault?.(call, name);
  }
}

function failure(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: ${name}`), { code });
}

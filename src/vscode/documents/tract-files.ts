import * as vscode from 'vscode';
import { orderedSlots } from '../../core/compile/snapshot.js';
import { readHead } from '../../core/operations/head.js';
import type { Store } from '../../core/store.js';
import type { Contribution, TractWindow } from '../window.js';
import { commitText, contentOf, storedCommit } from './document-text.js';
import { contentWithText, editableText } from './edit-content.js';
import { addressOf, isFolder, SCHEME, type DocumentAddress } from './uris.js';

/** `tract:` as a file system (Annex B.12): commits and contexts read-only; saving an edit document makes one edit commit. */
export const documents: Contribution = {
  name: 'documents',
  register: (window) =>
    vscode.workspace.registerFileSystemProvider(SCHEME, new TractFiles(window), { isCaseSensitive: true }),
};

export class TractFiles implements vscode.FileSystemProvider {
  readonly #window: TractWindow;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #saved = new Map<string, number>();

  constructor(window: TractWindow) {
    this.#window = window;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (isFolder(uri)) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const address = await this.#address(uri);
    const bytes = await this.readFile(uri);
    const readOnly = address.kind !== 'edit' || this.#window.store.readOnlyReason !== null;
    const mtime = this.#saved.get(uri.path) ?? 0;
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: bytes.length,
      ...(readOnly ? { permissions: vscode.FilePermission.Readonly } : {}),
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const address = await this.#address(uri);
    const store = await this.#window.store.open();
    return new TextEncoder().encode(await this.#text(store, address));
  }

  async #text(store: Store, { kind, tractId, commitHash }: DocumentAddress): Promise<string> {
    if (kind === 'context') {
      const tract = await this.#window.store.tract(tractId);
      return (await tract.compile({ at: commitHash })).toMarkdown();
    }
    const commit = storedCommit(store, commitHash);
    return kind === 'commit' ? commitText(store, commit) : (await latest(store, tractId, commitHash)).text;
  }

  /** A save: an edit commit when the text is another than the message now has. */
  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const { kind, tractId, commitHash } = await this.#address(uri);
    if (kind !== 'edit') throw vscode.FileSystemError.NoPermissions(uri);
    const text = new TextDecoder().decode(bytes);
    const store = await this.#window.store.open();
    const now = await latest(store, tractId, commitHash);
    if (text === now.text) return;
    const tract = await this.#window.store.tract(tractId);
    await tract.edit(commitHash, contentWithText(now.content, now.role, text));
    this.#saved.set(uri.path, Date.now());
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** What the address names, with the whole hash. */
  async #address(uri: vscode.Uri): Promise<DocumentAddress> {
    const address = addressOf(uri);
    const { storage } = await this.#window.store.open();
    const [commitHash, other] = address ? storage.commitsByPrefix(address.commitHash, 2) : [];
    if (!address || commitHash === undefined || other !== undefined || !storage.tract(address.tractId))
      throw vscode.FileSystemError.FileNotFound(uri);
    return { ...address, commitHash };
  }
}

/** A message in its latest edit at HEAD: what its edit document shows. */
async function latest(store: Store, tractId: string, commitHash: string) {
  const head = readHead(store.storage, tractId).hash;
  const snapshot = await store.env.compiler.snapshot(store.storage, head);
  const slot = [...orderedSlots(snapshot)].find((candidate) => candidate.commitHash === commitHash);
  const original = storedCommit(store, commitHash);
  const versions = store.storage
    .commitsTargeting(commitHash)
    .map((hash) => storedCommit(store, hash))
    .filter(
      ({ operation, commitHash: hash }) =>
        operation === 'edit' && store.env.compiler.isInHistory(store.storage, hash, head),
    )
    .sort((a, b) => a.generation - b.generation);
  const content = await contentOf(store, versions.at(-1) ?? original);
  return { content, role: slot?.role ?? 'assistant', text: editableText(content, slot?.text ?? '') };
}

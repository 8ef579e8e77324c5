import * as vscode from 'vscode';
import { orderedSlots } from '../../core/compile/snapshot.js';
import { readHead } from '../../core/operations/head.js';
import type { Store } from '../../core/store.js';
import type { Contribution, TractWindow } from '../window.js';
import { commitText, contentOf, messageText, storedCommit } from './document-text.js';
import { contentWithText, editableText } from './edit-content.js';
import { addressOf, isFolder, mergeUri, SCHEME, type DocumentAddress } from './uris.js';

/** `tract:` as a file system (Annex B.12): commits and contexts read-only; saving an edit document makes one edit commit. */
export const documents: Contribution = {
  name: 'documents',
  register: (window) => {
    const files = new TractFiles(window);
    return vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(SCHEME, files, { isCaseSensitive: true }),
      window.merging.onDidChange(() => {
        files.refreshConflicts();
      }),
      window.store.onDidChange(() => {
        files.refreshEdits().catch((error: unknown) => {
          window.log.warn(`Open documents could not be refreshed: ${String(error)}`);
        });
      }),
    );
  },
};

export class TractFiles implements vscode.FileSystemProvider {
  readonly #window: TractWindow;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  /** When a document last changed, by path. */
  readonly #saved = new Map<string, number>();

  constructor(window: TractWindow) {
    this.#window = window;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (isFolder(uri)) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const address = await this.#address(uri);
    const bytes = await this.readFile(uri);
    const isWritable = address.kind === 'edit' || address.kind === 'merge';
    const readOnly = !isWritable || this.#window.store.readOnlyReason !== null;
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

  async #text(store: Store, { kind, tractId, commitHash, at }: DocumentAddress): Promise<string> {
    switch (kind) {
      case 'context':
        return (await (await this.#window.store.tract(tractId)).compile({ at: commitHash })).toMarkdown();
      case 'commit':
        return commitText(store, storedCommit(store, commitHash));
      case 'message':
        return messageText(store, storedCommit(store, commitHash), at ?? null);
      case 'edit':
        return (await latest(store, tractId, commitHash)).text;
      case 'merge':
        return this.#window.merging.text(tractId, commitHash) ?? noSuchConflict();
    }
  }

  /** A save: of an edit an edit commit when the text is another than the message now has; of a conflict its resolution. */
  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const { kind, tractId, commitHash } = await this.#address(uri);
    const text = new TextDecoder().decode(bytes);
    if (kind === 'edit') await this.#edit(tractId, commitHash, text);
    else if (kind === 'merge' && this.#window.merging.text(tractId, commitHash) !== undefined)
      this.#window.merging.keep(commitHash, text);
    else throw vscode.FileSystemError.NoPermissions(uri);
    this.#tellChanged([uri]);
  }

  /** A conflict may be settled elsewhere than in its document. */
  refreshConflicts(): void {
    const { current } = this.#window.merging;
    if (current)
      this.#tellChanged(current.conflicts.map(({ target, label }) => mergeUri(current.tractId, target, label)));
  }

  /** Texts that are open to be edited follow HEAD: after a checkout or an undo they read otherwise. */
  async refreshEdits(): Promise<void> {
    const store = this.#window.store.opened;
    if (!store) return;
    for (const document of vscode.workspace.textDocuments) {
      const address = document.isDirty ? null : addressOf(document.uri);
      if (address?.kind !== 'edit') continue;
      const { tractId, commitHash } = await this.#address(document.uri);
      const { text } = await latest(store, tractId, commitHash);
      if (text !== document.getText()) this.#tellChanged([document.uri]);
    }
  }

  #tellChanged(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) this.#saved.set(uri.path, Date.now());
    this.#changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  async #edit(tractId: string, commitHash: string, text: string): Promise<void> {
    const store = await this.#window.store.open();
    const now = await latest(store, tractId, commitHash);
    if (text === now.text) return;
    const tract = await this.#window.store.tract(tractId);
    await tract.edit(commitHash, contentWithText(now.content, now.role, text));
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

function noSuchConflict(): never {
  throw vscode.FileSystemError.FileNotFound(vscode.l10n.t('The merge that this text was for is over.'));
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

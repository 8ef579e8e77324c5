import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import { openFolderStorage } from '../../src/vscode/store/open-folder-storage.js';
import { describeStorageContract } from '../unit/storage/contract.js';
import { content } from '../unit/storage/samples.js';
import { MemoryFolder } from './memory-folder.js';

/** SPEC §16 and Annex B.14: the store through `vscode.workspace.fs`, and its commands. */
describe('the store', () => {
  let api: TractApi;
  let wasm: Uint8Array;
  let root: string;
  let folders = 0;
  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    wasm = readFileSync(join(extension.extensionPath, 'dist', 'sql-wasm.wasm'));
    root = mkdtempSync(join(tmpdir(), 'tract-workspace-fs-'));
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  describe('contract, in a folder of this machine through vscode.workspace.fs (B.14)', () => {
    describeStorageContract(() => openFolderStorage(vscode.Uri.file(join(root, String(folders++))), wasm));
  });

  describe('contract, in a file system of an extension (B.14)', () => {
    let registration: vscode.Disposable;
    before(() => {
      registration = vscode.workspace.registerFileSystemProvider(MemoryFolder.scheme, new MemoryFolder());
    });
    after(() => {
      registration.dispose();
    });
    const folder = () => vscode.Uri.from({ scheme: MemoryFolder.scheme, path: `/store-${String(folders++)}` });

    describeStorageContract(() => openFolderStorage(folder(), wasm));

    it('is there after closing and opening again; a second one reads and names the owner', async () => {
      const uri = folder();
      const first = await openFolderStorage(uri, wasm);
      await first.write([content('kept')]);
      const second = await openFolderStorage(uri, wasm);
      assert.match(second.readOnlyReason ?? '', /Open in another window: VS Code/);
      await assert.rejects(second.write([content('refused')]), { code: 'STORE_LOCKED' });
      await second.close();
      await first.close();
      const again = await openFolderStorage(uri, wasm);
      assert.equal(again.readOnlyReason, null);
      assert.equal((await again.sizes()).contents, 1);
      assert.equal((await again.sizes()).durability, "the host's");
      await again.close();
    });
  });

  it('is reached from outside: Copy Store Path, and the tract command that terminals get (Annex B.13)', async () => {
    await vscode.commands.executeCommand('tract.newTract', 'seen from a terminal');
    await vscode.commands.executeCommand('tract.commitText', { text: 'one text' });
    const store = await vscode.commands.executeCommand<string>('tract.copyStorePath');
    // …/User/workspaceStorage/<workspace>/tract.tract/store
    const user = dirname(dirname(dirname(dirname(store))));
    const command = join(user, 'globalStorage', 'tract.tract', 'bin', 'tract');
    for (let tries = 0; tries < 200 && !existsSync(command); tries++) await setTimeout(50);
    const env = { PATH: process.env['PATH'], TRACT_STORE: store };
    const args = ['--tract', 'seen from a terminal', 'status', '--json'];
    const status = JSON.parse(execFileSync(command, args, { encoding: 'utf8', env })) as Record<string, unknown>;
    assert.equal(status['commitCount'], 1);
    const refused = { error: '' };
    try {
      execFileSync(command, ['reset', 'HEAD'], { encoding: 'utf8', env, stdio: 'pipe' });
    } catch (error) {
      refused.error = String((error as { stderr?: unknown }).stderr);
    }
    assert.match(refused.error, /VS Code/, 'writing is refused, and says who holds the store');
  });

  it('is backed up into a folder of its own, and the store is there again after work on its files failed (§16)', async () => {
    await vscode.commands.executeCommand('tract.newTract', 'to be backed up');
    await vscode.commands.executeCommand('tract.commitText', { text: 'a text to be backed up' });
    const copy = await vscode.commands.executeCommand<string>('tract.backUpStore', root);
    assert.match(copy, /tract-backup-\d{4}-\d\d-\d\dT\d{6}$/);
    const { storage } = await api.store.open();
    const text = readFileSync(join(copy, 'log-00000001.tract'), 'utf8');
    assert.match(text, /a text to be backed up/);
    // Every commit is in the copy: nothing was snapshotted in so short a time, so the log names them all.
    const hashes = [...storage.commitHashes()];
    assert.ok(hashes.length > 0);
    assert.deepEqual(
      hashes.filter((hash) => !text.includes(hash)),
      [],
    );
    await assert.rejects(
      api.store.whileClosed(() => Promise.reject(new Error('refused'))),
      /refused/,
    );
    assert.deepEqual([...(await api.store.open()).storage.commitHashes()], hashes);
  });

  it('shows place, state and sizes in a read-only document (issue 4)', async () => {
    await vscode.commands.executeCommand('tract.showStoreDetails');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'tract-store');
    assert.match(
      document.getText(),
      /^# The store of this window\n\n`.+[\\/]store`\n\nOpen for writing in this window\./,
    );
    assert.match(document.getText(), /- A confirmed change survives: a crash of the machine/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});

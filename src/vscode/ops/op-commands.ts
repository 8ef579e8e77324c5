import { basename } from 'node:path';
import * as vscode from 'vscode';
import { toTimestampIso } from '../../core/model/timestamp.js';
import type { Store } from '../../core/store.js';
import { AlreadyClosedError, OpNotFoundError } from '../../ops/index.js';
import { openOps } from '../../ops/node/open-ops.js';
import type { CommandTable } from '../commands/command.js';
import { compareContexts } from '../commands/context.js';
import { counted } from '../commit-look.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { chooseDurability } from './consent.js';
import type { OpEntry } from './op-entries.js';
import { opText } from './op-item.js';
import { readOpSettings } from './op-settings.js';
import type { OpsTree } from './ops-tree.js';
import type { WindowOps } from './window-ops.js';

const ABANDONED = { outcome: 'abandoned', closedBy: 'doctor' } as const;

/** What can be done with ops and their records (SPEC §13). */
export function opCommands(window: TractWindow, ops: WindowOps, tree: OpsTree, refresh: () => void): CommandTable {
  return {
    chooseDurability: async (durability, options) => {
      const chosen = await chooseDurability(window, durability, isConfirmed(options));
      if (chosen !== undefined) ops.reconnect();
      return chosen;
    },
    checkOps: async (options) => {
      const found = await checkOps(window, ops, hoursOf(options));
      refresh();
      return found;
    },
    closeOrphan: async (node) => {
      const entry = await chosenEntry(tree, node, ({ state }) => state === 'orphan');
      if (entry) await closeOrphan(window, ops, entry);
      refresh();
    },
    openOpRecord: async (node) => {
      const entry = await chosenEntry(tree, node, (one) => one.recordId !== null);
      if (!entry) return;
      const { recordId, tractId } = entry;
      const record = recordId === null ? undefined : (await window.store.open()).storage.record(recordId);
      if (record === undefined) throw new WindowError(vscode.l10n.t('This operation has no compile record.'));
      await vscode.commands.executeCommand('tract.openRecord', {
        kind: 'record',
        tractId,
        record,
        place: 'operations',
      });
    },
    openOpFile: async (node) => {
      const entry = await chosenEntry(tree, node, (one) => one.path !== null);
      if (!entry) return;
      const { path } = entry;
      if (path === null) throw new WindowError(vscode.l10n.t('This operation has no file.'));
      await vscode.window.showTextDocument(vscode.Uri.file(path));
    },
    checkoutBeforeOp: (node) => checkoutPosition(tree, node, 'headBefore'),
    checkoutAfterOp: (node) => checkoutPosition(tree, node, 'headAfter'),
    compareOp: async (node) => {
      const entry = await chosenEntry(tree, node, (one) => one.headBefore !== null && one.headAfter !== null);
      if (!entry) return;
      const { tractId, headBefore, headAfter } = entry;
      if (tractId === null || headBefore === null || headAfter === null)
        throw new WindowError(vscode.l10n.t('This operation has no two positions to compare.'));
      await compareContexts(tractId, headBefore, headAfter);
    },
  };
}

async function checkoutPosition(tree: OpsTree, node: unknown, position: 'headBefore' | 'headAfter'): Promise<unknown> {
  const entry = await chosenEntry(tree, node, (one) => one[position] !== null);
  if (!entry) return undefined;
  const { tractId, [position]: commitHash } = entry;
  if (tractId === null || commitHash === null)
    throw new WindowError(vscode.l10n.t('This operation has no such position.'));
  return vscode.commands.executeCommand('tract.checkout', { tractId, commitHash });
}

/** Says what never completed; closes what the person, or the program that calls, says is too old. Returns the paths. */
async function checkOps(
  window: TractWindow,
  ops: WindowOps,
  givenHours: number | undefined,
): Promise<{ readonly orphans: readonly string[]; readonly closed: readonly string[] }> {
  const { directory } = readOpSettings();
  if (directory === null)
    throw new WindowError(vscode.l10n.t('Operation records lie in a folder: open one, or correct tract.ops.folder.'));
  // With records off this reads the files all the same, and never commits.
  const files = ops.ops ?? openOps({ directory, durability: 'store' });
  const found = await files.doctor();
  if (found.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Every operation record is complete.'));
    return { orphans: [], closed: [] };
  }
  for (const { path } of found) window.log.warn(`Doctor: orphan ${path}`);
  const hours = givenHours ?? (await askHours(found.map(({ path }) => basename(path))));
  const closed = hours === undefined ? [] : await files.closeStale({ olderThanHours: hours });
  if (closed.length > 0 && window.store.readOnlyReason === null) {
    const store = await window.store.open();
    for (const { path } of closed) await closeInLog(store, basename(path, '.jsonl'));
  }
  if (hours !== undefined)
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Closed as abandoned: {0} of {1}.',
        closed.length,
        counted(found.length, 'operation', 'operations'),
      ),
    );
  const left = await files.doctor();
  return { orphans: left.map(({ path }) => path), closed: closed.map(({ path }) => path) };
}

async function askHours(names: readonly string[]): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} never completed', counted(names.length, 'operation', 'operations')),
    prompt: vscode.l10n.t(
      '{0}. Close those that began at least so many hours ago as abandoned; Escape leaves them.',
      names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : ''),
    ),
    value: '24',
    validateInput: (text) =>
      text.trim() !== '' && Number(text) >= 0 ? undefined : vscode.l10n.t('A number of hours, 0 or more'),
  });
  return answer === undefined ? undefined : Number(answer);
}

/** Closes it where it is open: in the op log, in its file, or in both. Never as `done` (SPEC §13). */
async function closeOrphan(window: TractWindow, ops: WindowOps, entry: OpEntry): Promise<void> {
  if (entry.state !== 'orphan')
    throw new WindowError(vscode.l10n.t('Only an operation that never completed can be closed.'));
  await closeInLog(await window.store.open(), entry.opId);
  try {
    await ops.ops?.complete(entry.opId, ABANDONED);
  } catch (error) {
    // Without a file, or closed there already: then the log was all there was to close.
    if (!(error instanceof OpNotFoundError) && !(error instanceof AlreadyClosedError)) throw error;
  }
}

async function closeInLog({ storage, env }: Store, opId: string): Promise<void> {
  const op = storage.op(opId);
  if (op?.outcome !== null) return;
  await storage.write([{ kind: 'op', op: { ...op, ...ABANDONED, completedAt: toTimestampIso(env.clock()) } }]);
}

/**
 * The operation of a row, as it stands now. Without a row (VS Code knows none while their view is refreshed, and a menu's
 * command comes empty) the person chooses among those that fit; undefined when they did not.
 */
async function chosenEntry(
  tree: OpsTree,
  node: unknown,
  fits: (entry: OpEntry) => boolean,
): Promise<OpEntry | undefined> {
  const entries = await tree.entries();
  if (isEntry(node)) return entries.find(({ opId }) => opId === node.opId) ?? node;
  const fitting = entries.filter(fits);
  if (fitting.length === 0)
    throw new WindowError(vscode.l10n.t('No operation of this tract fits. Nothing was changed.'));
  const items = fitting.map((entry) => ({ label: entry.action, description: opText(entry, Date.now()), entry }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Choose an operation') });
  return picked?.entry;
}

function isEntry(node: unknown): node is OpEntry {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'op';
}

function hoursOf(options: unknown): number | undefined {
  if (typeof options !== 'object' || options === null || !('closeStaleHours' in options)) return undefined;
  return typeof options.closeStaleHours === 'number' ? options.closeStaleHours : undefined;
}

function isConfirmed(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'confirmed' in options && options.confirmed === true;
}

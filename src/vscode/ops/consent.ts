import { join } from 'node:path';
import * as vscode from 'vscode';
import { OPS_FOLDER } from '../../ops/index.js';
import type { OpDurability } from '../../ops/node/open-ops.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { readOpSettings } from './op-settings.js';

/** What the person agreed to in this workspace: `files`, or `git`, which includes it. */
const AGREED = 'tract.ops.agreed';
/** Since when ops are committed, and from which folder: {@link CommittedSince}. */
const SINCE = 'tract.ops.committedSince';

interface CommittedSince {
  readonly directory: string;
  /** ISO time. */
  readonly at: string;
}

/**
 * Whether the person has agreed that records are written here. A repository's own settings are not consent: whoever clones it has
 * not been asked.
 */
export function hasConsent(memory: vscode.Memento, durability: OpDurability): boolean {
  const agreed = memory.get<string>(AGREED);
  return (
    (durability === 'files' && (agreed === 'files' || agreed === 'git')) || (durability === 'git' && agreed === 'git')
  );
}

/**
 * From when on ops are to be committed in this folder, ISO: the person's answer, or the first call for it, until commits are turned off or go to another
 * folder. Ops from before are nobody's to write there.
 */
export function committedSince(memory: vscode.Memento, directory: string): string {
  const known = memory.get<CommittedSince>(SINCE);
  if (known?.directory === directory) return known.at;
  const since: CommittedSince = { directory, at: new Date().toISOString() };
  void memory.update(SINCE, since);
  return since.at;
}

/** Ops are not committed from now on: those made meanwhile are not written when it is turned on again. */
export function endCommits(memory: vscode.Memento): void {
  if (memory.get(SINCE) !== undefined) void memory.update(SINCE, undefined);
}

interface Choice extends vscode.QuickPickItem {
  readonly durability: OpDurability;
}

/**
 * `Tract: Keep Operation Records…`: one question that shows what will be written, then the setting (SPEC §13).
 * `given` and `confirmed` are for programs that have asked the person themselves.
 * @returns what is kept from now on; undefined when the person closed it
 * @throws WindowError without a folder to write to
 */
export async function chooseDurability(
  { context }: TractWindow,
  given?: unknown,
  confirmed = false,
): Promise<OpDurability | undefined> {
  const { directory } = readOpSettings();
  const durability = isDurability(given) ? given : await pickDurability();
  if (durability === undefined) return undefined;
  if (durability !== 'store') {
    if (directory === null)
      throw new WindowError(
        vscode.l10n.t('Operation records need a folder: open one, or correct tract.ops.folder. Nothing was changed.'),
      );
    if (!confirmed && !(await confirm(durability, directory))) return undefined;
  }
  // From this answer on, also what is done before the settings are written and heard of.
  if (durability === 'git' && directory !== null) committedSince(context.workspaceState, directory);
  await context.workspaceState.update(AGREED, durability === 'store' ? undefined : durability);
  await vscode.workspace
    .getConfiguration('tract.ops')
    .update('durability', durability, vscode.ConfigurationTarget.Workspace);
  return durability;
}

/** A setting that came with the workspace or the person's settings: asks once, without standing in the way. */
export async function askAboutSetting({ context }: TractWindow): Promise<void> {
  const { durability, directory } = readOpSettings();
  if (durability === 'store' || directory === null || hasConsent(context.workspaceState, durability)) return;
  const show = vscode.l10n.t('Show What Is Written…');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('tract.ops.durability is {0} here. Nothing is written before you agree.', durability),
    show,
  );
  if (chosen === show) await vscode.commands.executeCommand('tract.chooseDurability', durability);
}

function isDurability(value: unknown): value is OpDurability {
  return value === 'store' || value === 'files' || value === 'git';
}

async function pickDurability(): Promise<OpDurability | undefined> {
  const { durability: current } = readOpSettings();
  const choices: Choice[] = [
    {
      durability: 'store',
      label: vscode.l10n.t('In Tract’s store only'),
      detail: vscode.l10n.t('No file is written to the workspace.'),
    },
    {
      durability: 'files',
      label: vscode.l10n.t('As files'),
      detail: vscode.l10n.t('One small file an operation under {0}/.', OPS_FOLDER),
    },
    {
      durability: 'git',
      label: vscode.l10n.t('As files and commits'),
      detail: vscode.l10n.t('And one commit of exactly that file. What you staged stays as it is.'),
    },
  ];
  const items = choices.map((choice) =>
    choice.durability === current ? { ...choice, description: vscode.l10n.t('now') } : choice,
  );
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Keep Operation Records') });
  return chosen?.durability;
}

async function confirm(durability: 'files' | 'git', directory: string): Promise<boolean> {
  const turnOn = vscode.l10n.t('Turn On');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Write a record of every operation to {0}?', join(directory, OPS_FOLDER)),
    { modal: true, detail: preview(durability) },
    turnOn,
  );
  return chosen === turnOn;
}

/** What one reset would leave behind, line by line. */
function preview(durability: 'files' | 'git'): string {
  const lines = [
    vscode.l10n.t('For example, a reset:'),
    '',
    `${OPS_FOLDER}/01JD0000000000000000000000.jsonl`,
    '{"event":"started","action":"reset","branch":"main","token_count":1200, …}',
    '{"event":"completed","outcome":"done","closed_by":"user","head_after":"1a2b3c4d…"}',
    '',
    vscode.l10n.t('Ids, hashes, counts and times only: never the text of a message.'),
  ];
  if (durability === 'git')
    lines.push(
      '',
      vscode.l10n.t('And one commit of that file, without hooks and signing:'),
      'op(reset): 01JC0000000000000000000000 [01JD0000]',
      '',
      vscode.l10n.t(
        'The first one also adds .gitattributes and .gitignore in {0}. Your index and working tree stay as they are.',
        OPS_FOLDER,
      ),
    );
  if (!vscode.workspace.isTrusted)
    lines.push(
      '',
      vscode.l10n.t('This workspace is not trusted: git is not run in it, and the choice holds once you trust it.'),
    );
  return lines.join('\n');
}

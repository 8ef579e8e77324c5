import * as vscode from 'vscode';
import { storedCommit } from '../documents/document-text.js';
import { commitUri, contextUri } from '../documents/uris.js';
import { fullCount, shortHash } from '../../shared/format.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { commitTarget, type CommitTarget } from './arguments.js';
import type { CommandTable } from './command.js';

/** Looking at commits and contexts: open, compile, copy, compare (SPEC §5, §15 *Time travel*). */
export function contextCommands(window: TractWindow): CommandTable {
  let selected: CommitTarget | undefined;
  return {
    openCommit: async (argument) => {
      const target = await commitTarget(window, argument, { title: vscode.l10n.t('Open Commit') });
      if (target) await show(commitUri(target.tract.tractId, target.commit));
    },
    compile: (argument) => compile(window, argument),
    copyContext: (format, argument) => copyContext(window, format, argument),
    compareWithHead: async (argument) => {
      const target = await commitTarget(window, argument, { title: vscode.l10n.t('Compare with HEAD') });
      if (target) await compareContexts(target.tract.tractId, target.commit.commitHash, headOf(target));
    },
    selectForCompare: async (argument) => {
      selected = await commitTarget(window, argument, { title: vscode.l10n.t('Select for Compare') });
      if (selected) await vscode.commands.executeCommand('setContext', 'tract.hasSelectedCommit', true);
    },
    compareWithSelected: async (argument) => {
      const target = await commitTarget(window, argument, { title: vscode.l10n.t('Compare with Selected') });
      if (!target || !selected) return;
      await compareCommits(selected, target);
    },
    compare: async () => {
      const a = await commitTarget(window, undefined, { title: vscode.l10n.t('Compare: the Older Commit') });
      const b = a && (await commitTarget(window, undefined, { title: vscode.l10n.t('Compare: the Newer Commit') }));
      if (a && b) await compareContexts(a.tract.tractId, a.commit.commitHash, b.commit.commitHash);
    },
  };
}

function headOf({ tract }: CommitTarget): string {
  const { head } = tract;
  if (head === null) throw new WindowError(vscode.l10n.t('There are no commits yet.'));
  return head;
}

/** Opens a document of ours as Markdown, read-only. */
async function show(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Opens the compiled context of a commit, by default of HEAD, as a document. */
async function compile(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const tract = await window.store.requireActive();
  if (argument === undefined && tract.head === null)
    throw new WindowError(vscode.l10n.t('There are no commits to compile yet.'));
  const target = await commitTarget(window, argument ?? tract.head ?? undefined, { title: vscode.l10n.t('Compile') });
  if (!target) return undefined;
  const { tract: of, commit } = target;
  const context = await of.compile({ at: commit.commitHash });
  const label = commit.commitHash === of.head ? (of.currentBranch ?? 'HEAD') : shortHash(commit.commitHash);
  await show(contextUri(of.tractId, commit.commitHash, label));
  const exact = context.tokenSource.startsWith('api:') ? '' : '~';
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('Compiled {0} messages, {1}{2} tokens ({3})', context.commitCount, exact, fullCount(context.tokenCount), context.tokenSource)}`,
    8000,
  );
  return context.contextHash;
}

const FORMATS = [
  { id: 'openai', label: 'OpenAI', description: vscode.l10n.t('chat messages as JSON') },
  { id: 'anthropic', label: 'Anthropic', description: vscode.l10n.t('system and messages as JSON') },
  { id: 'markdown', label: 'Markdown', description: vscode.l10n.t('for people') },
] as const;

/** Copies the context of HEAD, or of the commit given. For programs: the format's id as first argument. */
async function copyContext(window: TractWindow, format: unknown, argument: unknown): Promise<string | undefined> {
  const byRow = typeof format === 'object' && format !== null ? format : undefined;
  const chosen =
    FORMATS.find(({ id }) => id === format) ??
    (await vscode.window.showQuickPick(FORMATS, { title: vscode.l10n.t('Copy Compiled Context As') }));
  if (!chosen) return undefined;
  const tract = await window.store.requireActive();
  const target = await commitTarget(window, argument ?? byRow ?? tract.head ?? undefined, {
    title: vscode.l10n.t('Copy the Context of'),
  });
  if (!target) return undefined;
  const context = await target.tract.compile({ at: target.commit.commitHash });
  const text = {
    openai: () => JSON.stringify(context.toOpenAI(), null, 2),
    anthropic: () => JSON.stringify(context.toAnthropic(), null, 2),
    markdown: () => context.toMarkdown(),
  }[chosen.id]();
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('Copied {0} messages as {1}', context.commitCount, chosen.label)}`,
    5000,
  );
  return text;
}

/** What two commits compile to, side by side in VS Code's own diff editor. */
export async function compareContexts(tractId: string, a: string, b: string): Promise<void> {
  await vscode.commands.executeCommand(
    'vscode.diff',
    contextUri(tractId, a, shortHash(a)),
    contextUri(tractId, b, shortHash(b)),
    vscode.l10n.t('Context {0} ↔ {1}', shortHash(a), shortHash(b)),
  );
}

async function compareCommits(a: CommitTarget, b: CommitTarget): Promise<void> {
  await vscode.commands.executeCommand(
    'vscode.diff',
    commitUri(a.tract.tractId, storedCommit(a.store, a.commit.commitHash)),
    commitUri(b.tract.tractId, b.commit),
    `${shortHash(a.commit.commitHash)} ↔ ${shortHash(b.commit.commitHash)}`,
  );
}

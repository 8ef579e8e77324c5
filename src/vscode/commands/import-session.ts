import { basename } from 'node:path';
import * as vscode from 'vscode';
import { compactCount, fullCount } from '../../shared/format.js';
import type { ImportReport } from '../../transcripts/import.js';
import { isCancelled } from '../errors.js';
import { counted } from '../commit-look.js';
import type { SessionItem } from '../sessions/choose-session.js';
import type { TractWindow } from '../window.js';
import type { CommandTable } from './command.js';

/** `Tract: Import Session…` (SPEC §14). */
export function importCommands(window: TractWindow): CommandTable {
  return { importSession: (resource) => importSession(window, resource) };
}

/** For programs: a path or a file URI instead of the question. */
async function importSession(window: TractWindow, resource: unknown): Promise<ImportReport | undefined> {
  const path =
    typeof resource === 'string' ? resource : resource instanceof vscode.Uri ? resource.fsPath : await choosePath();
  if (path === undefined) return undefined;
  const store = await window.store.open();
  const { importTranscript } = await import('../../transcripts/node/import-transcript.js');
  const title = vscode.l10n.t('Importing {0}', basename(path));
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  const report = await vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => {
      abort.abort();
    });
    let shown = 0;
    try {
      return await importTranscript(path, {
        store,
        signal: abort.signal,
        onProgress: ({ bytes, totalBytes, commits, calls }) => {
          const percent = totalBytes === null || totalBytes === 0 ? 0 : Math.min(100, (bytes / totalBytes) * 100);
          if (percent - shown < 1) return;
          progress.report({
            increment: percent - shown,
            message: vscode.l10n.t('{0} commits, {1} model calls', commits, calls),
          });
          shown = percent;
        },
      });
    } catch (error) {
      if (!abort.signal.aborted && !isCancelled(error)) throw error;
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Import cancelled. What was read so far is kept; importing the same file again goes on from there.',
        ),
      );
      return undefined;
    }
  });
  if (report === undefined) return undefined;
  const [tractId] = report.tracts;
  if (tractId !== undefined) await window.store.activate(tractId);
  logReport(window.log, path, report);
  void tellReport(path, report);
  return report;
}

/** Sessions of this workspace's folders first; else a file of the person's choice. */
async function choosePath(): Promise<string | undefined> {
  const { workspaceSessions } = await import('../sessions/choose-session.js');
  const found = await workspaceSessions();
  if (found.length === 0) return browseForFile();
  const browse: SessionItem = {
    label: `$(folder-opened) ${vscode.l10n.t('Choose a File…')}`,
    description: vscode.l10n.t('Claude Code, Codex, OpenAI, Anthropic, VS Code chat, Markdown'),
  };
  const chosen = await vscode.window.showQuickPick<SessionItem>(
    [
      browse,
      { label: vscode.l10n.t('Sessions of this workspace'), kind: vscode.QuickPickItemKind.Separator },
      ...found,
    ],
    {
      title: vscode.l10n.t('Import Session'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return chosen === browse ? browseForFile() : chosen?.session?.path;
}

async function browseForFile(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Session'),
    openLabel: vscode.l10n.t('Import'),
    filters: {
      [vscode.l10n.t('Transcripts')]: ['jsonl', 'json', 'md', 'markdown', 'txt'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  return chosen?.[0]?.fsPath;
}

function logReport(log: vscode.LogOutputChannel, path: string, report: ImportReport): void {
  log.info(
    `Imported ${path} (${report.format}): ${report.added.commits} commits, ${report.added.records} records added`,
  );
  log.info(`  ${report.calls} model calls, ${report.toolCalls} tool calls, ${report.toolResults} tool results`);
  for (const agent of report.agents)
    log.info(`  sub-agent ${agent.agentId}: ${agent.added.commits} commits, ${agent.added.records} records`);
  for (const [reason, lines] of byReason(report))
    log.info(
      `  skipped: ${reason}: ${counted(lines.length, 'line', 'lines')} (${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ', …' : ''})`,
    );
  if (report.pending > 0)
    log.info(
      `  ${counted(report.pending, 'line', 'lines')} at the end are not complete yet; import again when the session went on`,
    );
}

function byReason({ skipped }: ImportReport): Map<string, number[]> {
  const reasons = new Map<string, number[]>();
  for (const { line, type, reason } of skipped) {
    const key = `${type}: ${reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), line]);
  }
  return reasons;
}

async function tellReport(path: string, report: ImportReport): Promise<void> {
  const { added, usage, skipped } = report;
  const details = vscode.l10n.t('Details');
  const panel = vscode.l10n.t('Open Context');
  const what =
    added.commits === 0 && added.records === 0
      ? vscode.l10n.t('{0}: nothing new, all of it was imported before.', basename(path))
      : vscode.l10n.t(
          'Imported {0}: {1}, {2} with {3} prompt tokens reported.',
          basename(path),
          counted(added.commits, 'commit', 'commits'),
          counted(added.records, 'compile record', 'compile records'),
          usage.promptTokens < 10_000 ? fullCount(usage.promptTokens) : compactCount(usage.promptTokens),
        );
  const left =
    skipped.length === 0
      ? ''
      : ` ${vscode.l10n.t('{0} not in the history.', counted(skipped.length, 'line or part is', 'lines or parts are'))}`;
  const chosen = await vscode.window.showInformationMessage(what + left, panel, details);
  if (chosen === panel) await vscode.commands.executeCommand('tract.openPanel');
  if (chosen === details) await vscode.commands.executeCommand('tract.showLog');
}

import * as vscode from 'vscode';
import { WindowError } from '../errors.js';
import { claudeCommand, codexEntry, jsonEntry, mergedMcpJson } from './agent-entry.js';

interface Way extends vscode.QuickPickItem {
  readonly act: () => Promise<void>;
}

/**
 * `Tract: Connect Coding Agent…`: writes or copies what an agent needs to reach this window's store (SPEC §15). `isServed`: whether
 * an agent would be answered now.
 */
export async function connectAgent(directory: string, isServed: boolean): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const ways: Way[] = [
    ...(folder
      ? [
          {
            label: vscode.l10n.t('Claude Code: write .mcp.json in {0}', folder.name),
            detail: vscode.l10n.t('adds the server “tract”; other entries stay'),
            act: () => writeMcpJson(vscode.Uri.joinPath(folder.uri, '.mcp.json'), directory),
          },
        ]
      : []),
    { label: vscode.l10n.t('Claude Code: copy the command'), act: () => copy(claudeCommand(directory)) },
    {
      label: vscode.l10n.t('Codex: copy the entry for config.toml'),
      act: () => copy(codexEntry(directory)),
    },
    { label: vscode.l10n.t('Another agent: copy the entry as JSON'), act: () => copy(jsonEntry(directory)) },
  ];
  const way = await vscode.window.showQuickPick(ways, {
    title: vscode.l10n.t('Connect Coding Agent'),
    placeHolder: isServed
      ? vscode.l10n.t('The agent runs “tract mcp”; what it wants to change is confirmed in this window.')
      : vscode.l10n.t(
          'No agent is answered now: that takes a trusted workspace, a store this window may write, and tract.mcp.enabled.',
        ),
  });
  await way?.act();
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(vscode.l10n.t('Copied: {0}', text.replace(/\s+/g, ' ')));
}

async function writeMcpJson(file: vscode.Uri, directory: string): Promise<void> {
  const text = await vscode.workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  let merged: string;
  try {
    merged = mergedMcpJson(text, directory);
  } catch {
    throw new WindowError(vscode.l10n.t('{0} is no JSON object. Mend it first; nothing was written.', file.fsPath));
  }
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(merged));
  await vscode.window.showTextDocument(file);
}

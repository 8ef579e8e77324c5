import * as vscode from 'vscode';
import { budgetLine } from './block-hover.js';
import { tokenLabel } from './block-label.js';
import type { CountedDocuments } from './counted-documents.js';
import { describeCounting } from './counting.js';
import { selectedTokens } from './selected-tokens.js';

/** The window settles before the first file is counted. */
const START_MS = 300;
const PAUSE_MS = 60;
/** Documents that are no text of anybody's. */
const NOT_COUNTED = new Set(['output', 'debug', 'comment', 'vscode']);

/** The second status bar item: tokens of the selection, or of the file (SPEC §15). Click changes what is counted for. */
export function tokenStatus(documents: CountedDocuments): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('tract.tokens', vscode.StatusBarAlignment.Right, 100.5);
  item.name = vscode.l10n.t('Tract: Tokens of File or Selection');
  item.command = 'tract.chooseTokenCounting';
  let timer = setTimeout(draw, START_MS);
  function draw(): void {
    const editor = vscode.window.activeTextEditor;
    if (!editor || NOT_COUNTED.has(editor.document.uri.scheme)) {
      item.hide();
      return;
    }
    const { counting } = documents;
    const counted = documents.of(editor.document);
    const file = counted.counter.tokens;
    const selected = selectedTokens(counted, editor.selections);
    const shown = selected ?? file;
    const ofFile = file === null ? '…' : tokenLabel(file, counting.estimated);
    item.text =
      selected === null
        ? `$(symbol-numeric) ${ofFile}`
        : `$(symbol-numeric) ${vscode.l10n.t('{0} selected', tokenLabel(selected, counting.estimated))}`;
    const lines = [
      selected === null
        ? vscode.l10n.t('This file: {0}', ofFile)
        : vscode.l10n.t('Selection: {0} of {1}', tokenLabel(selected, counting.estimated), ofFile),
      describeCounting(counting),
      shown === null ? '' : budgetLine(shown, counting),
      vscode.l10n.t('Click to count for another model or encoding.'),
    ].filter((line) => line !== '');
    item.tooltip = lines.join('\n');
    item.accessibilityInformation = { label: lines.slice(0, 2).join(', ') };
    item.show();
  }
  const drawSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE_MS);
  };
  return vscode.Disposable.from(
    item,
    documents.onDidChange(drawSoon),
    vscode.window.onDidChangeActiveTextEditor(drawSoon),
    vscode.window.onDidChangeTextEditorSelection(drawSoon),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

import * as vscode from 'vscode';
import type { CountedDocuments } from './counted-documents.js';
import { TokenInlayHints } from './inlay-hints.js';
import { readInlineSettings, showsCounts, type InlineSettings } from './inline-settings.js';
import { TokenLineEnds } from './line-ends.js';

/** Selecting with the keyboard moves the selection many times a second. */
const SELECTION_PAUSE_MS = 60;

/** Token counts in the text of editors: where and how the settings say (SPEC §15). */
export class InlineCounts implements vscode.Disposable {
  readonly #documents: CountedDocuments;
  readonly #lineEnds: TokenLineEnds;
  readonly #redrawHints = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #settings: InlineSettings = readInlineSettings();
  #provider: vscode.Disposable | undefined;
  #selecting: NodeJS.Timeout | undefined;

  constructor(documents: CountedDocuments) {
    this.#documents = documents;
    this.#lineEnds = new TokenLineEnds(documents);
    this.#subscriptions = vscode.Disposable.from(
      this.#lineEnds,
      this.#redrawHints,
      documents.onDidChange((document) => {
        this.#redrawHints.fire();
        this.#draw((editor) => document === null || editor.document === document);
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#draw(() => true);
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (this.#settings.style === 'endOfLine') this.#draw((editor) => editor === textEditor);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.#drawSelectionSoon(textEditor);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tract.inlineCounts')) this.#readSettings();
      }),
    );
    this.#readSettings();
  }

  dispose(): void {
    clearTimeout(this.#selecting);
    this.#provider?.dispose();
    this.#subscriptions.dispose();
  }

  #readSettings(): void {
    this.#settings = readInlineSettings();
    this.#provider?.dispose();
    this.#provider =
      this.#settings.style === 'inlayHints'
        ? vscode.languages.registerInlayHintsProvider(
            this.#settings.selector,
            new TokenInlayHints(this.#documents, this.#redrawHints.event),
          )
        : undefined;
    this.#draw(() => true);
  }

  #draw(wanted: (editor: vscode.TextEditor) => boolean): void {
    for (const editor of vscode.window.visibleTextEditors.filter(wanted)) {
      if (!showsCounts(editor.document, this.#settings)) {
        this.#lineEnds.clear(editor, 'all');
      } else if (!this.#documents.isChanging(editor.document)) {
        if (this.#settings.style === 'endOfLine') this.#lineEnds.drawBlocks(editor);
        else this.#lineEnds.clear(editor, 'blocks');
        this.#lineEnds.drawSelection(editor);
      }
    }
  }

  #drawSelectionSoon(editor: vscode.TextEditor): void {
    if (!showsCounts(editor.document, this.#settings)) return;
    clearTimeout(this.#selecting);
    this.#selecting = setTimeout(() => {
      if (!editor.document.isClosed && !this.#documents.isChanging(editor.document))
        this.#lineEnds.drawSelection(editor);
    }, SELECTION_PAUSE_MS);
  }
}

import * as vscode from 'vscode';
import { blockHover } from './block-hover.js';
import { blockLabel } from './block-label.js';
import type { CountedDocuments } from './counted-documents.js';

/** Counts as inlay hints, for the lines that are looked at (SPEC §15). */
export class TokenInlayHints implements vscode.InlayHintsProvider {
  readonly #documents: CountedDocuments;
  readonly onDidChangeInlayHints: vscode.Event<void>;

  /** @param redraw fires when hints are stale, after typing paused */
  constructor(documents: CountedDocuments, redraw: vscode.Event<void>) {
    this.#documents = documents;
    this.onDidChangeInlayHints = redraw;
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlayHint[]> {
    if (this.#documents.isChanging(document)) await this.#pause(document, token);
    if (token.isCancellationRequested || document.isClosed) return [];
    const { counting } = this.#documents;
    const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    return this.#documents
      .of(document)
      .countedBlocks(span)
      .map(({ block, tokens, labelAt }) => {
        const label = blockLabel(block, tokens, counting.estimated);
        const hint = new vscode.InlayHint(document.positionAt(labelAt), label);
        hint.paddingLeft = true;
        hint.paddingRight = true;
        hint.tooltip = blockHover(document.uri, block, tokens, counting);
        return hint;
      });
  }

  /** Resolves when typing pauses, or when nobody asks any more. */
  #pause(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const listeners = [
        this.#documents.onDidChange((changed) => {
          if (changed === document || changed === null) done();
        }),
        token.onCancellationRequested(() => {
          done();
        }),
      ];
      const done = (): void => {
        for (const listener of listeners) listener.dispose();
        resolve();
      };
    });
  }
}

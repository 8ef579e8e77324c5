import * as vscode from 'vscode';
import { blockHover } from './block-hover.js';
import { blockLabel, tokenLabel } from './block-label.js';
import type { CountedDocuments } from './counted-documents.js';
import { selectedTokens } from './selected-tokens.js';

/** Counts drawn behind the text: the blocks' with the style `endOfLine`, and the selection's with either style. */
export class TokenLineEnds implements vscode.Disposable {
  readonly #documents: CountedDocuments;
  readonly #blocks = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 1.5em' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #selection = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 1em', fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  constructor(documents: CountedDocuments) {
    this.#documents = documents;
  }

  /** Draws the blocks that the editor shows. */
  drawBlocks(editor: vscode.TextEditor): void {
    const { document } = editor;
    const { counting } = this.#documents;
    const counted = this.#documents.of(document);
    const shown = editor.visibleRanges.flatMap((range) =>
      counted.countedBlocks({ start: document.offsetAt(range.start), end: document.offsetAt(range.end) }),
    );
    editor.setDecorations(
      this.#blocks,
      shown.map(({ block, tokens, labelAt }) => {
        const at = document.positionAt(labelAt);
        return {
          range: new vscode.Range(at, at),
          hoverMessage: blockHover(document.uri, block, tokens, counting),
          renderOptions: { after: { contentText: blockLabel(block, tokens, counting.estimated) } },
        };
      }),
    );
  }

  /** Draws the tokens of what is selected, behind the main selection. */
  drawSelection(editor: vscode.TextEditor): void {
    const tokens = selectedTokens(this.#documents.of(editor.document), editor.selections);
    const { active } = editor.selection;
    const contentText = tokens === null ? '' : `${tokenLabel(tokens, this.#documents.counting.estimated)} selected`;
    editor.setDecorations(
      this.#selection,
      tokens === null ? [] : [{ range: new vscode.Range(active, active), renderOptions: { after: { contentText } } }],
    );
  }

  clear(editor: vscode.TextEditor, what: 'all' | 'blocks'): void {
    editor.setDecorations(this.#blocks, []);
    if (what === 'all') editor.setDecorations(this.#selection, []);
  }

  dispose(): void {
    this.#blocks.dispose();
    this.#selection.dispose();
  }
}

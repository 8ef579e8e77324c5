import type * as vscode from 'vscode';
import type { DocumentBlock, Span } from '../../tokens/documents/block.js';
import { countBlock, type BlockTokens } from '../../tokens/documents/count-block.js';
import { documentBlocks, documentFormat } from '../../tokens/documents/document-blocks.js';
import type { Tokenizer } from '../../core/ports/tokenizer.js';
import { labelOffset } from './block-label.js';
import type { DocumentCounter } from './document-counter.js';

/** A block with its tokens and the offset its label stands at. */
export interface CountedBlock {
  readonly block: DocumentBlock;
  readonly tokens: BlockTokens;
  readonly labelAt: number;
}

/** Messages longer than this are not counted again while their text stays the same. */
const REMEMBERED_UNITS = 2_000;
/** Labels in one look: a minified chat has all its messages on one line. */
const MAX_LABELS = 300;

/** An open document with its count and its blocks. */
export class CountedDocument {
  readonly document: vscode.TextDocument;
  readonly counter: DocumentCounter;
  readonly #tokenizer: Tokenizer;
  #blocks: { readonly version: number; readonly blocks: readonly DocumentBlock[] } | null = null;
  #remembered = new Map<string, BlockTokens>();

  constructor(document: vscode.TextDocument, counter: DocumentCounter, tokenizer: Tokenizer) {
    this.document = document;
    this.counter = counter;
    this.#tokenizer = tokenizer;
  }

  /** The blocks of the document; of JSON lines only those that touch the span. Read once a version. */
  blocks(span: Span): readonly DocumentBlock[] {
    const { document } = this;
    const format = documentFormat(document.uri.path, document.languageId);
    if (format === 'jsonLines') return documentBlocks(document.getText(), format, [span]);
    if (this.#blocks?.version !== document.version) {
      this.#blocks = { version: document.version, blocks: documentBlocks(document.getText(), format, [span]) };
    }
    return this.#blocks.blocks;
  }

  /** The blocks whose label lies in a span, with their tokens. Empty while the document is being counted. */
  countedBlocks(span: Span): CountedBlock[] {
    const { counter, document } = this;
    if (counter.tokens === null) return [];
    const text = document.getText();
    const perLine = documentFormat(document.uri.path, document.languageId) === 'jsonLines';
    const remembered = new Map<string, BlockTokens>();
    const shown = this.blocks(span)
      .map((block) => ({ block, labelAt: labelOffset(text, block, perLine) }))
      .filter(({ labelAt }) => labelAt >= span.start && labelAt <= span.end)
      .slice(0, MAX_LABELS)
      .map(({ block, labelAt }) => ({ block, labelAt, tokens: this.#count(block, text, remembered) }));
    this.#remembered = remembered;
    return shown;
  }

  #count(block: DocumentBlock, text: string, remembered: Map<string, BlockTokens>): BlockTokens {
    const countRange = (start: number, end: number): number => this.counter.countRange(start, end) ?? 0;
    if (block.kind === 'section' || block.end - block.start < REMEMBERED_UNITS)
      return countBlock(block, this.#tokenizer, countRange);
    const key = `${block.kind} ${text.slice(block.start, block.end)}`;
    const tokens = this.#remembered.get(key) ?? countBlock(block, this.#tokenizer, countRange);
    remembered.set(key, tokens);
    return tokens;
  }
}

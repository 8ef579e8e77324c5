import * as vscode from 'vscode';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import type { Tokenizers } from '../../tokens/tokenizers.js';
import { CountedDocument } from './counted-document.js';
import { readCounting, type Counting } from './counting.js';
import { DocumentCounter } from './document-counter.js';

/** Documents whose counts are kept though no editor shows them. */
const KEPT = 8;
/** Counts are shown when typing pauses this long. */
const PAUSE_MS = 120;
/** Reading the parts of a large document takes longer, so a longer pause. */
const LONG_PAUSE_MS = 400;
const LARGE_UNITS = 200_000;

export interface CountedDocumentsOptions {
  readonly tokenizers: Tokenizers;
  readonly background: BackgroundCounter;
  readonly log: vscode.LogOutputChannel;
}

/** The counts of open documents, kept up with every edit; a document is counted from its first look on. */
export class CountedDocuments implements vscode.Disposable {
  readonly #options: CountedDocumentsOptions;
  /** By document, least recently looked at first. */
  readonly #counted = new Map<vscode.TextDocument, CountedDocument>();
  readonly #pauses = new Map<vscode.TextDocument, NodeJS.Timeout>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument | null>();
  readonly #subscriptions: vscode.Disposable;
  #counting = readCounting();

  /** Counts of a document changed and typing paused, or (null) all did. */
  readonly onDidChange = this.#changed.event;

  constructor(options: CountedDocumentsOptions) {
    this.#options = options;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.#apply(document, contentChanges);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#drop(document);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tract')) this.#readSettings();
      }),
    );
  }

  /** What is counted for. */
  get counting(): Counting {
    return this.#counting;
  }

  /** The counts of a document, counted from now on. */
  of(document: vscode.TextDocument): CountedDocument {
    const known = this.#counted.get(document);
    const counted = known ?? this.#count(document);
    this.#counted.delete(document);
    this.#counted.set(document, counted);
    if (known === undefined) this.#dropOldest();
    return counted;
  }

  /** Whether typing goes on, so that a look now would be stale at once. */
  isChanging(document: vscode.TextDocument): boolean {
    return this.#pauses.has(document);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
    for (const document of [...this.#counted.keys()]) this.#drop(document);
  }

  #count(document: vscode.TextDocument): CountedDocument {
    const { tokenizers, background, log } = this.#options;
    const { encoding } = this.#counting;
    const tokenizer = tokenizers.createTokenizer(encoding);
    const text = {
      getText: () => document.getText(),
      length: () => document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
    };
    const counter = new DocumentCounter(text, {
      tokenizer,
      countMany: (texts, signal) => background.countMany(texts, { encoding, signal }),
      counted: () => {
        this.#changed.fire(document);
      },
      failed: (error) => {
        log.error(`Tokens of ${document.uri.toString()}: ${String(error)}`);
      },
    });
    return new CountedDocument(document, counter, tokenizer);
  }

  #apply(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const counted = this.#counted.get(document);
    if (counted === undefined) return;
    // Without content changes only the line ends or the dirty mark changed; the former shows in the length.
    counted.counter.apply(changes);
    clearTimeout(this.#pauses.get(document));
    const pause = setTimeout(
      () => {
        this.#pauses.delete(document);
        this.#changed.fire(document);
      },
      document.lineCount > 1 && document.offsetAt(new vscode.Position(document.lineCount, 0)) > LARGE_UNITS
        ? LONG_PAUSE_MS
        : PAUSE_MS,
    );
    this.#pauses.set(document, pause);
  }

  #readSettings(): void {
    const before = this.#counting;
    this.#counting = readCounting();
    if (this.#counting.encoding !== before.encoding) {
      for (const document of [...this.#counted.keys()]) this.#drop(document);
    }
    this.#changed.fire(null);
  }

  #dropOldest(): void {
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    const hidden = [...this.#counted.keys()].filter((document) => !visible.has(document));
    for (const document of hidden.slice(0, Math.max(0, hidden.length - KEPT))) this.#drop(document);
  }

  #drop(document: vscode.TextDocument): void {
    this.#counted.get(document)?.counter.dispose();
    this.#counted.delete(document);
    clearTimeout(this.#pauses.get(document));
    this.#pauses.delete(document);
  }
}

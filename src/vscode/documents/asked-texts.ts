import * as vscode from 'vscode';

/** A text that the person writes in an editor and then approves. */
export interface TextQuestion {
  /** What to do, and its consequence in numbers. */
  readonly message: string;
  readonly initial: string;
  readonly approve: string;
}

interface Asked {
  readonly question: TextQuestion;
  readonly document: vscode.TextDocument;
  readonly settle: (text: string | undefined) => void;
}

/** Addresses of the texts that wait, for `when` clauses of the manifest. */
const CONTEXT_KEY = 'tract.askedTexts';

/**
 * Questions whose answer is a text. It is written in an editor that has the question and its buttons above the first line and in its
 * title, where they stay however long the person writes; a toast would be gone. Closing the editor is an answer too: no.
 */
export class AskedTexts implements vscode.Disposable {
  readonly #asked = new Map<string, Asked>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: readonly { dispose(): unknown }[];
  /** The last editor that was asked for has opened. */
  #shown: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.commands.registerCommand('tract.approveText', () => this.#answer(true)),
      vscode.commands.registerCommand('tract.cancelText', () => this.#answer(false)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#settle(document, undefined);
      }),
      vscode.languages.registerCodeLensProvider(
        { scheme: 'untitled' },
        { onDidChangeCodeLenses: this.#changed.event, provideCodeLenses: (document) => this.#lenses(document) },
      ),
    ];
  }

  dispose(): void {
    for (const { settle } of this.#asked.values()) settle(undefined);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Opens an editor with a text to write; undefined when the person let it be. */
  async ask(question: TextQuestion): Promise<string | undefined> {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: question.initial });
    const text = new Promise<string | undefined>((resolve) => {
      this.#asked.set(document.uri.toString(), { question, document, settle: resolve });
    });
    await this.#publish();
    const shown = vscode.window.showTextDocument(document, { preview: false });
    this.#shown = Promise.resolve(shown).catch(() => undefined);
    await shown;
    return text;
  }

  /** The question of the active editor is answered. */
  async #answer(approved: boolean): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !this.#asked.has(document.uri.toString())) return;
    // An editor that is closed while it still opens stays open.
    await this.#shown;
    const text = document.getText();
    // The draft has served; VS Code would ask whether to save it.
    const closed = vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    this.#settle(document, approved ? text : undefined);
    await closed;
  }

  #settle({ uri }: vscode.TextDocument, text: string | undefined): void {
    const asked = this.#asked.get(uri.toString());
    if (!asked) return;
    this.#asked.delete(uri.toString());
    asked.settle(text);
    void this.#publish();
  }

  async #publish(): Promise<void> {
    const addresses = [...this.#asked.values()].map(({ document }) => document.uri.toString());
    await vscode.commands.executeCommand('setContext', CONTEXT_KEY, addresses);
    this.#changed.fire();
  }

  #lenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const asked = this.#asked.get(uri.toString());
    if (!asked) return [];
    const { approve, message } = asked.question;
    return [
      { title: `$(check) ${approve}`, command: 'tract.approveText' },
      { title: `$(close) ${vscode.l10n.t('Cancel')}`, command: 'tract.cancelText' },
      { title: message, command: '' },
    ].map((command) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command));
  }
}

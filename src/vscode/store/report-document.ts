import * as vscode from 'vscode';

const SCHEME = 'tract-store';
const URI = vscode.Uri.from({ scheme: SCHEME, path: '/Tract Store.md' });

/** The one read-only document that tells about the store; showing it anew replaces its text. */
export class ReportDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  #text = '';

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(text: string): Promise<void> {
    this.#text = text;
    this.#changed.fire(URI);
    await vscode.window.showTextDocument(URI, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

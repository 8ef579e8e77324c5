import * as vscode from 'vscode';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { FIRST_PAGE, parseToHost, type Tab, type ToHost, type ToPanel } from '../../shared/protocol.js';
import { orderedSlots } from '../../core/compile/snapshot.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import {
  budgetView,
  composerView,
  contextView,
  headerView,
  NO_TRACT_CONTEXT,
  NO_TRACT_HEADER,
} from './context-views.js';
import { efficiencyView } from './efficiency-view.js';
import { graphView } from './graph-view.js';
import { comparisonView, recordDetailView, recordsView } from './record-views.js';
import { runRequest } from './requests.js';

/** Serves one panel: sends whole snapshots of what it shows after every change, and answers its requests. */
export class PanelHost implements vscode.Disposable {
  readonly #window: TractWindow;
  readonly #webview: vscode.Webview;
  readonly #disposables: vscode.Disposable[] = [];
  #tab: Tab = 'context';
  #isReady = false;
  #isVisible = true;
  #limits = { records: FIRST_PAGE, graph: FIRST_PAGE };
  #toReveal: Extract<ToPanel, { type: 'reveal' }> | null = null;
  #recordToShow: { readonly tractId: string; readonly id: string } | null = null;
  #sending = 0;

  constructor(window: TractWindow, webview: vscode.Webview) {
    this.#window = window;
    this.#webview = webview;
    this.#disposables.push(
      webview.onDidReceiveMessage((data: unknown) => {
        this.#receive(data).catch((error: unknown) => {
          window.errors.report(error);
        });
      }),
      window.store.onDidChange(() => {
        this.refresh();
      }),
      window.conversation.onDidChange((tractId) => {
        if (tractId === window.store.activeId) this.#refreshComposer();
      }),
      window.models.onDidChange(() => {
        this.refresh();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('tract.budget')) this.refresh();
      }),
      window.changedFiles.onDidChange(() => {
        this.refresh();
      }),
      window.filePlans.onDidChange(() => {
        this.#sendPlan();
      }),
    );
  }

  /** A hidden panel is not served; it gets fresh snapshots when it comes back. */
  set visible(visible: boolean) {
    const cameBack = visible && !this.#isVisible;
    this.#isVisible = visible;
    if (cameBack) this.refresh();
  }

  /** Opens a tab, at once or when the page has come up. */
  reveal(tab: Tab, hash: string | null): void {
    const message: ToPanel = { type: 'reveal', tab, hash };
    if (this.#isReady) this.#post(message);
    else this.#toReveal = { type: 'reveal', tab, hash };
  }

  /** Opens a record, at once or when the page has come up. */
  showRecord(tractId: string, id: string): void {
    this.#recordToShow = { tractId, id };
    if (!this.#isReady) return;
    this.#showRecord().catch((error: unknown) => {
      this.#window.errors.report(error);
    });
  }

  async #showRecord(): Promise<void> {
    if (this.#recordToShow === null) return;
    const { tractId, id } = this.#recordToShow;
    this.#recordToShow = null;
    const view = await recordDetailView(await this.#window.store.open(), await this.#window.store.tract(tractId), id);
    this.#post({ type: 'recordDetail', view });
  }

  post(message: ToPanel): void {
    this.#post(message);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  refresh(): void {
    if (!this.#isReady || !this.#isVisible) return;
    this.#sendAll().catch((error: unknown) => {
      this.#window.errors.report(error);
    });
  }

  #refreshComposer(): void {
    if (!this.#isReady || !this.#isVisible) return;
    this.#withTract(async (store, tract) => {
      this.#post({ type: 'composer', view: await composerView(this.#window, store, tract) });
    }).catch((error: unknown) => {
      this.#window.errors.report(error);
    });
  }

  #sendPlan(): void {
    if (this.#isReady && this.#isVisible) this.#post({ type: 'plan', view: this.#window.filePlans.view() });
  }

  #post(message: ToPanel): void {
    void this.#webview.postMessage(message);
  }

  async #sendAll(): Promise<void> {
    const mine = ++this.#sending;
    const store = await this.#window.store.open();
    const tract = await this.#window.store.active();
    if (!tract) {
      this.#post({ type: 'header', view: NO_TRACT_HEADER });
      this.#post({ type: 'context', view: NO_TRACT_CONTEXT });
      return;
    }
    this.#post({ type: 'header', view: await headerView(store, tract, this.#window) });
    const context = await contextView(store, tract);
    // A newer round is under way: its snapshots replace these anyway.
    if (mine !== this.#sending) return;
    this.#post({ type: 'context', view: context });
    this.#post({ type: 'composer', view: await composerView(this.#window, store, tract) });
    await this.#sendTab(store, tract);
  }

  async #sendTab(store: Store, tract: Tract): Promise<void> {
    if (this.#tab === 'plan') this.#sendPlan();
    if (this.#tab === 'efficiency') this.#post({ type: 'efficiency', view: await efficiencyView(store, tract) });
    if (this.#tab === 'budget') this.#post({ type: 'budget', view: await budgetView(store, tract) });
    if (this.#tab === 'records')
      this.#post({ type: 'records', view: recordsView(store, tract.tractId, this.#limits.records) });
    if (this.#tab === 'graph')
      this.#post({ type: 'graph', view: await graphView(store, tract.tractId, this.#limits.graph) });
  }

  async #receive(data: unknown): Promise<void> {
    const parsed = parseToHost(data);
    if (!parsed.ok) {
      this.#window.log.warn(`Panel: a message that does not fit the protocol was dropped (${parsed.detail})`);
      return;
    }
    await this.#serve(parsed.value);
  }

  async #serve(request: ToHost): Promise<void> {
    switch (request.type) {
      case 'ready':
        this.#isReady = true;
        this.#tab = request.tab;
        await this.#sendAll();
        this.#sendPlan();
        if (this.#toReveal) this.#post(this.#toReveal);
        this.#toReveal = null;
        await this.#showRecord();
        return;
      case 'showTab':
        this.#tab = request.tab;
        return this.#withTract((store, tract) => this.#sendTab(store, tract));
      case 'loadRecords':
        this.#limits.records = request.limit;
        return this.#withTract((store, tract) => this.#sendTab(store, tract));
      case 'loadGraph':
        this.#limits.graph = request.limit;
        return this.#withTract((store, tract) => this.#sendTab(store, tract));
      case 'loadText':
        return this.#answer('loadText', request.hash, async (store) => {
          const snapshot = await store.env.compiler.snapshot(store.storage, request.at);
          const slot = [...orderedSlots(snapshot)].find(({ commitHash }) => commitHash === request.hash);
          if (!slot) throw new WindowError(vscode.l10n.t('This message is no longer in the context.'));
          return { type: 'text', hash: request.hash, at: request.at, text: slot.text };
        });
      case 'openRecord':
        return this.#answer('openRecord', request.id, async (store, tract) => ({
          type: 'recordDetail',
          view: await recordDetailView(store, tract, request.id),
        }));
      case 'compareRecords':
        return this.#answer('compareRecords', request.a, async (_store, tract) => ({
          type: 'comparison',
          view: await comparisonView(tract, request.a, request.b),
        }));
      case 'draft':
        return this.#withTract((store) => {
          const count = store.env.tokenizer.count(request.text);
          this.#post({
            type: 'draftTokens',
            draft: request.draft,
            tokens: { count: count === 0 ? 0 : count + 3, exact: false },
          });
        });
      default:
        await runRequest(this.#window, request);
    }
  }

  async #withTract(act: (store: Store, tract: Tract) => Promise<void> | void): Promise<void> {
    const store = await this.#window.store.open();
    const tract = await this.#window.store.active();
    if (tract) await act(store, tract);
  }

  /** For requests that the panel waits for: what fails is told to it too. */
  async #answer(
    request: Extract<ToPanel, { type: 'failed' }>['request'],
    subject: string,
    make: (store: Store, tract: Tract) => Promise<ToPanel>,
  ): Promise<void> {
    try {
      const store = await this.#window.store.open();
      this.#post(await make(store, await this.#window.store.requireActive()));
    } catch (error) {
      this.#post({ type: 'failed', request, subject, message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
}

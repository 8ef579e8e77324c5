import * as vscode from 'vscode';
import type { BackgroundCounter } from '../../tokens/background-counter.js';
import type { Tokenizers } from '../../tokens/tokenizers.js';
import type { PlanView } from '../../shared/plan-view.js';
import type { ToHost } from '../../shared/protocol.js';
import { contextBudget } from '../context-budget.js';
import { isCancelled } from '../errors.js';
import { readSettings } from '../settings.js';
import type { WindowStore } from '../store/window-store.js';
import type { Embeddings } from './embeddings.js';
import { readFileSettings } from './file-settings.js';
import type { AddedFiles, FileRequest, OpenPlan, PlanTools } from './open-plan.js';

export interface FilePlansOptions {
  readonly store: WindowStore;
  readonly embeddings: Embeddings;
  readonly tokenizers: Tokenizers;
  readonly counter: BackgroundCounter;
  readonly log: vscode.LogOutputChannel;
}

export type PlanRequest = Extract<ToHost, { type: `plan${string}` }>;

/** The plan for workspace files that this window shows, at most one, and the way to make others (SPEC §12). */
export class FilePlans implements vscode.Disposable {
  readonly #options: FilePlansOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #committed = new vscode.EventEmitter<AddedFiles>();
  #shown: OpenPlan | null = null;

  /** The plan that is shown is another now, or is shown otherwise. */
  readonly onDidChange = this.#changed.event;
  readonly onDidCommit = this.#committed.event;

  constructor(options: FilePlansOptions) {
    this.#options = options;
  }

  dispose(): void {
    this.#shown?.dispose();
    this.#changed.dispose();
    this.#committed.dispose();
  }

  /** The plan for the panel; null when there is none. */
  view(): PlanView | null {
    return this.#shown?.view() ?? null;
  }

  /** Tokens to offer for files: those of the settings, less when the context has less room. */
  async offeredBudget(): Promise<number> {
    const { store, tract } = await this.#current();
    const { budgetTokens } = readFileSettings();
    if (tract === null) return budgetTokens;
    const { available } = contextBudget(store, tract.tractId);
    if (available === null) return budgetTokens;
    return Math.max(0, Math.min(budgetTokens, available - (await tract.compile()).tokenCount));
  }

  /** A plan that nothing shows; whoever makes it starts and disposes it. */
  async create(request: FileRequest): Promise<OpenPlan> {
    const { OpenPlan: Plan } = await import('./open-plan.js');
    return new Plan(request, this.#tools());
  }

  /** Shows a plan in the place of the one before, and chooses. */
  async show(request: FileRequest): Promise<void> {
    const plan = await this.create(request);
    this.#replace(plan);
    plan.onDidChange(() => {
      this.#changed.fire();
    });
    await quietly(plan.start());
  }

  /** Does what the panel asks of the plan it shows; requests about another plan are stale. */
  async serve(request: PlanRequest): Promise<void> {
    const plan = this.#shown;
    if (plan?.id !== request.plan) return;
    switch (request.type) {
      case 'planQuery':
        return quietly(plan.change({ query: request.query }));
      case 'planBudget':
        return quietly(plan.change({ budgetTokens: request.tokens }));
      case 'planMark':
        return quietly(plan.change(marked(plan.request, request)));
      case 'planFolder': {
        const { pickFolder } = await import('./pick-folder.js');
        const from = await pickFolder(plan);
        return from === undefined ? undefined : quietly(plan.change({ from }));
      }
      case 'planMove':
        plan.move(request.path, request.kept);
        return;
      case 'planOpen':
        await vscode.window.showTextDocument(vscode.Uri.joinPath(plan.request.root, request.path), { preview: true });
        return;
      case 'planCommit': {
        const added = await plan.commit();
        this.#replace(null);
        this.#committed.fire(added);
        return;
      }
      case 'planCancel':
        this.#replace(null);
    }
  }

  #replace(plan: OpenPlan | null): void {
    this.#shown?.dispose();
    this.#shown = plan;
    this.#changed.fire();
  }

  async #current() {
    const { store } = this.#options;
    return { store: await store.open(), tract: await store.active() };
  }

  #tools(): PlanTools {
    const { store, embeddings, tokenizers, counter, log } = this.#options;
    return {
      current: () => this.#current(),
      target: async () => (await store.active()) ?? (await store.create(vscode.workspace.name ?? 'main')),
      log,
      choice: async (tractId) => {
        const { encoding } = readSettings();
        return {
          settings: readFileSettings(),
          semantic: await embeddings.forSelection(),
          summaries: async () => {
            const { storedSummaries } = await import('./stored-summaries.js');
            return storedSummaries(await store.open(), tractId);
          },
          counter,
          countTokens: (text) => tokenizers.countTokens(text, encoding),
          encoding,
        };
      },
    };
  }
}

/** A newer change, or the person, ended it: that is no failure. */
async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}

/** One kind of mark at a time: what must be in need not be ranked. */
function marked(
  { deliverables, modifiable }: FileRequest,
  { path, mark, on }: Extract<PlanRequest, { type: 'planMark' }>,
): Partial<FileRequest> {
  const without = (paths: readonly string[]) => paths.filter((one) => one !== path);
  const own = mark === 'deliverable' ? without(deliverables) : without(modifiable);
  const next = on ? [...own, path] : own;
  return mark === 'deliverable' ? { deliverables: next } : { modifiable: next };
}

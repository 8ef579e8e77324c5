import * as vscode from 'vscode';
import type { GenerateResult } from '../../core/operations/generate.js';
import { BudgetExceededError, RequestTooLargeError, TractError } from '../../core/model/errors.js';
import type { Model, ModelEvent } from '../../core/ports/model.js';
import type { Tract } from '../../core/tract.js';
import type { ComposerState } from '../../shared/composer-view.js';
import { isCancelled } from '../errors.js';
import type { Models } from '../models/models.js';
import type { WindowStore } from '../store/window-store.js';
import { remediesFor } from './remedies.js';
import { requestTokens } from './request-tokens.js';

const IDLE: ComposerState = { kind: 'idle' };
/** Pieces of an answer closer together than this are one event. */
const QUIET_MS = 60;

/** Calls to models from this window: at most one a tract at a time, streamed to whoever shows them (SPEC §10). */
export class Conversation implements vscode.Disposable {
  readonly #models: Models;
  readonly #store: WindowStore;
  readonly #states = new Map<string, ComposerState>();
  readonly #calls = new Map<string, AbortController>();
  readonly #changed = new vscode.EventEmitter<string>();

  /** Fires with the id of the tract whose state changed. */
  readonly onDidChange = this.#changed.event;

  constructor(models: Models, store: WindowStore) {
    this.#models = models;
    this.#store = store;
  }

  dispose(): void {
    for (const call of this.#calls.values()) call.abort();
    this.#changed.dispose();
  }

  state(tractId: string): ComposerState {
    return this.#states.get(tractId) ?? IDLE;
  }

  /**
   * Commits the text as the person's message and asks the model; an empty text asks it to go on from the context as it is. What
   * fails is kept as the state too, with what helps.
   * @throws ConversationBusyError, and what `generate` and the model throw
   */
  async send(tract: Tract, text: string): Promise<GenerateResult> {
    const { tractId } = tract;
    if (this.#calls.has(tractId)) throw new ConversationBusyError();
    const call = new AbortController();
    this.#calls.set(tractId, call);
    const before = tract.head;
    const streamed = this.#streamTo(tractId);
    this.#set(tractId, { kind: 'sending', since: new Date().toISOString() });
    try {
      const model = await this.#models.model('chat');
      const options = { model, signal: call.signal, onEvent: streamed.read };
      if (text !== '') await this.#requireRoom(tract, text, model);
      const result = text === '' ? await tract.generate(options) : await tract.chat(text, options);
      this.#set(tractId, IDLE);
      return result;
    } catch (error) {
      const unsent = tract.head === before ? text : '';
      this.#set(tractId, isCancelled(error) ? IDLE : await failure(tract, error, unsent));
      throw error;
    } finally {
      streamed.end();
      this.#calls.delete(tractId);
    }
  }

  /** Whether a call was under way. Its record says `cancelled`. */
  stop(tractId: string): boolean {
    const call = this.#calls.get(tractId);
    call?.abort();
    return call !== undefined;
  }

  /** Takes a failure out of sight. */
  dismiss(tractId: string): void {
    if (this.state(tractId).kind === 'failed') this.#set(tractId, IDLE);
  }

  /**
   * The person's message becomes a commit only when the model can be sent it: one that is too long goes back to where it was written.
   * @throws RequestTooLargeError
   */
  async #requireRoom(tract: Tract, text: string, { contextWindow = Infinity }: Model): Promise<void> {
    const tokens = await requestTokens(await this.#store.open(), tract, text);
    if (tokens > contextWindow) throw new RequestTooLargeError(tokens, contextWindow);
  }

  #set(tractId: string, state: ComposerState): void {
    this.#states.set(tractId, state);
    this.#changed.fire(tractId);
  }

  #streamTo(tractId: string) {
    const since = new Date().toISOString();
    let [text, reasoning] = ['', ''];
    let timer: NodeJS.Timeout | undefined;
    return {
      read: (event: ModelEvent) => {
        if (event.type === 'text') text += event.text;
        else if (event.type === 'reasoning') reasoning += event.text;
        else return;
        timer ??= setTimeout(() => {
          timer = undefined;
          this.#set(tractId, { kind: 'streaming', since, text, reasoning });
        }, QUIET_MS);
      },
      end: () => {
        clearTimeout(timer);
      },
    };
  }
}

/** One answer at a time: the next would not know it. */
export class ConversationBusyError extends TractError {
  readonly code = 'CONVERSATION_BUSY';
  constructor() {
    super(vscode.l10n.t('A model is answering already. Wait for it, or stop it first. Nothing was sent.'));
  }
}

/** `unsent`: the person's text when it was not committed, so that it is not lost. */
async function failure(tract: Tract, error: unknown, unsent: string): Promise<ComposerState> {
  const message = error instanceof Error ? error.message : String(error);
  const told =
    error instanceof BudgetExceededError
      ? vscode.l10n.t(
          '{0}. It was not sent; make room for ~{1} tokens first.',
          message,
          error.currentTokens - error.maxTokens,
        )
      : message;
  const messages = await tract.compile().then(
    (context) => context.messages,
    () => [],
  );
  return { kind: 'failed', message: told, unsent, remedies: [...remediesFor(error, messages)] };
}

import * as vscode from 'vscode';
import type { Model, ModelEvent, ModelRequest } from '../../core/ports/model.js';
import {
  ModelAuthError,
  ModelBadRequestError,
  ModelCancelledError,
  ModelServerError,
  type ModelError,
} from '../../llm/errors.js';
import { scrub, textsOf } from '../../llm/scrub.js';
import { lmMessages, lmTools } from './lm-request.js';

/** First part of the ids of VS Code's models. */
export const LM_PROVIDER = 'vscode.lm';
/** What a person should know of them (SPEC §10). */
export const LM_NOTE = vscode.l10n.t(
  'No system role: instructions are sent as user messages. Reports no usage: token counts stay estimates.',
);

export const lmModelId = ({ vendor, id }: vscode.LanguageModelChat): string => `${LM_PROVIDER}/${vendor}/${id}`;

/**
 * A model of VS Code's behind the core's interface (SPEC §10). It never yields a `usage` event: VS Code has none to give, and an
 * estimate is not a report.
 */
export function lmModel(model: vscode.LanguageModelChat): Model {
  return {
    id: lmModelId(model),
    contextWindow: model.maxInputTokens,
    send: (request, { signal }) => send(model, request, signal),
  };
}

async function* send(
  model: vscode.LanguageModelChat,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  const { messages, tools, params } = request;
  const cancellation = new vscode.CancellationTokenSource();
  let cancel = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    cancel = () => {
      cancellation.cancel();
      reject(new ModelCancelledError(vscode.l10n.t('The call was stopped.')));
    };
  });
  // Nobody may be waiting when it fires.
  stopped.catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    const options: vscode.LanguageModelChatRequestOptions = {
      justification: vscode.l10n.t('Tract sends the compiled context that you asked it to send.'),
      ...(params === null ? {} : { modelOptions: { ...params } }),
      ...(tools.length === 0 ? {} : { tools: lmTools(tools) }),
    };
    // A provider may not listen to its token, nor a person answer VS Code's question: stopping waits for neither.
    const response = await Promise.race([
      stopped,
      model.sendRequest(lmMessages(messages), options, cancellation.token),
    ]);
    const parts = response.stream[Symbol.asyncIterator]();
    let called = false;
    for (;;) {
      const next = await Promise.race([stopped, parts.next()]);
      if (next.done === true) break;
      const part = next.value;
      if (part instanceof vscode.LanguageModelTextPart) {
        if (part.value !== '') yield { type: 'text', text: part.value };
      } else if (part instanceof vscode.LanguageModelToolCallPart) {
        called = true;
        yield { type: 'toolCall', id: part.callId, name: part.name, arguments: JSON.stringify(part.input) };
      }
    }
    yield { type: 'finish', reason: called ? 'tool_calls' : 'stop' };
  } catch (error) {
    throw error instanceof ModelCancelledError ? error : failureOf(error, model, request);
  } finally {
    signal.removeEventListener('abort', cancel);
    cancellation.dispose();
  }
}

/** What VS Code or the model's extension says, without what it repeats of the request or of keys. */
function failureOf(error: unknown, { name }: vscode.LanguageModelChat, request: ModelRequest): ModelError {
  const said = scrub(error instanceof Error ? error.message : String(error), { secrets: [], texts: textsOf(request) });
  if (!(error instanceof vscode.LanguageModelError))
    return new ModelServerError(vscode.l10n.t('{0} failed: {1}. Nothing was lost; the call is on record.', name, said));
  switch (error.code) {
    case vscode.LanguageModelError.NoPermissions.name:
      return new ModelAuthError(vscode.l10n.t('Tract was not allowed to use {0}. Send again to be asked again.', name));
    case vscode.LanguageModelError.NotFound.name:
      return new ModelBadRequestError(vscode.l10n.t('{0} is no longer there. Choose another model.', name));
    default:
      return new ModelBadRequestError(vscode.l10n.t('{0} refused the request: {1}', name, said));
  }
}

import * as vscode from 'vscode';
import type { Model, ModelEvent } from '../../core/ports/model.js';
import { ModelAuthError, ModelBadRequestError, ModelCancelledError, ModelServerError } from '../../llm/errors.js';
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
  { messages, tools, params }: Parameters<Model['send']>[0],
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, void> {
  const cancellation = new vscode.CancellationTokenSource();
  const cancel = () => {
    cancellation.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    const response = await model.sendRequest(
      lmMessages(messages),
      {
        justification: vscode.l10n.t('Tract sends the compiled context that you asked it to send.'),
        ...(params === null ? {} : { modelOptions: { ...params } }),
        ...(tools.length === 0 ? {} : { tools: lmTools(tools) }),
      },
      cancellation.token,
    );
    let called = false;
    for await (const part of response.stream) {
      signal.throwIfAborted();
      if (part instanceof vscode.LanguageModelTextPart) {
        if (part.value !== '') yield { type: 'text', text: part.value };
      } else if (part instanceof vscode.LanguageModelToolCallPart) {
        called = true;
        yield { type: 'toolCall', id: part.callId, name: part.name, arguments: JSON.stringify(part.input) };
      }
    }
    signal.throwIfAborted();
    yield { type: 'finish', reason: called ? 'tool_calls' : 'stop' };
  } catch (error) {
    throw signal.aborted ? new ModelCancelledError('The call was stopped.') : failureOf(error, model);
  } finally {
    signal.removeEventListener('abort', cancel);
    cancellation.dispose();
  }
}

function failureOf(error: unknown, { name }: vscode.LanguageModelChat): unknown {
  if (!(error instanceof vscode.LanguageModelError))
    return new ModelServerError(
      vscode.l10n.t(
        '{0} failed: {1}. Nothing was lost; the call is on record.',
        name,
        error instanceof Error ? error.message : String(error),
      ),
    );
  switch (error.code) {
    case vscode.LanguageModelError.NoPermissions.name:
      return new ModelAuthError(vscode.l10n.t('Tract was not allowed to use {0}. Send again to be asked again.', name));
    case vscode.LanguageModelError.NotFound.name:
      return new ModelBadRequestError(vscode.l10n.t('{0} is no longer there. Choose another model.', name));
    default:
      return new ModelBadRequestError(vscode.l10n.t('{0} refused the request: {1}', name, error.message));
  }
}

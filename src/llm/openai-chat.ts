import OpenAI from 'openai';
import type { Model, ModelEvent, ModelRequest } from '../core/ports/model.js';
import { ModelStreamMalformedError } from './errors.js';
import { httpModel, type Connection, type HttpModelOptions } from './http-model.js';
import { openAIClient, OPENAI_URL } from './openai-client.js';
import { requestParams } from './request-params.js';

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type Delta = OpenAI.Chat.Completions.ChatCompletionChunk.Choice.Delta;
/** Reasoning is not in OpenAI's own types: compatible servers add one of two fields, some send both with one text. */
type OpenDelta = Partial<Delta> & { readonly reasoning_content?: unknown; readonly reasoning?: unknown };
type CallPiece = OpenAI.Chat.Completions.ChatCompletionChunk.Choice.Delta.ToolCall;
type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

/** OpenAI chat completions, and everything that speaks them: Ollama, vLLM, llama.cpp, OpenRouter, DeepSeek … (SPEC §10). */
export function openAIChatModel(options: HttpModelOptions): Model {
  return httpModel({ name: 'openai', baseURL: OPENAI_URL, stream: streamChat }, options);
}

async function* streamChat(request: ModelRequest, connection: Connection): AsyncGenerator<ModelEvent, void, void> {
  const stream = await openAIClient(connection).chat.completions.create(chatBody(request, connection), {
    signal: connection.signal,
  });
  const calls = new CallPieces();
  let usage: unknown;
  let reason: string | undefined;
  let model = connection.model;
  for await (const chunk of stream) {
    checkShape(chunk);
    // Some servers report running totals on every chunk: the last one counts.
    usage = chunk.usage ?? usage;
    if (chunk.model) model = chunk.model;
    const choice = chunk.choices.find(({ index }) => index === 0) ?? chunk.choices[0];
    if (choice === undefined) continue;
    const { delta = {} } = choice as { readonly delta?: OpenDelta };
    const reasoning = [delta.reasoning_content, delta.reasoning].find(
      (text) => typeof text === 'string' && text !== '',
    );
    if (typeof reasoning === 'string') yield { type: 'reasoning', text: reasoning };
    const text = `${delta.content ?? ''}${delta.refusal ?? ''}`;
    if (text !== '') yield { type: 'text', text };
    for (const piece of delta.tool_calls ?? []) calls.add(piece);
    reason = choice.finish_reason ?? reason;
  }
  if (reason === undefined) return;
  yield* calls.events();
  if (usage !== undefined) yield { type: 'usage', usage };
  yield { type: 'finish', reason, model };
}

function chatBody(request: ModelRequest, { model, baseURL }: Connection): Body {
  const params = requestParams(request, {
    // OpenAI's newer models know only this name, compatible servers mostly only the old one.
    maxTokens: baseURL === OPENAI_URL ? 'max_completion_tokens' : 'max_tokens',
    topP: 'top_p',
    reasoningEffort: 'reasoning_effort',
    toolChoice: 'tool_choice',
    responseFormat: 'response_format',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
  });
  return {
    ...params,
    model,
    messages: request.messages as unknown as Body['messages'],
    ...(request.tools.length > 0 ? { tools: request.tools as unknown as NonNullable<Body['tools']> } : {}),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function checkShape(chunk: Chunk): void {
  const { choices } = chunk as { choices?: unknown };
  if (!Array.isArray(choices) || !choices.every(usable)) {
    throw new ModelStreamMalformedError(
      'The server sent a piece that is no chat completion chunk, so its answer was not kept. Check that the base URL is of an OpenAI-compatible server.',
    );
  }
}

/** Azure leaves `delta` out of chunks that only carry filter results. */
function usable(choice: unknown): boolean {
  if (typeof choice !== 'object' || choice === null) return false;
  const delta = (choice as { delta?: unknown }).delta ?? {};
  if (typeof delta !== 'object') return false;
  const { content, tool_calls: calls } = delta as { content?: unknown; tool_calls?: unknown };
  return typeof (content ?? '') === 'string' && Array.isArray(calls ?? []);
}

interface Call {
  id: string;
  name: string;
  arguments: string;
}

/** Tool calls come in pieces: id and name first, then the arguments bit by bit, several calls interleaved by index. */
class CallPieces {
  readonly #calls: Call[] = [];
  readonly #open = new Map<number, Call>();

  add(piece: Partial<CallPiece>): void {
    const { index = 0, id, function: called } = piece;
    let call = this.#open.get(index);
    // Some servers give every parallel call index 0: another id is another call.
    if (call === undefined || (id && call.id !== '' && id !== call.id)) {
      call = { id: '', name: '', arguments: '' };
      this.#calls.push(call);
      this.#open.set(index, call);
    }
    // Some repeat id and name on every piece.
    call.id ||= id ?? '';
    call.name ||= called?.name ?? '';
    call.arguments += called?.arguments ?? '';
  }

  *events(): Generator<ModelEvent, void, void> {
    for (const call of this.#calls) yield { type: 'toolCall', ...call };
  }
}

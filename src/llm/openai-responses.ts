import type OpenAI from 'openai';
import type { JsonObject, JsonValue } from '../core/model/json.js';
import type { Model, ModelEvent, ModelRequest, RequestMessage } from '../core/ports/model.js';
import { ModelStreamMalformedError } from './errors.js';
import { httpModel, type Connection, type HttpModelOptions } from './http-model.js';
import { openAIClient, OPENAI_URL } from './openai-client.js';
import { requestParams } from './request-params.js';

type Body = OpenAI.Responses.ResponseCreateParamsStreaming;
type InputItem = OpenAI.Responses.ResponseInputItem;

/** OpenAI's Responses API (SPEC §10). Nothing is stored at the provider: each request carries its whole context. */
export function openAIResponsesModel(options: HttpModelOptions): Model {
  return httpModel({ name: 'openai', baseURL: OPENAI_URL, stream: streamResponse }, options);
}

async function* streamResponse(request: ModelRequest, connection: Connection): AsyncGenerator<ModelEvent, void, void> {
  const stream = await openAIClient(connection).responses.create(responsesBody(request, connection.model), {
    signal: connection.signal,
  });
  const calls = new FunctionCalls();
  for await (const event of stream) {
    if (typeof (event as { type?: unknown } | null)?.type !== 'string') throw notResponses();
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        yield { type: 'text', text: event.delta };
        break;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        yield { type: 'reasoning', text: event.delta };
        break;
      case 'response.reasoning_summary_part.added':
        // Parts are paragraphs of one summary.
        if (event.summary_index > 0) yield { type: 'reasoning', text: '\n\n' };
        break;
      case 'response.output_item.added':
        if (event.item.type === 'function_call') calls.begin(event.output_index, event.item);
        break;
      case 'response.function_call_arguments.delta':
        calls.append(event.output_index, event.delta);
        break;
      case 'response.function_call_arguments.done':
        calls.complete(event.output_index, event.arguments);
        break;
      case 'response.output_item.done':
        if (event.item.type === 'function_call') {
          calls.begin(event.output_index, event.item);
          calls.complete(event.output_index, event.item.arguments);
        }
        break;
      case 'response.completed':
      case 'response.incomplete': {
        const { response } = event;
        yield* calls.events();
        if (response.usage != null) yield { type: 'usage', usage: response.usage };
        const reason = response.incomplete_details?.reason ?? response.status ?? 'completed';
        yield { type: 'finish', reason, model: response.model };
        return;
      }
      case 'response.failed':
        throw said(event.response.error);
      case 'error':
        throw said(event);
      default:
        // Progress marks, and events of tools that run at the provider: nothing to show.
        break;
    }
  }
}

/** In the shape in which the official client throws what a provider says, for the one place that reads it. */
function said(error: unknown): Error {
  const failure: Error & { error?: unknown } = new Error('The provider reported an error in its stream');
  failure.error = error ?? { message: '', code: 'server_error' };
  return failure;
}

function notResponses(): ModelStreamMalformedError {
  return new ModelStreamMalformedError(
    'The server sent a piece that is no event of the Responses API, so its answer was not kept. Check the base URL, or use chat completions.',
  );
}

function responsesBody(request: ModelRequest, model: string): Body {
  const { reasoningEffort, ...params } = requestParams(request, {
    maxTokens: 'max_output_tokens',
    topP: 'top_p',
    toolChoice: 'tool_choice',
  });
  return {
    store: false,
    // Only reasoning models take the field, so it goes with the effort that only they have.
    ...(typeof reasoningEffort === 'string'
      ? { reasoning: { effort: reasoningEffort as OpenAI.ReasoningEffort, summary: 'auto' as const } }
      : {}),
    ...params,
    model,
    input: request.messages.flatMap(inputItems),
    ...(request.tools.length > 0 ? { tools: request.tools.map(flatTool) } : {}),
    stream: true,
  };
}

/** One message is one item, a tool call or a result one of its own. */
function inputItems(message: RequestMessage): InputItem[] {
  const { role, content } = message;
  if (role === 'tool') {
    return message.tool_call_id === undefined
      ? [{ role: 'user', content: content ?? '' }]
      : [{ type: 'function_call_output', call_id: message.tool_call_id, output: content ?? '' }];
  }
  const calls = (message.tool_calls ?? []).map((call): InputItem => ({
    type: 'function_call',
    call_id: call.id,
    name: call.function.name,
    arguments: call.function.arguments,
  }));
  const says = content === null || (content === '' && calls.length > 0) ? [] : [{ role, content }];
  return [...says, ...calls];
}

/** Chat completions nest a function under `function`; Responses do not. Tools of the provider's own go as they are. */
function flatTool(tool: JsonValue): OpenAI.Responses.Tool {
  const { type, function: nested } = (tool ?? {}) as { readonly type?: JsonValue; readonly function?: JsonObject };
  if (type !== 'function' || nested === undefined) return tool as unknown as OpenAI.Responses.Tool;
  return { strict: false, ...nested, type: 'function' } as unknown as OpenAI.Responses.FunctionTool;
}

interface Call {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** Function calls by their place in the output; the last word on the arguments is the whole string. */
class FunctionCalls {
  readonly #calls = new Map<number, Call>();

  begin(index: number, item: OpenAI.Responses.ResponseFunctionToolCall): void {
    if (!this.#calls.has(index)) this.#calls.set(index, { id: item.call_id, name: item.name, arguments: '' });
  }

  append(index: number, piece: string): void {
    this.#open(index).arguments += piece;
  }

  complete(index: number, whole: string): void {
    if (whole !== '') this.#open(index).arguments = whole;
  }

  *events(): Generator<ModelEvent, void, void> {
    for (const [, call] of [...this.#calls].sort(([a], [b]) => a - b)) yield { type: 'toolCall', ...call };
  }

  #open(index: number): Call {
    const call = this.#calls.get(index);
    if (call === undefined) throw notResponses();
    return call;
  }
}

import Anthropic from '@anthropic-ai/sdk';
import type { Model, ModelEvent, ModelRequest } from '../core/ports/model.js';
import { anthropicBody } from './anthropic-request.js';
import { ModelStreamMalformedError } from './errors.js';
import { httpModel, type Connection, type HttpModelOptions } from './http-model.js';
import { CLIENT_TIMEOUT_MS } from './stream-fetch.js';

const ANTHROPIC_URL = 'https://api.anthropic.com';
/** Anthropic insists on a limit; this one every current model takes. */
const DEFAULT_MAX_TOKENS = 8192;

export interface AnthropicOptions extends HttpModelOptions {
  /** Longest answer in tokens when the call names none (`maxTokens`); 8192 by default. */
  readonly maxOutputTokens?: number | undefined;
}

/** Anthropic's Messages API, with prompt cache breakpoints after tools, system and the stable prefix (SPEC §10). */
export function anthropicModel(options: AnthropicOptions): Model {
  const maxTokens = options.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  return httpModel(
    {
      name: 'anthropic',
      baseURL: ANTHROPIC_URL,
      stream: (request, connection) => streamMessage(request, connection, maxTokens),
    },
    options,
  );
}

async function* streamMessage(
  request: ModelRequest,
  connection: Connection,
  maxTokens: number,
): AsyncGenerator<ModelEvent, void, void> {
  const body = anthropicBody(request, connection.model, maxTokens);
  const stream = await client(connection).messages.create(body, { signal: connection.signal });
  const calls = new Map<number, Call>();
  let usage: unknown;
  let model = connection.model;
  let reason: string | undefined;
  for await (const event of stream) {
    switch (event.type) {
      case 'message_start':
        ({ model } = event.message);
        usage = mergeUsage(usage, event.message.usage);
        break;
      case 'content_block_start':
        if (event.content_block.type === 'tool_use') {
          const { id, name, input } = event.content_block;
          calls.set(event.index, { id, name, input, pieces: '' });
        } else if (event.content_block.type === 'text' && event.content_block.text !== '') {
          yield { type: 'text', text: event.content_block.text };
        }
        break;
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') yield { type: 'text', text: event.delta.text };
        else if (event.delta.type === 'thinking_delta') yield { type: 'reasoning', text: event.delta.thinking };
        else if (event.delta.type === 'input_json_delta') {
          const call = calls.get(event.index);
          // Blocks of tools that run at the provider stream their input too; they are none of ours.
          if (call !== undefined) call.pieces += event.delta.partial_json;
        }
        break;
      case 'content_block_stop': {
        const call = calls.get(event.index);
        if (call !== undefined) yield toolCall(call);
        break;
      }
      case 'message_delta':
        usage = mergeUsage(usage, event.usage);
        reason = event.delta.stop_reason ?? reason;
        break;
      case 'message_stop':
        if (usage !== undefined) yield { type: 'usage', usage };
        yield { type: 'finish', reason: reason ?? 'end_turn', model };
        return;
      default:
        if (typeof (event as { type?: unknown }).type !== 'string') throw notAnEvent();
    }
  }
}

interface Call {
  readonly id: string;
  readonly name: string;
  /** Whole input, from servers that do not stream it. */
  readonly input: unknown;
  pieces: string;
}

function toolCall({ id, name, input, pieces }: Call): ModelEvent {
  return { type: 'toolCall', id, name, arguments: pieces === '' ? JSON.stringify(input ?? {}) : pieces };
}

/**
 * Figures come at the start and, cumulative, at the end, where those that did not change may be null. What is no object is
 * handed on as it is, for the caller to refuse.
 */
function mergeUsage(before: unknown, next: unknown): unknown {
  if (typeof next !== 'object' || next === null) return next ?? before;
  const present = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null));
  return typeof before === 'object' && before !== null ? { ...before, ...present } : present;
}

function notAnEvent(): ModelStreamMalformedError {
  return new ModelStreamMalformedError(
    'The server sent a piece that is no event of the Messages API, so its answer was not kept. Check the base URL.',
  );
}

/** The official client for one call: no credentials from the environment or disk, no retries of its own, no logs, no spans. */
function client({ apiKey, baseURL, fetch }: Connection): Anthropic {
  return new Anthropic({
    apiKey,
    authToken: null,
    baseURL,
    fetch,
    maxRetries: 0,
    timeout: CLIENT_TIMEOUT_MS,
    logLevel: 'off',
    openTelemetry: false,
    dangerouslyAllowBrowser: true,
  });
}

import type { JsonObject, JsonValue } from '../model/json.js';

/** A tool call as OpenAI's chat format nests it; `arguments` is the JSON string exactly as the model wrote it. */
export interface RequestToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** One OpenAI-shaped message of a request (SPEC Annex A). */
export interface RequestMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly name?: string;
  readonly tool_calls?: readonly RequestToolCall[];
  readonly tool_call_id?: string;
}

/** What is sent to a model: exactly the compiled context, its tools and the call's parameters. */
export interface ModelRequest {
  readonly messages: readonly RequestMessage[];
  /** OpenAI-shaped tool definitions; empty when the context has none. */
  readonly tools: readonly JsonValue[];
  /** `model`, `temperature`, `maxTokens` … as given to `generate()`; null for a plain call. */
  readonly params: JsonObject | null;
  /** How many leading messages equal those of the previous call (SPEC §7): where a prompt cache breakpoint pays. */
  readonly stablePrefix?: number;
}

/** What a model streams back. `usage` is the provider's own object, normalised by `core/records/usage`. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'usage'; readonly usage: unknown }
  | { readonly type: 'finish'; readonly reason: string; readonly model?: string };

/** One model of one provider. Errors thrown by `send` carry a stable `code` (see `llm/errors`). */
export interface Model {
  /** `<provider>/<model>`, e.g. `openai/gpt-4o`. */
  readonly id: string;
  /** Largest prompt the model takes, in tokens, when known. */
  readonly contextWindow?: number;
  send(request: ModelRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ModelEvent>;
}

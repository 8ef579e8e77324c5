import type { Priority } from './commit.js';
import type { JsonObject, JsonValue } from './json.js';
import type { ToolCall } from './metadata.js';
import type { RequestMessage } from '../ports/model.js';

export type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: JsonValue }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: string };

export interface AnthropicRequest {
  readonly system: string | null;
  readonly messages: readonly {
    readonly role: 'user' | 'assistant';
    readonly content: string | readonly AnthropicBlock[];
  }[];
}

export interface MessageDict {
  readonly role: string;
  readonly content: string;
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

/** One message of a compiled context (SPEC §5). Frozen: handing it out cannot change what is cached. */
export interface CompiledMessage {
  readonly role: string;
  readonly content: string;
  readonly name: string | null;
  readonly toolCalls: readonly ToolCall[] | null;
  readonly toolCallId: string | null;
  /** For tool input and output: which of the two; provider formats need it. */
  readonly direction: 'call' | 'result' | null;
  /** Tokens of this message with its overhead of 3 (+1 for a name), without the context's final 3 (SPEC §6). */
  readonly tokenCount: number;
  /** The commit this message belongs to; an edited message keeps its original's. */
  readonly commitHash: string;
  readonly priority: Priority;
  readonly contentType: string;
  readonly edited: boolean;
  readonly generationConfig: JsonObject | null;
}

/** A compiled context (SPEC §5). `messages`, their order and `contextHash` are a pure function of commit and options. */
export interface CompiledContext {
  readonly head: string | null;
  readonly messages: readonly CompiledMessage[];
  /** The latest usage report for the commit under these options, else the estimate. */
  readonly tokenCount: number;
  /** `api:<prompt>+<completion>` or the tokenizer, e.g. `tiktoken:o200k_base`; `''` for an empty tract. */
  readonly tokenSource: string;
  readonly estimatedTokens: number;
  readonly commitCount: number;
  /** Parallel to `messages`. */
  readonly commitHashes: readonly string[];
  /** OpenAI-shaped tool definitions in force, or null. */
  readonly tools: readonly JsonValue[] | null;
  /** SHA-256 of the canonical messages and tools (Annex A). Computed when first read. */
  readonly contextHash: string;
  /** Chat messages, tool calls and results paired (Annex B.4). */
  toOpenAI(): RequestMessage[];
  /** `system` (texts joined by a blank line, or null) and `messages`, same roles joined, tools as blocks. */
  toAnthropic(): AnthropicRequest;
  toMarkdown(): string;
  toDicts(): MessageDict[];
}

import { toWellFormed } from '../model/canonical.js';
import type { ToolCall } from '../model/metadata.js';
import type { TokenUsage } from '../model/usage.js';
import type { ModelEvent } from '../ports/model.js';
import { normalizeUsage } from '../records/usage.js';

/** What a model said, put together from its events. */
export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** Null when none was reported, or none that can be understood. */
  readonly usage: TokenUsage | null;
  readonly finishReason: string | null;
  readonly model: string | null;
}

export class AnswerReader {
  readonly #text: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #toolCalls: ToolCall[] = [];
  #usage: TokenUsage | null = null;
  #finishReason: string | null = null;
  #model: string | null = null;

  read(event: ModelEvent): void {
    switch (event.type) {
      case 'text':
        this.#text.push(event.text);
        return;
      case 'reasoning':
        this.#reasoning.push(event.text);
        return;
      case 'toolCall':
        this.#toolCalls.push({
          id: toWellFormed(event.id),
          name: toWellFormed(event.name),
          arguments: toWellFormed(event.arguments),
        });
        return;
      case 'usage':
        this.#usage = understood(event.usage) ?? this.#usage;
        return;
      case 'finish':
        this.#finishReason = event.reason;
        this.#model = event.model ?? null;
    }
  }

  answer(): Answer {
    return {
      // Pieces may part a surrogate pair, so only the whole is made well-formed.
      text: toWellFormed(this.#text.join('')),
      reasoning: toWellFormed(this.#reasoning.join('')),
      toolCalls: this.#toolCalls,
      usage: this.#usage,
      finishReason: this.#finishReason,
      model: this.#model,
    };
  }
}

/** An answer is worth more than its bill: usage in an unknown shape is left out rather than losing what was said. */
function understood(usage: unknown): TokenUsage | null {
  try {
    return normalizeUsage(usage);
  } catch {
    return null;
  }
}

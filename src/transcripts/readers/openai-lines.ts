import type { LineReader, Sink } from '../events.js';
import { isDict, listAt, parseJson, textAt } from '../json.js';
import { readAnthropic } from './anthropic.js';
import { keyOf, ListConversation } from './document.js';
import { addOpenAIMessage, readOpenAI } from './openai.js';

/** JSON lines of OpenAI messages: one conversation; lines that are whole requests are conversations of their own. */
export class OpenAILinesReader implements LineReader {
  private list: ListConversation | undefined;
  private number = 0;

  constructor(
    private readonly sink: Sink,
    private readonly format: 'openai' | 'anthropic' = 'openai',
  ) {}

  line(text: string, number: number): void {
    this.number = number;
    const { value, repaired } = parseJson(text);
    if (repaired) this.skip('message', 'lone surrogates were replaced by U+FFFD');
    if (isDict(value) && listAt(value, 'messages') !== undefined) {
      if (this.format === 'anthropic') readAnthropic(value, this.sink);
      else readOpenAI(value, this.sink);
    } else if (isDict(value) && textAt(value, 'role') !== undefined) {
      this.list ??= new ListConversation(this.sink, keyOf('openai', [text]), 'openai');
      this.list.number = number - 1;
      addOpenAIMessage(this.list, value, null);
    } else {
      this.skip(textAt(value, 'type') ?? 'line', 'unknown line');
    }
  }

  settle(): void {
    this.list?.tree.settle();
  }

  pending(): number {
    return this.list?.tree.pending() ?? 0;
  }

  private skip(type: string, reason: string): void {
    this.sink({ kind: 'skip', line: this.number, type: type.slice(0, 64), reason });
  }
}

import type { Tokenizer } from '../../core/ports/tokenizer.js';
import { countMessage, countMessages, countTools } from '../messages.js';
import type { DocumentBlock } from './block.js';

/** Tokens of a block. */
export interface BlockTokens {
  /** A section's own text; a message with its overhead; a chat with its tools and the final 3 (SPEC §6). */
  readonly own: number;
  /** A section with its sub-sections; else the same as `own`. */
  readonly total: number;
}

/** Tokens of the part `[start, end)` of the document. */
export type CountRange = (start: number, end: number) => number;

/** Counts a block of a document: sections through the document's own counter, chats as they would be sent. */
export function countBlock(block: DocumentBlock, tokenizer: Tokenizer, countRange: CountRange): BlockTokens {
  switch (block.kind) {
    case 'section': {
      const own = countRange(block.start, block.ownEnd);
      return { own, total: block.end === block.ownEnd ? own : countRange(block.start, block.end) };
    }
    case 'message':
      return same(countMessage(tokenizer, block.message));
    case 'chat':
      return same(countMessages(tokenizer, block.messages, block.tools));
    case 'tool':
    case 'tools':
      return same(countTools(tokenizer, block.tools));
  }
}

function same(tokens: number): BlockTokens {
  return { own: tokens, total: tokens };
}

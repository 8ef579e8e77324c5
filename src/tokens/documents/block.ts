import type { JsonValue } from '../../core/model/json.js';
import type { CountableMessage } from '../messages.js';

/** UTF-16 offsets `[start, end)` in a document. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A heading with the text below it. `start`…`ownEnd` is its own text, up to the next heading of any level; `start`…`end`
 * takes in its sub-sections.
 */
export interface SectionBlock extends Span {
  readonly kind: 'section';
  readonly title: string;
  /** 1…6; 0 for the text before the first heading. */
  readonly level: number;
  readonly ownEnd: number;
}

/** One message of a chat. */
export interface MessageBlock extends Span {
  readonly kind: 'message';
  readonly message: CountableMessage;
}

/** A list of messages with what is sent beside them. */
export interface ChatBlock extends Span {
  readonly kind: 'chat';
  readonly messages: readonly CountableMessage[];
  readonly tools: readonly JsonValue[];
}

/** Tool definitions: one, or a whole list. */
export interface ToolsBlock extends Span {
  readonly kind: 'tool' | 'tools';
  readonly tools: readonly JsonValue[];
}

/** A part of a document that has a token count of its own (SPEC §15 "Inline token counts"). */
export type DocumentBlock = SectionBlock | MessageBlock | ChatBlock | ToolsBlock;

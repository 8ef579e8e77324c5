import type { CompiledMessage } from '../../core/model/context.js';

/** How many of the last messages a sliding window keeps. */
export const WINDOW_MESSAGES = 10;
/** At most this many tool results are skipped at once. */
const MOST_SKIPPED = 5;
/** A summary has about this share of what it stands for; only for telling beforehand. */
const SUMMARY_SHARE = 0.15;
/** Tool results below this are not worth leaving out. */
const WORTH_SKIPPING = 100;

/** Messages that would leave the context as they are, and about how many tokens that frees. */
export interface Room {
  readonly messages: readonly CompiledMessage[];
  readonly saves: number;
}

/** The oldest messages that hold half of the tokens; pinned ones stay. */
export function olderHalf(messages: readonly CompiledMessage[]): Room {
  const half = sum(messages) / 2;
  let tokens = 0;
  const older = messages.slice(0, -1).filter((message) => {
    tokens += message.tokenCount;
    return tokens <= half;
  });
  return compressing(older);
}

/** All but the last messages. */
export function beforeWindow(messages: readonly CompiledMessage[]): Room {
  return compressing(messages.slice(0, Math.max(0, messages.length - WINDOW_MESSAGES)));
}

/** The heaviest results of tools that nobody pinned or marked important. */
export function heaviestToolResults(messages: readonly CompiledMessage[]): Room {
  const heaviest = messages
    .filter(
      ({ direction, priority, tokenCount }) =>
        direction === 'result' && priority === 'normal' && tokenCount >= WORTH_SKIPPING,
    )
    .sort((a, b) => b.tokenCount - a.tokenCount)
    .slice(0, MOST_SKIPPED);
  return { messages: heaviest, saves: sum(heaviest) };
}

function compressing(messages: readonly CompiledMessage[]): Room {
  const freed = sum(messages.filter(({ priority }) => priority !== 'pinned'));
  return { messages, saves: Math.floor(freed * (1 - SUMMARY_SHARE)) };
}

function sum(messages: readonly CompiledMessage[]): number {
  return messages.reduce((total, { tokenCount }) => total + tokenCount, 0);
}

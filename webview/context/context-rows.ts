import type { ContextView, MessageView } from '../../src/shared/context-view.js';

/** A row of the context's list: a message, or the line up to which the provider's cache should hold. */
export type ContextRow =
  | { readonly kind: 'message'; readonly message: MessageView; readonly number: number; readonly cached: boolean }
  | { readonly kind: 'cacheLine' };

/**
 * The rows of a context. Messages are numbered as they compile, from 1; skipped ones have the number of the message before them.
 * The line stands after the last cached message, also when a filter hides that one. O(messages).
 */
export function contextRows(view: ContextView, filter: string, showSkipped: boolean): readonly ContextRow[] {
  const rows: ContextRow[] = [];
  const cachedCount = view.cachedUpTo?.messages ?? 0;
  const matches = matcher(filter);
  let number = 0;
  let lineDrawn = cachedCount === 0;
  for (const message of view.messages) {
    if (message.inContext) {
      if (!lineDrawn && number === cachedCount) {
        rows.push({ kind: 'cacheLine' });
        lineDrawn = true;
      }
      number++;
    }
    if (!message.inContext && !showSkipped) continue;
    if (matches(message)) {
      rows.push({ kind: 'message', message, number, cached: message.inContext && number <= cachedCount });
    }
  }
  if (!lineDrawn && rows.length > 0) rows.push({ kind: 'cacheLine' });
  return rows;
}

/** Text, name, role, type or hash contain the words, in any case. What was cut off a preview is not searched. */
function matcher(filter: string): (message: MessageView) => boolean {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return () => true;
  return (message) =>
    message.hash.startsWith(wanted) ||
    [message.text, message.name, message.path, message.role, message.contentType].some((part) =>
      part?.toLowerCase().includes(wanted),
    );
}

/** The largest message's tokens: what the bars behind the numbers are drawn against. At least 1. */
export function heaviest(view: ContextView): number {
  return view.messages.reduce((most, message) => (message.inContext ? Math.max(most, message.tokens.count) : most), 1);
}

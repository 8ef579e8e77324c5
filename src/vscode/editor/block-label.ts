import { fullCount } from '../../shared/format.js';
import type { DocumentBlock } from '../../tokens/documents/block.js';
import type { BlockTokens } from '../../tokens/documents/count-block.js';

/** What stands beside a block: `312 tok`, `120 tok · Σ 1,240` with sub-sections, `~` for an estimate. */
export function blockLabel(block: DocumentBlock, { own, total }: BlockTokens, estimated: boolean): string {
  const tokens = tokenLabel(own, estimated);
  switch (block.kind) {
    case 'section':
      return total === own ? tokens : `${tokens} · Σ ${estimated ? '~' : ''}${fullCount(total)}`;
    case 'chat':
      return `${tokens} · ${counted(block.messages.length, 'message')}`;
    case 'tools':
      return `${tokens} · ${counted(block.tools.length, 'tool')}`;
    case 'message':
    case 'tool':
      return tokens;
  }
}

/** `1,240 tok`, or `~1,240 tok`. */
export function tokenLabel(tokens: number, estimated: boolean): string {
  return `${estimated ? '~' : ''}${fullCount(tokens)} tok`;
}

function counted(count: number, noun: string): string {
  return `${fullCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Where the label of a block stands, as an offset: at the end of its first line; of a block that shares its line with others,
 * right after it; of JSON lines, which may be very long, before it.
 */
export function labelOffset(text: string, { start, end }: DocumentBlock, perLine: boolean): number {
  if (perLine) return start;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  if (end <= lineEnd) return end;
  return text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
}

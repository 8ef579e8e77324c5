import type { SectionBlock, Span } from './block.js';

interface Heading extends Span {
  readonly level: number;
  readonly title: string;
}

/** Opening of a code fence: up to three spaces, then at least three of one mark. */
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
/** Lines that end a paragraph or are none, so that a line of dashes below is no heading. */
const NO_PARAGRAPH = /^(?: {4}|\t|\s*$| {0,3}(?:>|[-*+]\s|\d{1,9}[.)]\s|\||#{1,6}(?:\s|$)))/;
/** No heading is longer: what is beyond is not read, so that no line costs more than this. */
const LONGEST_HEADING = 1000;

/**
 * The sections of a Markdown text in order: one a heading (`#` and underlined), and what stands before the first heading, unless it
 * is blank. Front matter, fenced code and HTML comments hold no headings. Linear in the text's length.
 */
export function markdownSections(text: string): SectionBlock[] {
  const headings = headingsOf(text);
  const first = headings[0]?.start ?? text.length;
  const sections: SectionBlock[] = [];
  if (headings.length > 0 && text.slice(0, first).trim() !== '') {
    sections.push({ kind: 'section', title: '', level: 0, start: 0, ownEnd: first, end: first });
  }
  const ends = sectionEnds(headings, text.length);
  headings.forEach(({ level, title, start }, index) => {
    const ownEnd = headings[index + 1]?.start ?? text.length;
    sections.push({ kind: 'section', title, level, start, ownEnd, end: ends[index] ?? text.length });
  });
  return sections;
}

/** Where each section ends together with its sub-sections: at the next heading of its level or above. */
function sectionEnds(headings: readonly Heading[], length: number): number[] {
  const ends: number[] = [];
  const next: number[] = [];
  for (let index = headings.length - 1; index >= 0; index--) {
    const { level = 1, start = 0 } = headings[index] ?? {};
    ends[index] = Math.min(length, ...next.slice(1, level + 1).flat());
    next[level] = start;
  }
  return ends;
}

function headingsOf(text: string): Heading[] {
  const headings: Heading[] = [];
  let fence = '';
  let inComment = false;
  let paragraph = null as Span | null;
  for (const line of linesFrom(text, endOfFrontMatter(text))) {
    const shown = text.slice(line.start, Math.min(line.end, line.start + LONGEST_HEADING)).replace(/\r$/, '');
    const above: Span | null = paragraph;
    paragraph = null;
    if (fence !== '') {
      if (closesFence(shown, fence)) fence = '';
    } else if (inComment) {
      inComment = !text.slice(line.start, line.end).includes('-->');
    } else if (/^ {0,3}<!--/.test(shown)) {
      inComment = !text.slice(line.start, line.end).includes('-->');
    } else if (FENCE.test(shown)) {
      fence = FENCE.exec(shown)?.[1] ?? '';
    } else {
      const underline = above === null ? 0 : underlineLevel(shown);
      const heading = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(shown);
      if (above !== null && underline > 0) {
        headings.push({
          level: underline,
          title: titleOf(text.slice(above.start, above.end)),
          start: above.start,
          end: line.end,
        });
      } else if (heading !== null) {
        const title = titleOf(shown.slice(heading[0].length));
        headings.push({ level: heading[1]?.length ?? 1, title, start: line.start, end: line.end });
      } else if (!NO_PARAGRAPH.test(shown)) {
        // Of a paragraph of several lines all are the heading, as in CommonMark.
        paragraph = { start: above?.start ?? line.start, end: line.end };
      }
    }
  }
  return headings;
}

function* linesFrom(text: string, from: number): Generator<Span> {
  for (let start = from; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield { start, end };
    start = end + 1;
  }
}

/** Where the text begins after YAML front matter; 0 without any. */
function endOfFrontMatter(text: string): number {
  if (!/^\uFEFF?---[ \t]*\r?\n/.test(text.slice(0, 100))) return 0;
  const close = /^(?:---|\.\.\.)[ \t]*\r?$/gm;
  close.lastIndex = text.indexOf('\n') + 1;
  const found = close.exec(text);
  return found === null ? 0 : Math.min(text.length, found.index + found[0].length + 1);
}

function closesFence(line: string, fence: string): boolean {
  const close = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return close !== undefined && close[0] === fence[0] && close.length >= fence.length;
}

/** 1 below `===`, 2 below `---`, 0 for anything else. */
function underlineLevel(line: string): number {
  if (/^ {0,3}=+[ \t]*$/.test(line)) return 1;
  return /^ {0,3}-+[ \t]*$/.test(line) ? 2 : 0;
}

/** A heading's text without the closing `#`s. */
function titleOf(text: string): string {
  const trimmed = text.slice(0, LONGEST_HEADING).trim();
  const marks = trimmed.length - trimmed.replace(/#+$/, '').length;
  const before = trimmed.slice(0, trimmed.length - marks);
  return (marks > 0 && (before === '' || /[ \t]$/.test(before)) ? before : trimmed).trim();
}

import type { DocumentBlock, Span } from './block.js';
import { jsonChatBlocks, jsonLinesBlocks, yamlChatBlocks } from './chat-blocks.js';
import { markdownSections } from './markdown-sections.js';

/** How a document is cut into blocks; `plain` has none. */
export type DocumentFormat = 'markdown' | 'json' | 'jsonLines' | 'yaml' | 'plain';

const BY_LANGUAGE: Readonly<Record<string, DocumentFormat>> = {
  markdown: 'markdown',
  prompt: 'markdown',
  instructions: 'markdown',
  chatagent: 'markdown',
  chatmode: 'markdown',
  skill: 'markdown',
  mdx: 'markdown',
  'tract-message': 'markdown',
  json: 'json',
  jsonc: 'json',
  jsonl: 'jsonLines',
  yaml: 'yaml',
};
const BY_ENDING: Readonly<Record<string, DocumentFormat>> = {
  md: 'markdown',
  mdc: 'markdown',
  mdx: 'markdown',
  markdown: 'markdown',
  cursorrules: 'markdown',
  json: 'json',
  jsonc: 'json',
  jsonl: 'jsonLines',
  ndjson: 'jsonLines',
  yaml: 'yaml',
  yml: 'yaml',
};

/** UTF-16 units of the longest JSON or YAML document that is read as a whole: about 50 ms and 200 ms of work. */
const LONGEST_JSON = 2_000_000;
const LONGEST_YAML = 250_000;

/** The format by VS Code's language id, else by the file's ending. A language that is known to be another is `plain`. */
export function documentFormat(path: string, languageId: string): DocumentFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  // VS Code may take `.jsonl` for JSON, where every line but the first would be an error.
  if (BY_ENDING[ending] === 'jsonLines') return 'jsonLines';
  return BY_LANGUAGE[languageId] ?? (languageId === 'plaintext' ? BY_ENDING[ending] : undefined) ?? 'plain';
}

/**
 * The parts of a document that have token counts of their own, in order. Linear in the text's length; JSON lines are only read
 * where a span touches them. Texts too long to read between two keystrokes have none.
 */
export function documentBlocks(text: string, format: DocumentFormat, spans: readonly Span[]): DocumentBlock[] {
  switch (format) {
    case 'markdown':
      return markdownSections(text);
    case 'json':
      return text.length > LONGEST_JSON ? [] : jsonChatBlocks(text);
    case 'jsonLines':
      return jsonLinesBlocks(text, spans);
    case 'yaml':
      return text.length > LONGEST_YAML ? [] : yamlChatBlocks(text);
    case 'plain':
      return [];
  }
}

import { dictAt, isDict, listAt, nameAt, textAt, type Dict } from './json.js';

/** Tells the report what a placeholder stands for. */
export type LeftOut = (type: string, reason: string) => void;

/**
 * The text of a message content of any provider: a string, or a list of blocks. What is no text (images, documents, audio, unknown
 * blocks) leaves a placeholder that says what was there, and is reported: nothing is lost silently (SPEC §14).
 */
export function contentText(content: unknown, leftOut: LeftOut, separator = '\n\n'): string {
  if (typeof content === 'string') return content;
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) return blockText(content, leftOut);
  return content.map((block: unknown) => blockText(block, leftOut)).join(separator);
}

/** The text of one block, or its placeholder. */
export function blockText(block: unknown, leftOut: LeftOut): string {
  if (typeof block === 'string') return block;
  if (!isDict(block)) return placeholder(typeof block, 'not a content block', leftOut);
  const type = textAt(block, 'type') ?? 'block';
  const text = textAt(block, 'text') ?? textAt(block, 'refusal');
  if (text !== undefined) return text;
  switch (type) {
    case 'image':
    case 'document':
      return mediaText(type, block, leftOut);
    case 'image_url':
    case 'input_image':
      return urlText('image', imageUrl(block), leftOut);
    case 'input_audio':
      return placeholder('audio', textAt(dictAt(block, 'input_audio'), 'format') ?? 'audio', leftOut);
    case 'file':
    case 'input_file': {
      const file = dictAt(block, 'file') ?? block;
      return placeholder('file', nameAt(file, 'filename') ?? nameAt(file, 'file_id') ?? 'unnamed', leftOut);
    }
    case 'tool_reference':
      return `[tool: ${nameAt(block, 'tool_name') ?? 'unnamed'}]`;
    case 'search_result': {
      const heading = [nameAt(block, 'title'), nameAt(block, 'source')]
        .filter((part) => part !== undefined)
        .join(' · ');
      return [heading, contentText(listAt(block, 'content'), leftOut, '\n')].filter((part) => part !== '').join('\n');
    }
    default:
      return placeholder(type, 'no text in it', leftOut);
  }
}

function mediaText(type: string, block: Dict, leftOut: LeftOut): string {
  const source = dictAt(block, 'source');
  const kind = textAt(source, 'type');
  const data = textAt(source, 'data');
  if (kind === 'text' && data !== undefined) return data;
  if (kind === 'content') return contentText(source?.['content'], leftOut);
  if (kind === 'url') return urlText(type, textAt(source, 'url'), leftOut);
  const media = nameAt(source, 'media_type') ?? nameAt(block, 'mimeType') ?? 'unknown type';
  const bytes = data ?? textAt(block, 'data');
  return placeholder(type, bytes === undefined ? media : `${media}, ${decodedSize(bytes)} bytes`, leftOut);
}

function imageUrl(block: Dict): string | undefined {
  return textAt(dictAt(block, 'image_url'), 'url') ?? textAt(block, 'image_url') ?? textAt(block, 'file_id');
}

function urlText(type: string, url: string | undefined, leftOut: LeftOut): string {
  if (url === undefined) return placeholder(type, 'no address', leftOut);
  const data = /^data:([^;,]*)[^,]*,/.exec(url.slice(0, 200));
  if (data === null) return placeholder(type, url.slice(0, 200), leftOut);
  return placeholder(type, `${data[1] || 'unknown type'}, ${decodedSize(url.slice(data[0].length))} bytes`, leftOut);
}

function placeholder(type: string, what: string, leftOut: LeftOut): string {
  leftOut(type, `${what}: left out, a placeholder stands in its place`);
  return `[${type} left out: ${what}]`;
}

function decodedSize(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

import type { Content } from '../../core/model/content.js';
import type { JsonObject } from '../../core/model/json.js';
import { WindowError } from '../errors.js';
import * as vscode from 'vscode';

/** Which field of a content is its text. */
const TEXT_FIELDS: Readonly<Record<string, string>> = {
  instruction: 'text',
  dialogue: 'text',
  reasoning: 'text',
  output: 'text',
  artifact: 'content',
  session: 'summary',
};

/** The text that the edit document shows: without what rendering adds (a file's heading, a tool's arrow). */
export function editableText(content: Content, rendered: string): string {
  const field = TEXT_FIELDS[content.content_type];
  const value = field === undefined ? undefined : content[field];
  return typeof value === 'string' ? value : rendered;
}

/** The content of an edit that gives a message the text a person wrote; other fields stay. */
export function contentWithText(content: Content, role: string, text: string): JsonObject {
  const field = TEXT_FIELDS[content.content_type];
  if (field !== undefined) return { ...content, [field]: text };
  if (content.content_type === 'freeform') return { ...content, payload: parsePayload(text) };
  return { content_type: 'dialogue', role, text };
}

function parsePayload(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // said below, for every text that is no object
  }
  throw new WindowError(
    vscode.l10n.t('This content is a JSON object; the text is not one any more. Nothing was committed.'),
  );
}

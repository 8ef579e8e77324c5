import * as vscode from 'vscode';
import { SCHEME } from '../documents/uris.js';

export type InlineStyle = 'inlayHints' | 'endOfLine' | 'off';

/** Where and how counts are shown in the text. */
export interface InlineSettings {
  readonly style: InlineStyle;
  readonly selector: readonly vscode.DocumentFilter[];
}

export function readInlineSettings(): InlineSettings {
  const settings = vscode.workspace.getConfiguration('tract.inlineCounts');
  const style = settings.get<string>('style');
  const enabled = settings.get<boolean>('enabled') !== false;
  return {
    style: !enabled || style === 'off' ? 'off' : style === 'endOfLine' ? 'endOfLine' : 'inlayHints',
    selector: [
      { scheme: SCHEME },
      ...strings(settings.get('files')).map((pattern) => ({ pattern })),
      ...strings(settings.get('languages')).map((language) => ({ language })),
    ],
  };
}

/** Whether counts are shown in this document. */
export function showsCounts(document: vscode.TextDocument, { style, selector }: InlineSettings): boolean {
  return style !== 'off' && vscode.languages.match(selector, document) > 0;
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === 'string' && entry !== '')
    : [];
}

import * as vscode from 'vscode';
import { commitLabel } from '../commit-look.js';
import type { StoredCommit } from '../../core/model/commit.js';
import { shortHash } from '../../shared/format.js';

/** `tract:` documents (Annex B.12). */
export const SCHEME = 'tract';

export type DocumentKind = 'commit' | 'context' | 'edit';

export interface DocumentAddress {
  readonly tractId: string;
  readonly kind: DocumentKind;
  /** The whole hash, or a prefix of at least 8 digits. */
  readonly commitHash: string;
}

/** A commit's own text, read-only. */
export function commitUri(tractId: string, commit: StoredCommit): vscode.Uri {
  return uriOf(
    { tractId, kind: 'commit', commitHash: commit.commitHash },
    `${fileName(commitLabel(commit))} (${shortHash(commit.commitHash)}).md`,
  );
}

/** The compiled context of a commit as Markdown, read-only. */
export function contextUri(tractId: string, commitHash: string, label: string): vscode.Uri {
  return uriOf({ tractId, kind: 'context', commitHash }, `Context ${fileName(label)} (${shortHash(commitHash)}).md`);
}

/** The text of a message to be edited: saving makes an edit commit. `name`: its hash, or a prefix that only it has, for a short tab. */
export function editUri(tractId: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${tractId}/edit/${name}` });
}

/** The last part of the path is only for the tab's title. */
function uriOf({ tractId, kind, commitHash }: DocumentAddress, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${tractId}/${kind}/${commitHash}/${name}` });
}

/** What a `tract:` address names, or null when it names nothing of ours. */
export function addressOf(uri: vscode.Uri): DocumentAddress | null {
  const match = /^\/([^/]+)\/(commit|context|edit)\/([0-9a-f]{8,64})(?:\/[^/]*)?$/.exec(uri.path);
  if (uri.scheme !== SCHEME || !match) return null;
  const [, tractId = '', kind, commitHash = ''] = match;
  return { tractId, kind: kind as DocumentKind, commitHash };
}

/** Whether it is one of the folders above the documents: VS Code looks at them before it writes. */
export function isFolder(uri: vscode.Uri): boolean {
  return /^\/(?:[^/]+(?:\/(?:commit|context|edit))?)?\/?$/.test(uri.path);
}

/** A text as part of a file name: no separators, not long. */
function fileName(text: string): string {
  const flat = text.replace(/[\\/:*?"<>|#%\p{Cc}]+/gu, ' ').trim();
  return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat || 'commit';
}

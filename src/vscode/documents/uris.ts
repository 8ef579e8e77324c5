import * as vscode from 'vscode';
import { commitLabel } from '../commit-look.js';
import type { StoredCommit } from '../../core/model/commit.js';
import { shortHash } from '../../shared/format.js';

/** `tract:` documents (Annex B.12). */
export const SCHEME = 'tract';

export type DocumentKind = 'commit' | 'context' | 'edit' | 'message' | 'merge';

export interface DocumentAddress {
  readonly tractId: string;
  readonly kind: DocumentKind;
  /** The whole hash, or a prefix of at least 8 digits. */
  readonly commitHash: string;
  /** Of a message: the commit whose context it is read in. */
  readonly at?: string;
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

/** A message as it compiles at a commit, read-only: one side of a conflict. */
export function messageUri(tractId: string, target: string, at: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${tractId}/message/${at}/${target}/${fileName(name)}.md` });
}

/** The text that a merge shall show for a message that both sides changed: saving it without markers resolves the conflict. */
export function mergeUri(tractId: string, target: string, label: string): vscode.Uri {
  return uriOf({ tractId, kind: 'merge', commitHash: target }, `${fileName(label)}.md`);
}

/** The last part of the path is only for the tab's title. */
function uriOf({ tractId, kind, commitHash }: DocumentAddress, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${tractId}/${kind}/${commitHash}/${name}` });
}

/** What a `tract:` address names, or null when it names nothing of ours. */
export function addressOf(uri: vscode.Uri): DocumentAddress | null {
  if (uri.scheme !== SCHEME) return null;
  const match = /^\/([^/]+)\/(commit|context|edit|merge)\/([0-9a-f]{8,64})(?:\/[^/]*)?$/.exec(uri.path);
  if (match) {
    const [, tractId = '', kind, commitHash = ''] = match;
    return { tractId, kind: kind as DocumentKind, commitHash };
  }
  const message = /^\/([^/]+)\/message\/([0-9a-f]{64})\/([0-9a-f]{64})\/[^/]*$/.exec(uri.path);
  if (!message) return null;
  const [, tractId = '', at = '', commitHash = ''] = message;
  return { tractId, kind: 'message', commitHash, at };
}

/** Whether it is one of the folders above the documents: VS Code looks at them before it writes. */
export function isFolder(uri: vscode.Uri): boolean {
  return /^\/(?:[^/]+(?:\/(?:commit|context|edit|merge|message))?)?\/?$/.test(uri.path);
}

/** A text as part of a file name: no separators, not long. */
function fileName(text: string): string {
  const flat = text
    .replace(/[\\/:*?"<>|#%\p{Cc}]+/gu, ' ')
    .replace(/[\s.]+$/, '')
    .trim();
  return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat || 'commit';
}

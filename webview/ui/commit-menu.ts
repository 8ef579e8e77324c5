import type { Priority } from '../../src/shared/primitives.js';

/** What the context menu of a row is about; `when` clauses of `webview/context` in the manifest read these keys. */
export interface CommitMenu {
  readonly commitHash: string;
  /** It makes a message, with this priority; null for edits, annotations, merges … */
  readonly priority: Priority | null;
  readonly isHead: boolean;
  readonly isSummary: boolean;
}

/** For a row's `data-vscode-context`: VS Code shows the commit's menu there, in place of Cut and Paste, and hands the keys to the command. */
export function commitMenu(menu: CommitMenu): string {
  return JSON.stringify({
    webviewSection: 'commit',
    ...menu,
    priority: menu.priority ?? 'none',
    preventDefaultContextMenuItems: true,
  });
}

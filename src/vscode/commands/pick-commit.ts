import * as vscode from 'vscode';
import type { LogEntry } from '../../core/operations/log.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';
import { shownTime } from '../../core/model/shown-time.js';
import { age, fullCount, shortHash } from '../../shared/format.js';
import { commitLabel, iconText, ownTokens } from '../commit-look.js';

export interface PickOptions {
  readonly title: string;
  /** Which commits may be chosen; all when left out. */
  readonly accept?: (entry: LogEntry) => boolean;
  readonly from?: string;
}

interface CommitItem extends vscode.QuickPickItem {
  readonly hash: string;
}

/** Commits shown at once; typing searches the whole history. */
const SHOWN = 300;
const FOUND = 100;
const TYPING_MS = 150;

/** Lets the person choose a commit by text, hash or any ref (`main~2`). Undefined when they closed the list. */
export function pickCommit(store: Store, tract: Tract, options: PickOptions): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<CommitItem>();
  pick.title = options.title;
  pick.placeholder = vscode.l10n.t('Search by text or hash, or type a ref such as main~2');
  pick.matchOnDescription = true;
  pick.busy = true;
  let timer: NodeJS.Timeout | undefined;
  let generation = 0;
  let recent: readonly CommitItem[] = [];
  const accept = options.accept ?? (() => true);
  const items = async (query: { readonly limit: number; readonly text?: string }) => {
    const from = options.from === undefined ? {} : { from: options.from };
    return (await tract.log({ ...query, ...from })).filter(accept).flatMap((entry) => itemOf(store, entry));
  };
  const search = async (value: string) => {
    const mine = ++generation;
    const [byRef, found] = await Promise.all([
      byName(store, tract, value),
      value.trim().length < 3 ? [] : items({ limit: FOUND, text: value.trim() }),
    ]);
    if (mine !== generation) return;
    const known = new Set(recent.map(({ hash }) => hash));
    const more = found.filter(({ hash }) => !known.has(hash)).map((item) => ({ ...item, alwaysShow: true }));
    pick.items = [...byRef, ...recent, ...more];
    pick.busy = false;
  };
  return new Promise((resolve, reject) => {
    pick.onDidChangeValue((value) => {
      clearTimeout(timer);
      pick.busy = true;
      timer = setTimeout(() => void search(value).catch(reject), TYPING_MS);
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.hash);
      pick.hide();
    });
    pick.onDidHide(() => {
      clearTimeout(timer);
      resolve(undefined);
      pick.dispose();
    });
    items({ limit: SHOWN }).then((first) => {
      recent = first;
      if (pick.value === '') {
        pick.items = first;
        pick.busy = false;
      } else void search(pick.value).catch(reject);
    }, reject);
    pick.show();
  });
}

function itemOf(store: Store, entry: LogEntry): CommitItem[] {
  const commit = store.storage.commit(entry.commitHash);
  if (!commit) return [];
  const facts = [
    shortHash(entry.commitHash),
    `${fullCount(ownTokens(commit))} tok`,
    age(shownTime(commit.timestampIso, commit.metadata), Date.now()),
    ...entry.tags.map((tag) => `#${tag}`),
  ];
  return [
    { label: `${iconText(commit)} ${commitLabel(commit)}`, description: facts.join(' · '), hash: entry.commitHash },
  ];
}

/** The commit that the text names as a ref: first in the list. */
async function byName(store: Store, tract: Tract, value: string): Promise<CommitItem[]> {
  const ref = value.trim();
  if (ref === '') return [];
  try {
    const commit = store.storage.commit(await tract.resolveCommit(ref));
    if (!commit) return [];
    return [
      {
        label: `$(target) ${ref}`,
        description: `${shortHash(commit.commitHash)} · ${commitLabel(commit)}`,
        hash: commit.commitHash,
        alwaysShow: true,
      },
    ];
  } catch {
    // Not a ref (yet): the list below goes by text.
    return [];
  }
}

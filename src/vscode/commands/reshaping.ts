import * as vscode from 'vscode';
import { fullCount, shortHash } from '../../shared/format.js';
import { proposeSummaries, splitSummaries } from '../chat/propose-summaries.js';
import { commitLabel, counted } from '../commit-look.js';
import { storedCommit } from '../documents/document-text.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { commitTarget } from './arguments.js';
import type { CommandTable } from './command.js';
import { offerUndo } from './undo-toast.js';

/** Changing what a history compiles to: compress, expand, reorder, versions (SPEC §8, §9.3, §9.4). */
export function reshapingCommands(window: TractWindow): CommandTable {
  return {
    compress: (options) => compress(window, undefined, options),
    compressUpTo: async (argument, options) => {
      const target = await commitTarget(window, argument, { title: vscode.l10n.t('Compress up to') });
      return target && compress(window, target.commit.commitHash, options);
    },
    expand: (argument) => expand(window, argument),
    reorder: (argument) => reorder(window, argument),
    restoreVersion: (argument, version) => restoreVersion(window, argument, version),
    showEditHistory: (argument) => restoreVersion(window, argument),
  };
}

/** The person sees before and after, writes the text, then approves. `upTo` null: everything. */
async function compress(window: TractWindow, upTo: string | undefined, options: unknown): Promise<string | undefined> {
  const tract = await window.store.requireActive();
  const { messages } = await tract.compile();
  const first = messages[0];
  if (!first) throw new WindowError(vscode.l10n.t('There are no messages to compress.'));
  const end = upTo === undefined ? -1 : messages.findIndex(({ commitHash }) => commitHash === upTo);
  if (upTo !== undefined && end < 0)
    throw new WindowError(vscode.l10n.t('That commit makes no message in the current context.'));
  const range = upTo === undefined ? await chooseRange(messages.length, options) : end + 1;
  if (range === undefined) return undefined;
  const hashes = messages.slice(0, range).map(({ commitHash }) => commitHash);
  const plan = await tract.planCompression({ range: hashes });
  const sources = plan.groups.flatMap((group) => group.sources);
  const before = plan.groups.reduce((sum, { tokens }) => sum + tokens, 0);
  const kept =
    plan.preserved.length === 0
      ? ''
      : vscode.l10n.t(' {0} stay as they are.', counted(plan.preserved.length, 'pinned message', 'pinned messages'));
  const given = textOf(options);
  const proposed = given === undefined ? await proposeSummaries(window, plan) : null;
  if (proposed === undefined) return undefined;
  const text =
    given ??
    (await window.askedTexts.ask({
      message: vscode.l10n.t(
        'Compress {0} (~{1} tokens): edit the summary that stands for them; it must have fewer tokens.{2}',
        counted(sources.length, 'message', 'messages'),
        fullCount(before),
        kept,
      ),
      initial: proposed ?? sources.map(({ role, text: source }) => `${role}: ${source}`).join('\n\n'),
      approve: vscode.l10n.t('Compress'),
    }));
  if (text === undefined) return undefined;
  // Summaries of a model keep to the groups that pinned messages make; a text of one's own stands for all.
  const texts = proposed === null ? [text] : splitSummaries(text);
  const { tokenizer } = (await window.store.open()).env;
  const after = texts.reduce((sum, summary) => sum + tokenizer.count(summary), 0);
  const approve = vscode.l10n.t('Compress');
  const detail = vscode.l10n.t(
    'Before: ~{0} tokens in {1}. After: ~{2} tokens in {3}. The messages stay in the history, and a summary can be expanded again.',
    fullCount(before),
    counted(sources.length, 'message', 'messages'),
    fullCount(after),
    counted(texts.length, 'summary', 'summaries'),
  );
  if (
    given === undefined &&
    (await vscode.window.showInformationMessage(
      vscode.l10n.t('Compress these messages?'),
      { modal: true, detail },
      approve,
    )) !== approve
  )
    return undefined;
  const result = await tract.compress({ range: hashes, text: proposed === null ? text : texts });
  offerUndo(
    window,
    tract.tractId,
    vscode.l10n.t(
      'Compressed {0}: ~{1} → ~{2} tokens.',
      counted(result.sources.length, 'message', 'messages'),
      fullCount(result.tokensBefore),
      fullCount(result.tokensAfter),
    ),
  );
  return result.commit.commitHash;
}

function textOf(options: unknown): string | undefined {
  return typeof options === 'object' && options !== null && 'text' in options && typeof options.text === 'string'
    ? options.text
    : undefined;
}

/** How many leading messages. */
async function chooseRange(count: number, options: unknown): Promise<number | undefined> {
  if (textOf(options) !== undefined) return count;
  const items = [
    { label: vscode.l10n.t('Everything'), description: counted(count, 'message', 'messages'), range: count },
    ...[5, 10, 20, 50]
      .filter((last) => last < count)
      .map((last) => ({
        label: vscode.l10n.t('All but the last {0}', last),
        description: counted(count - last, 'message', 'messages'),
        range: count - last,
      })),
  ];
  return (
    await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Compress'),
      placeHolder: vscode.l10n.t('What a summary shall stand for. Pinned messages stay verbatim.'),
    })
  )?.range;
}

async function expand(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Expand'),
    accept: ({ operation }) => operation === 'compress',
  });
  if (!target) return undefined;
  const commit = await target.tract.expand(target.commit.commitHash);
  offerUndo(
    window,
    target.tract.tractId,
    vscode.l10n.t('Expanded {0}: its messages are back in the context.', shortHash(target.commit.commitHash)),
  );
  return commit.commitHash;
}

/** Moves one message to another place. */
async function reorder(window: TractWindow, argument: unknown): Promise<string | undefined> {
  const store = await window.store.open();
  const tract = await window.store.requireActive();
  if (Array.isArray(argument)) return (await tract.reorder(argument as readonly string[])).head;
  const { messages } = await tract.compile();
  const items = messages.map(({ commitHash, role, tokenCount }, place) => ({
    label: `${place + 1}. ${commitLabel(storedCommit(store, commitHash))}`,
    description: `${role} · ${fullCount(tokenCount)} tok · ${shortHash(commitHash)}`,
    place,
  }));
  const moved = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Reorder: Which Message?'),
    matchOnDescription: true,
  });
  if (!moved) return undefined;
  const before = await vscode.window.showQuickPick(
    items.filter(({ place }) => place !== moved.place),
    { title: vscode.l10n.t('Reorder: Put It Before'), matchOnDescription: true },
  );
  if (!before) return undefined;
  const hashes = messages.map(({ commitHash }) => commitHash);
  const [hash = ''] = hashes.splice(moved.place, 1);
  hashes.splice(moved.place < before.place ? before.place - 1 : before.place, 0, hash);
  const { warnings, head } = await tract.reorder(hashes);
  offerUndo(window, tract.tractId, [vscode.l10n.t('Moved the message.'), ...warnings.map(String)].join(' '));
  return head;
}

/** Shows the versions of a message; choosing one restores it. */
async function restoreVersion(window: TractWindow, argument: unknown, given?: unknown): Promise<string | undefined> {
  const target = await commitTarget(window, argument, {
    title: vscode.l10n.t('Restore a Version of'),
    accept: ({ edits }) => edits > 0,
  });
  if (!target) return undefined;
  const { tract, commit } = target;
  const versions = await tract.editHistory(commit.commitHash);
  const last = versions.length - 1;
  const items = [...versions].reverse().map(({ version, commitHash, text, createdAt, author }) => ({
    label: version === 0 ? vscode.l10n.t('Original') : vscode.l10n.t('Version {0}', version),
    description: [
      shortHash(commitHash),
      createdAt,
      ...(author === null ? [] : [author]),
      ...(version === last ? [vscode.l10n.t('now')] : []),
    ].join(' · '),
    detail: text.replace(/\s+/g, ' ').slice(0, 200),
    version,
  }));
  const version =
    typeof given === 'number'
      ? given
      : (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Restore Version'), matchOnDetail: true }))
          ?.version;
  if (version === undefined || (given === undefined && version === last)) return undefined;
  const restored = await tract.restore(commit.commitHash, version);
  offerUndo(
    window,
    tract.tractId,
    vscode.l10n.t('Restored version {0} of {1}.', version, shortHash(commit.commitHash)),
  );
  return restored.commitHash;
}

import * as vscode from 'vscode';
import type { CompiledMessage } from '../../core/model/context.js';
import type { SuggestionView } from '../../shared/budget-view.js';
import { fullCount } from '../../shared/format.js';
import type { CommandTable } from '../commands/command.js';
import { offerUndo } from '../commands/undo-toast.js';
import { counted } from '../commit-look.js';
import { WindowError } from '../errors.js';
import type { TractWindow } from '../window.js';
import { beforeWindow, heaviestToolResults, olderHalf, WINDOW_MESSAGES } from './make-room.js';

/** What frees tokens (SPEC §11): each asks before it changes anything. */
export function roomCommands(window: TractWindow): CommandTable {
  return {
    makeRoom: () => makeRoom(window),
    compressOlder: () => compressBefore(window, olderHalf),
    slidingWindow: () => compressBefore(window, beforeWindow),
    skipHeaviestToolResults: (options) => skipHeaviest(window, options),
  };
}

export type RoomId = 'compressOlder' | 'skipHeaviestToolResults' | 'slidingWindow';

/** What would help for this context, with what each frees; only what frees something. */
export function roomSuggestions(messages: readonly CompiledMessage[]): (SuggestionView & { readonly id: RoomId })[] {
  const [older, results, last] = [olderHalf(messages), heaviestToolResults(messages), beforeWindow(messages)];
  const suggestions: ReturnType<typeof roomSuggestions> = [
    {
      id: 'compressOlder',
      label: vscode.l10n.t('Compress the older {0}', counted(older.messages.length, 'message', 'messages')),
      saves: older.saves,
    },
    {
      id: 'skipHeaviestToolResults',
      label: vscode.l10n.t(
        'Skip the {0}',
        counted(results.messages.length, 'heaviest tool result', 'heaviest tool results'),
      ),
      saves: results.saves,
    },
    {
      id: 'slidingWindow',
      label: vscode.l10n.t('Compress all but the last {0} messages', WINDOW_MESSAGES),
      saves: last.saves,
    },
  ];
  return suggestions.filter(({ saves }) => saves > 0).sort((a, b) => b.saves - a.saves);
}

async function makeRoom(window: TractWindow): Promise<void> {
  const tract = await window.store.requireActive();
  const items = roomSuggestions((await tract.compile()).messages).map(({ id, label, saves }) => ({
    label,
    description: vscode.l10n.t('frees ~{0} tokens', fullCount(saves)),
    id,
  }));
  if (items.length === 0) throw new WindowError(vscode.l10n.t('There is nothing in the context that could make room.'));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Make Room in the Context') });
  if (picked) await vscode.commands.executeCommand(`tract.${picked.id}`);
}

/** Ends in the command that compresses, which shows the summary before it holds. */
async function compressBefore(window: TractWindow, choose: typeof olderHalf): Promise<unknown> {
  const tract = await window.store.requireActive();
  const last = choose((await tract.compile()).messages).messages.at(-1);
  if (!last) throw new WindowError(vscode.l10n.t('There are too few messages to compress any.'));
  return vscode.commands.executeCommand('tract.compressUpTo', {
    tractId: tract.tractId,
    commitHash: last.commitHash,
  });
}

async function skipHeaviest(window: TractWindow, options: unknown): Promise<number | undefined> {
  const tract = await window.store.requireActive();
  const { messages, saves } = heaviestToolResults((await tract.compile()).messages);
  if (messages.length === 0)
    throw new WindowError(vscode.l10n.t('No tool result in the context is large enough to be worth skipping.'));
  const results = counted(messages.length, 'tool result', 'tool results');
  const skip = vscode.l10n.t('Skip');
  const confirmed = options === 'confirmed';
  if (
    !confirmed &&
    (await vscode.window.showInformationMessage(
      vscode.l10n.t('Skip the {0} that weigh most (~{1} tokens)?', results, fullCount(saves)),
      {
        modal: true,
        detail: vscode.l10n.t('They stay in the history and can be shown again. Their calls stay in the context.'),
      },
      skip,
    )) !== skip
  )
    return undefined;
  await tract.batch(async (batch) => {
    for (const { commitHash } of messages)
      await batch.annotate(commitHash, 'skip', { reason: vscode.l10n.t('to make room') });
  });
  offerUndo(window, tract.tractId, vscode.l10n.t('Skipped {0}: ~{1} tokens less.', results, fullCount(saves)));
  return messages.length;
}

import * as vscode from 'vscode';
import type { Tract } from '../../core/tract.js';
import type { Store } from '../../core/store.js';
import { compactCount, fullCount, percent, shortHash } from '../../shared/format.js';
import { contextBudget } from '../context-budget.js';
import { readSettings } from '../settings.js';
import type { Contribution, TractWindow } from '../window.js';

/** After start-up, when the window has settled, the store of a workspace that has one is opened for this item. */
const SETTLED_MS = 300;

/** `$(git-commit) main  ~12.4k / 200k (6%)` (SPEC §15); click opens the panel. */
export const statusBar: Contribution = { name: 'status bar', register };

function register(window: TractWindow): vscode.Disposable {
  const { store, log, context } = window;
  const item = vscode.window.createStatusBarItem('tract.status', vscode.StatusBarAlignment.Left, 90);
  item.name = vscode.l10n.t('Tract: Context');
  item.command = 'tract.openPanel';
  let drawing = 0;
  const draw = async () => {
    const mine = ++drawing;
    const shown = store.opened ? await describe(window, store.opened, await store.active()) : null;
    if (mine !== drawing) return;
    if (!shown) {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.backgroundColor = shown.color === null ? undefined : new vscode.ThemeColor(shown.color);
    item.accessibilityInformation = { label: shown.spoken };
    item.show();
  };
  const redraw = () => {
    draw().catch((error: unknown) => {
      log.error(`Status bar: ${String(error)}`);
    });
  };
  const hadTracts = context.workspaceState.get<{ hasTracts?: boolean }>('tract.contextKeys')?.hasTracts === true;
  const settled = setTimeout(() => {
    if (hadTracts) void store.openIfReadable();
    void goOnFollowing(window);
  }, SETTLED_MS);
  return vscode.Disposable.from(
    item,
    store.onDidChange(redraw),
    window.merging.onDidChange(redraw),
    window.following.onDidChange(redraw),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('tract')) redraw();
    }),
    new vscode.Disposable(() => {
      clearTimeout(settled);
    }),
  );
}

/** The session that was followed when the workspace was last open is followed again, if its file is still there. */
async function goOnFollowing({ following, log }: TractWindow): Promise<void> {
  const { remembered } = following;
  if (!remembered || following.session) return;
  await following.start(remembered).catch((error: unknown) => {
    log.warn(`${remembered.path} is not followed: ${String(error)}`);
  });
}

interface Shown {
  readonly text: string;
  readonly spoken: string;
  readonly tooltip: vscode.MarkdownString;
  readonly color: string | null;
}

async function describe({ merging, following }: TractWindow, store: Store, tract: Tract | null): Promise<Shown | null> {
  if (tract === null) return null;
  const status = await tract.status();
  const { max, reserved, available, source, model } = contextBudget(store, tract.tractId);
  const exact = status.tokenSource.startsWith('api:') || status.tokenCount === 0;
  // What a request would have, the part that no commit holds included (Annex B.10).
  const total = status.tokenCount + status.unseenTokens;
  const share = max === null ? null : total / max;
  const place = status.branch ?? (status.head === null ? vscode.l10n.t('no commits') : shortHash(status.head));
  const tokens = `${exact ? '' : '~'}${compactCount(total)}`;
  const budgetText = max === null ? ` ${vscode.l10n.t('tok')}` : ` / ${compactCount(max)} (${percent(share ?? 0)})`;
  const { warnAt, errorAt } = readSettings().budget;
  const used = available === null ? 0 : available === 0 ? 1 : total / available;
  const lock = store.storage.readOnlyReason === null ? '' : ' $(lock)';
  const doing = [
    ...(following.follows(tract.tractId) ? [' $(broadcast)'] : []),
    ...(merging.current?.tractId === tract.tractId ? [` ${vscode.l10n.t('(merging)')}`] : []),
  ].join('');
  const detached = status.detached ? ` ${vscode.l10n.t('(detached)')}` : '';
  const lines: [string, string][] = [
    [
      vscode.l10n.t('Context'),
      vscode.l10n.t(
        '{0}{1} tokens in {2} messages ({3})',
        exact ? '' : '~',
        fullCount(status.tokenCount),
        status.commitCount,
        exact ? vscode.l10n.t('reported') : vscode.l10n.t('estimated'),
      ),
    ],
    ...(status.unseenTokens > 0
      ? [
          [
            vscode.l10n.t('Unseen'),
            vscode.l10n.t(
              '~{0} tokens that no transcript holds (system prompt, tools)',
              fullCount(status.unseenTokens),
            ),
          ] as [string, string],
        ]
      : []),
    ...(await byType(tract)),
    ...(max === null
      ? []
      : ([
          [vscode.l10n.t('Reserved'), vscode.l10n.t('{0} for the answer', fullCount(reserved))],
          [vscode.l10n.t('Free'), `${exact ? '' : '~'}${fullCount(Math.max(0, max - reserved - total))}`],
          [
            vscode.l10n.t('Maximum'),
            source === 'setting'
              ? vscode.l10n.t('{0} (setting)', fullCount(max))
              : vscode.l10n.t('{0} (window of {1})', fullCount(max), model ?? ''),
          ],
        ] as [string, string][])),
  ];
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(`Tract: ${place}${detached}`).appendMarkdown('\n\n');
  for (const [name, value] of lines) tooltip.appendText(`${name}: ${value}`).appendMarkdown('  \n');
  if (store.storage.readOnlyReason !== null) tooltip.appendMarkdown('\n\n').appendText(store.storage.readOnlyReason);
  return {
    text: `$(git-commit) ${place}${detached}${doing}  ${tokens}${budgetText}${lock}`,
    spoken: vscode.l10n.t('Tract, {0}, {1} tokens', place, tokens),
    tooltip,
    color:
      used >= errorAt ? 'statusBarItem.errorBackground' : used >= warnAt ? 'statusBarItem.warningBackground' : null,
  };
}

/** The tokens by content type, the heaviest first. */
async function byType(tract: Tract): Promise<[string, string][]> {
  const sums = new Map<string, number>();
  for (const { contentType, tokenCount } of (await tract.compile()).messages)
    sums.set(contentType, (sums.get(contentType) ?? 0) + tokenCount);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([type, tokens]) => [`  ${type}`, `~${fullCount(tokens)}`]);
}

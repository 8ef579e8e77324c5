import * as vscode from 'vscode';
import { compactCount } from '../../shared/format.js';
import { counted } from '../commit-look.js';
import type { TractWindow } from '../window.js';
import { ADD_FILES_TOOL, type AddFilesInput } from './add-files-input.js';
import type { FileRequest, OpenPlan } from './open-plan.js';

/** Files that the question names one by one. */
const NAMED = 10;

/** The chat tool that adds workspace files: the plan is what the person is asked about, and what is then committed (SPEC §12, §15). */
export function addFilesTool(window: TractWindow): vscode.Disposable {
  return vscode.lm.registerTool<AddFilesInput>(ADD_FILES_TOOL.name, {
    prepareInvocation: async ({ input }, token) => {
      const plan = await planFor(window, input, token);
      try {
        await plan.start();
        return {
          invocationMessage: ADD_FILES_TOOL.title,
          confirmationMessages: {
            title: ADD_FILES_TOOL.title,
            message: new vscode.MarkdownString().appendText(consequence(plan)),
          },
        };
      } finally {
        plan.dispose();
      }
    },
    invoke: async ({ input }, token) => {
      const plan = await planFor(window, input, token);
      try {
        await plan.start();
        const { added, changed, unchanged, omitted, tokens } = await plan.commit();
        const lines = [
          `Added ${added.length}, ${changed.length} as edits, ${unchanged.length} were in the context already: ~${tokens} tokens.`,
          ...[...added, ...changed].map((path) => `+ ${path}`),
          `${omitted.length} files were left out: no room, or less relevant.`,
        ];
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(lines.join('\n'))]);
      } finally {
        plan.dispose();
      }
    },
  });
}

async function planFor(
  { filePlans }: TractWindow,
  input: AddFilesInput,
  token: vscode.CancellationToken,
): Promise<OpenPlan> {
  const { givenRequest } = await import('./file-request.js');
  const request: FileRequest = givenRequest(input, await filePlans.offeredBudget());
  const plan = await filePlans.create(request);
  token.onCancellationRequested(() => {
    plan.dispose();
  });
  return plan;
}

function consequence({ files }: OpenPlan): string {
  const kept = files.filter((file) => file.kept);
  const tokens = kept.reduce((sum, file) => sum + file.tokens, 0);
  const more = kept.length > NAMED ? vscode.l10n.t(' and {0} more', kept.length - NAMED) : '';
  return vscode.l10n.t(
    'Add {0} to the context, ~{1} tokens: {2}{3}',
    counted(kept.length, 'file', 'files'),
    compactCount(tokens),
    kept
      .slice(0, NAMED)
      .map(({ path }) => path)
      .join(', '),
    more,
  );
}

import * as vscode from 'vscode';
import type { AgentTool } from '../../core/agents/agent-tool.js';
import { TractError } from '../../core/model/errors.js';
import { isCancelled } from '../errors.js';
import type { Contribution, TractWindow } from '../window.js';
import { answerQuestion } from './question.js';
import { remediesFor, remedyCommand } from './remedies.js';

/** `@tract` in VS Code's chat (SPEC §15). */
export const participant: Contribution = { name: 'chat participant', register };

function register(window: TractWindow): vscode.Disposable {
  const tract = vscode.chat.createChatParticipant('tract.chat', async (request, context, stream, token) => {
    try {
      if (request.command === 'compress') offerCompress(stream);
      else if (request.command !== undefined)
        await runCommand(window, request.command, request.prompt.trim(), stream, token);
      else if (window.models.refusal !== null) stream.markdown(window.models.refusal);
      else return await answerQuestion(window, request, context, stream, token);
      return {};
    } catch (error) {
      if (!(error instanceof TractError)) throw error;
      if (isCancelled(error)) return {};
      await offerHelp(window, error, stream);
      return { errorDetails: { message: error.message } };
    }
  });
  tract.iconPath = vscode.Uri.joinPath(window.context.extensionUri, 'media', 'icon.png');
  return vscode.Disposable.from(tract);
}

/** The same buttons as under the panel's composer, but for asking again: in a chat that is typing again. */
async function offerHelp(window: TractWindow, error: TractError, stream: vscode.ChatResponseStream): Promise<void> {
  const context = await (await window.store.active())?.compile();
  for (const { id, label } of remediesFor(error, context?.messages ?? [])) {
    const command = remedyCommand(id);
    if (command !== undefined && id !== 'generate') stream.button({ command, title: label });
  }
}

/** Slash command → tool of the agents' and its input, from what was typed after it. */
const COMMANDS: Readonly<Record<string, readonly [tool: string, input: (text: string) => object]>> = {
  status: ['show_status', () => ({})],
  log: ['show_log', (from) => (from === '' ? {} : { from })],
  compile: ['compile_context', (at) => (at === '' ? {} : { at })],
  diff: ['show_diff', (refs) => diffInput(refs.split(/\s+/).filter(Boolean))],
  records: ['list_records', () => ({})],
  commit: ['commit_context', (text) => ({ text })],
  branch: ['create_branch', (name) => ({ name })],
  checkout: ['checkout_ref', (ref) => ({ ref })],
};

/** One ref: what changed since it; two: from the first to the second. */
function diffInput([a, b]: readonly string[]): object {
  return { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
}

/** The person typed the command themselves, so that nothing is asked again; what it did can be undone. */
async function runCommand(
  window: TractWindow,
  command: string,
  text: string,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<void> {
  const [{ runTool }, { AGENT_TOOLS }] = await Promise.all([
    import('../../core/agents/agent-tool.js'),
    import('../../core/agents/tools.js'),
  ]);
  const [name, input] = COMMANDS[command] ?? [];
  const tool: AgentTool | undefined = AGENT_TOOLS.find((known) => known.name === name);
  if (!tool || !input) return;
  const stop = new AbortController();
  token.onCancellationRequested(() => {
    stop.abort();
  });
  const active = () => window.store.requireActive();
  const result = await runTool(tool, input(text), active, () => Promise.resolve(true), stop.signal);
  stream.markdown(fenced(result.text));
  if (tool.changesState && !result.isError) stream.button({ command: 'tract.undo', title: vscode.l10n.t('Undo') });
  else stream.button({ command: 'tract.openPanel', title: vscode.l10n.t('Open Context Panel') });
}

function offerCompress(stream: vscode.ChatResponseStream): void {
  stream.markdown(vscode.l10n.t('You choose what to compress, and see and edit the summary before it holds.'));
  stream.button({ command: 'tract.compress', title: vscode.l10n.t('Compress…') });
}

/** In a fence longer than any inside: texts of a history are never read as Markdown. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}\n`;
}

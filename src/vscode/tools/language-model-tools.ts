import * as vscode from 'vscode';
import type { AgentTool } from '../../core/agents/agent-tool.js';
import { TractError } from '../../core/model/errors.js';
import type { Contribution, TractWindow } from '../window.js';
import { ADD_FILES_TOOL } from '../workspace-files/add-files-input.js';

/** The tools of AGENT_TOOLS for language models in VS Code (SPEC §15); the manifest declares them. */
export const languageModelTools: Contribution = { name: 'language model tools', register };

function register(window: TractWindow): vscode.Disposable {
  return vscode.Disposable.from(
    ...declaredNames(window.context).map((name) => vscode.lm.registerTool(name, languageModelTool(window, name))),
  );
}

/** From the manifest, so that nothing has to be loaded to register them; a test holds the two together. */
function declaredNames({ extension }: vscode.ExtensionContext): readonly string[] {
  const { contributes } = extension.packageJSON as {
    readonly contributes?: { readonly languageModelTools?: readonly { readonly name: string }[] };
  };
  const names = contributes?.languageModelTools?.map(({ name }) => name) ?? [];
  // The one that needs the window's files registers itself.
  return names.filter((name) => name !== ADD_FILES_TOOL.name);
}

function languageModelTool(window: TractWindow, name: string): vscode.LanguageModelTool<object> {
  const active = () => window.store.requireActive('agent');
  return {
    /** What changes something is asked about first, with its consequence. */
    prepareInvocation: async ({ input }) => {
      const tool = await agentTool(name);
      if (!tool.changesState) return { invocationMessage: tool.title };
      const consequence = await tool
        .call(input)
        .consequence(await active())
        // What is wrong with the call is told to the model when it is run: it then changes nothing.
        .catch((error: unknown) => (error instanceof TractError ? error.message : String(error)));
      return {
        invocationMessage: tool.title,
        confirmationMessages: { title: tool.title, message: plainText(consequence) },
      };
    },
    invoke: async ({ input }, token) => {
      const { runTool } = await import('../../core/agents/agent-tool.js');
      const stop = new AbortController();
      const listener = token.onCancellationRequested(() => {
        stop.abort();
      });
      try {
        const tool = await agentTool(name);
        // VS Code has asked already, with what `prepareInvocation` gave it.
        const { text, isError } = await runTool(tool, input, active, () => Promise.resolve(true), stop.signal);
        return new vscode.LanguageModelToolResult([
          new vscode.LanguageModelTextPart(isError ? `Error: ${text}` : text),
        ]);
      } finally {
        listener.dispose();
      }
    },
  };
}

async function agentTool(name: string): Promise<AgentTool> {
  const { AGENT_TOOLS } = await import('../../core/agents/tools.js');
  const tool = AGENT_TOOLS.find((known) => known.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  return tool;
}

/** Texts of a history are never read as Markdown. */
function plainText(text: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendText(text);
}

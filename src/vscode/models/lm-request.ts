import * as vscode from 'vscode';
import type { JsonValue } from '../../core/model/json.js';
import type { RequestMessage } from '../../core/ports/model.js';

/**
 * A request's messages for `vscode.lm`, which knows users and assistants only: system messages go as user messages, results of
 * tools as parts of user messages. An assistant message without content gets none.
 */
export function lmMessages(messages: readonly RequestMessage[]): vscode.LanguageModelChatMessage[] {
  return messages.map((message) => {
    const text = message.content ?? '';
    switch (message.role) {
      case 'assistant': {
        const calls = (message.tool_calls ?? []).map(
          ({ id, function: { name, arguments: args } }) =>
            new vscode.LanguageModelToolCallPart(id, name, objectOf(args)),
        );
        const said = text === '' ? [] : [new vscode.LanguageModelTextPart(text)];
        return vscode.LanguageModelChatMessage.Assistant([...said, ...calls]);
      }
      case 'tool':
        return vscode.LanguageModelChatMessage.User([
          new vscode.LanguageModelToolResultPart(message.tool_call_id ?? '', [new vscode.LanguageModelTextPart(text)]),
        ]);
      case 'system':
      case 'user':
        return vscode.LanguageModelChatMessage.User(text, message.name);
    }
  });
}

/** OpenAI-shaped tool definitions; those of another shape are left out. */
export function lmTools(tools: readonly JsonValue[]): vscode.LanguageModelChatTool[] {
  return tools.flatMap((tool) => {
    const definition = memberOf(tool, 'function') ?? tool;
    const name = memberOf(definition, 'name');
    if (typeof name !== 'string') return [];
    const description = memberOf(definition, 'description');
    const inputSchema = memberOf(definition, 'parameters');
    return [
      {
        name,
        description: typeof description === 'string' ? description : '',
        ...(typeof inputSchema === 'object' && inputSchema !== null ? { inputSchema } : {}),
      },
    ];
  });
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)[name]
    : undefined;
}

/** Arguments as the model wrote them; VS Code wants an object. */
function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : { value };
  } catch {
    return { text };
  }
}

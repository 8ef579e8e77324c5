import type { CompiledMessage } from '../../model/context.js';

/** The context as Markdown (SPEC §5): one `## role` section a message, tool calls in fences. */
export function toMarkdown(messages: readonly CompiledMessage[]): string {
  return messages.map(section).join('\n');
}

function section(message: CompiledMessage): string {
  const title = message.name === null ? message.role : `${message.role} (${message.name})`;
  const parts = [`## ${title}`];
  if (message.content !== '') parts.push(message.content);
  for (const call of message.toolCalls ?? [])
    parts.push(`${fence(call.arguments)}json tool-call ${call.name}\n${call.arguments}\n${fence(call.arguments)}`);
  return parts.join('\n\n') + '\n';
}

/** A fence longer than any run of backticks inside. */
function fence(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
}

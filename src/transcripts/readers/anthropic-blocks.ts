import { blockText, contentText, type LeftOut } from '../blocks.js';
import { dialogue, reasoning, toolCall, toolResult, type Draft } from '../drafts.js';
import { isDict, nameAt, textAt, type Dict } from '../json.js';
import type { StepTree } from '../tree.js';

/** The name of the tool that a call used, for its result. */
export type ToolNames = (toolCallId: string) => string | undefined;

export function toolNames(tree: StepTree): ToolNames {
  return (id) => tree.toolName(id);
}

/** The blocks of a message's content, which may be a text or be missing. */
export function blocksOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return content === undefined || content === null ? [] : [content];
}

/** The content blocks of an Anthropic assistant message. Server tools' results stand within the answer, beside their calls. */
export function answerDrafts(blocks: readonly unknown[], names: ToolNames, leftOut: LeftOut): readonly Draft[] {
  const here = new Map<string, string>();
  return blocks.map((block) => {
    const draft = answerDraft(block, (id) => here.get(id) ?? names(id), leftOut);
    if (draft.toolCallId !== undefined && draft.toolName !== undefined) here.set(draft.toolCallId, draft.toolName);
    return draft;
  });
}

function answerDraft(block: unknown, names: ToolNames, leftOut: LeftOut): Draft {
  if (!isDict(block)) return dialogue('assistant', blockText(block, leftOut));
  const type = textAt(block, 'type') ?? '';
  if (type === 'thinking') return reasoning(textAt(block, 'thinking') ?? '', 'anthropic');
  if (type === 'redacted_thinking') return reasoning('[redacted thinking]', 'anthropic');
  if (type.endsWith('tool_use'))
    return toolCall(nameAt(block, 'id'), nameAt(block, 'name') ?? 'unnamed', block['input']);
  if (isResult(block)) return resultDraft(block, names, leftOut);
  return dialogue('assistant', blockText(block, leftOut));
}

export function resultDraft(block: Dict, names: ToolNames, leftOut: LeftOut): Draft {
  const id = nameAt(block, 'tool_use_id');
  const name = (id === undefined ? undefined : names(id)) ?? 'tool';
  return toolResult(id, name, contentText(block['content'], leftOut, '\n'), block['is_error'] === true);
}

/** A user message's tool results, and what else it holds. */
export function splitResults(content: unknown): {
  readonly results: readonly Dict[];
  readonly rest: readonly unknown[];
} {
  const results: Dict[] = [];
  const rest: unknown[] = [];
  for (const block of blocksOf(content)) {
    if (isDict(block) && isResult(block)) results.push(block);
    else rest.push(block);
  }
  return { results, rest };
}

function isResult(block: Dict): boolean {
  return textAt(block, 'type')?.endsWith('tool_result') === true;
}

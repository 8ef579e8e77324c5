import type { JsonValue } from '../../core/model/json.js';
import type { CountableMessage } from '../messages.js';
import type { DocumentBlock, MessageBlock, Span } from './block.js';
import { chatMessage, contentText } from './chat-message.js';
import { parseJsonNode } from './json-node.js';
import { entry, type ValueNode } from './value-node.js';
import { parseYamlNodes } from './yaml-node.js';

/** How deep in a document chats are looked for. */
const MAX_DEPTH = 12;
const TOOL_LISTS = ['tools', 'functions'];

/** The chats of a JSON text: lists of objects with a `role`, wherever they stand, with the tools and system prompt beside them. */
export function jsonChatBlocks(text: string): DocumentBlock[] {
  const root = parseJsonNode(text);
  return root === null ? [] : chats(root, null, 0);
}

/** The same in YAML, e.g. `messages:` of a `.prompt.yml`. */
export function yamlChatBlocks(text: string): DocumentBlock[] {
  return parseYamlNodes(text).flatMap((root) => chats(root, null, 0));
}

/**
 * The messages of JSON lines, one a line: a message itself, a request with `messages`, or a session's line that holds a message.
 * Only lines that touch one of the spans are read.
 */
export function jsonLinesBlocks(text: string, spans: readonly Span[]): DocumentBlock[] {
  return linesIn(text, spans).flatMap(({ start, end }) => {
    const root = parseJsonNode(text.slice(start, end), start);
    if (root === null) return [];
    const message = [root, entry(root, 'message'), entry(root, 'payload')].find(
      (node) => node && messageOf(node) !== null,
    );
    if (message !== undefined) return [{ kind: 'message', start, end, message: messageOf(message) ?? { role: '' } }];
    return chats(root, null, 0)
      .filter(({ kind }) => kind === 'chat')
      .map((block) => ({ ...block, start, end }));
  });
}

function linesIn(text: string, spans: readonly Span[]): Span[] {
  const lines = new Map<number, Span>();
  for (const span of spans) {
    let start = span.start === 0 ? 0 : text.lastIndexOf('\n', span.start - 1) + 1;
    while (start < text.length && start <= span.end) {
      const found = text.indexOf('\n', start);
      const end = found < 0 ? text.length : found;
      lines.set(start, { start, end: text[end - 1] === '\r' ? end - 1 : end });
      start = end + 1;
    }
  }
  return [...lines.values()].filter(({ start, end }) => start < end);
}

function chats(node: ValueNode, parent: ValueNode | null, depth: number): DocumentBlock[] {
  if (depth > MAX_DEPTH) return [];
  if (node.items !== null) {
    const messages = messagesOf(node);
    return messages === null
      ? node.items.flatMap((item) => chats(item, null, depth + 1))
      : chat(node, messages, parent);
  }
  return (node.entries ?? []).flatMap(({ value }) => chats(value, node, depth + 1));
}

/** The messages of a list in which every element is one; null when it is no such list. */
function messagesOf(node: ValueNode): MessageBlock[] | null {
  const items = node.items ?? [];
  const messages = items.flatMap((item): MessageBlock[] => {
    const message = messageOf(item);
    return message === null ? [] : [{ kind: 'message', start: item.start, end: item.end, message }];
  });
  return messages.length > 0 && messages.length === items.length ? messages : null;
}

function messageOf(node: ValueNode): CountableMessage | null {
  // The value is only made of what has a role: the rest may be large.
  return entry(node, 'role') === undefined ? null : chatMessage(node.toJson());
}

function chat(list: ValueNode, messages: readonly MessageBlock[], request: ValueNode | null): DocumentBlock[] {
  const system = request === null ? [] : systemPrompt(request);
  const tools = request === null ? [] : toolBlocks(request);
  const all = [...system, ...messages].map(({ message }) => message);
  const whole = tools.find(({ kind }) => kind === 'tools');
  const sum: DocumentBlock = {
    kind: 'chat',
    start: request?.entries?.find(({ value }) => value.start === list.start)?.start ?? list.start,
    end: list.end,
    messages: all,
    tools: whole?.kind === 'tools' ? whole.tools : [],
  };
  return [...system, sum, ...messages, ...tools];
}

/** Anthropic's `system` stands beside the messages. */
function systemPrompt(request: ValueNode): MessageBlock[] {
  return (request.entries ?? [])
    .filter(({ key }) => key === 'system')
    .map(({ start, value }) => ({
      kind: 'message',
      start,
      end: value.end,
      message: { role: 'system', content: contentText(value.toJson()) },
    }));
}

function toolBlocks(request: ValueNode): DocumentBlock[] {
  return (request.entries ?? [])
    .filter(({ key, value }) => TOOL_LISTS.includes(key) && (value.items?.length ?? 0) > 0)
    .flatMap(({ start, value }): DocumentBlock[] => {
      const items = value.items ?? [];
      const tools: readonly JsonValue[] = items.map((item) => item.toJson());
      return [
        { kind: 'tools', start, end: value.end, tools },
        ...items.map((item): DocumentBlock => ({
          kind: 'tool',
          start: item.start,
          end: item.end,
          tools: [item.toJson()],
        })),
      ];
    });
}

import { dialogue, instruction, reasoning, toolResult } from '../drafts.js';
import type { Sink } from '../events.js';
import { keyOf, ListConversation } from './document.js';

type Role = 'user' | 'assistant' | 'system' | 'tool' | 'thinking';

const ROLES: Readonly<Record<string, Role>> = {
  user: 'user',
  human: 'user',
  me: 'user',
  you: 'user',
  prompt: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  agent: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  response: 'assistant',
  claude: 'assistant',
  chatgpt: 'assistant',
  gpt: 'assistant',
  codex: 'assistant',
  copilot: 'assistant',
  'github copilot': 'assistant',
  gemini: 'assistant',
  cursor: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  'tool result': 'tool',
  thinking: 'thinking',
  reasoning: 'thinking',
};

interface Marker {
  /** Markers of one file have one style; another style inside a message is text. */
  readonly style: string;
  readonly role: Role;
  /** Text of the message on the marker's own line. */
  readonly rest: string;
}

interface Message {
  readonly role: Role;
  readonly line: number;
  readonly lines: string[];
}

const HEADING = /^(#{1,6})\s+(.{1,80}?)\s*#*\s*$/;
const BOLD = /^(?:\*\*|__)([^*_]{1,40}?)(:?)(?:\*\*|__)(:?)(?:\s+(.*)|\s*)$/;
const LABEL = /^([A-Za-z][A-Za-z ]{1,20}):(?:\s+(.*)|\s*)$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** A Markdown transcript: `## User`, `**User:**` or `User:` before each message; code fences are text (SPEC §14). */
export function readMarkdown(text: string, sink: Sink): void {
  const { messages, preamble } = split(text);
  const bodies = messages.map((message) => ({ ...message, text: withoutRule(message.lines.join('\n').trim()) }));
  const firstUser = bodies.findIndex(({ role }) => role === 'user');
  const start = bodies.slice(0, firstUser < 0 ? 1 : firstUser + 1).map((body) => body.text);
  const list = new ListConversation(sink, keyOf('markdown', start), 'markdown');
  if (preamble > 0) {
    list.number = 1;
    list.skip('text', `${preamble} lines before the first message`);
  }
  for (const { role, line, text: body } of bodies) {
    list.number = line - 1;
    const entry = list.next();
    if (role === 'user') list.tree.prompt(entry, [dialogue('user', body)]);
    else if (role === 'assistant') list.answer(entry, [dialogue('assistant', body)]);
    else if (role === 'thinking') list.answer(entry, [reasoning(body, 'parsed')]);
    else if (role === 'system') list.tree.note(entry, [instruction(body)]);
    else list.tree.results(entry, [toolResult(undefined, 'tool', body, false)]);
  }
}

/** Many tools draw a line between messages: it is no text of the one before. */
function withoutRule(text: string): string {
  return text.replace(/(?:^|\n[ \t]*\n) {0,3}(?:-{3,}|\*{3,}|_{3,})$/, '').trimEnd();
}

/** True when a line of the text opens a message. */
export function isMarkdownTranscript(text: string): boolean {
  return split(text).messages.length > 0;
}

function split(text: string): { readonly messages: readonly Message[]; readonly preamble: number } {
  const messages: Message[] = [];
  let style: string | undefined;
  let fence: string | undefined;
  let preamble = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const marker = fence === undefined ? markerOf(line) : undefined;
    if (marker !== undefined && (style ?? marker.style) === marker.style) {
      style = marker.style;
      messages.push({ role: marker.role, line: index + 1, lines: marker.rest === '' ? [] : [marker.rest] });
      continue;
    }
    fence = fenceAfter(fence, line);
    const open = messages.at(-1);
    if (open !== undefined) open.lines.push(line);
    else if (line.trim() !== '') preamble++;
  }
  return { messages, preamble };
}

/** The code fence that is open after a line. */
function fenceAfter(fence: string | undefined, line: string): string | undefined {
  const found = FENCE.exec(line)?.[1];
  if (found === undefined) return fence;
  if (fence === undefined) return found;
  const closes = found[0] === fence[0] && found.length >= fence.length && line.trim() === found;
  return closes ? undefined : fence;
}

function markerOf(line: string): Marker | undefined {
  const heading = HEADING.exec(line);
  if (heading !== null) return marker(`heading ${heading[1]?.length ?? 0}`, heading[2], '');
  const bold = BOLD.exec(line);
  if (bold !== null) {
    // `**User** did this` is a sentence; a marker has a colon or stands alone.
    const rest = bold[4] ?? '';
    return bold[2] === ':' || bold[3] === ':' || rest === '' ? marker('bold', bold[1], rest) : undefined;
  }
  const label = LABEL.exec(line);
  return label === null ? undefined : marker('label', label[1], label[2] ?? '');
}

function marker(style: string, label: string | undefined, rest: string): Marker | undefined {
  // Emoji, numbers and a date in brackets beside the name are common: `### 👤 User (10:31)`.
  const name = (label ?? '')
    .replace(/[([].*$/u, '')
    .replace(/[^\p{Letter} ]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .toLowerCase();
  const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  return role === undefined ? undefined : { style, role, rest };
}

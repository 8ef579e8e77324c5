import type { JsonObject } from '../../core/model/json.js';
import { contentText, type LeftOut } from '../blocks.js';
import { attachedFile, dialogue, note } from '../drafts.js';
import type { LineReader, Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, parseJson, textAt, type Dict } from '../json.js';
import { digestOf } from '../step.js';
import { NO_TIME, sessionTime } from '../time.js';
import type { Entry } from '../entry.js';
import { StepTree } from '../tree.js';
import { answerDrafts, blocksOf, resultDraft, splitResults, toolNames } from './anthropic-blocks.js';

/** Lines that hold no message; anything else that is unknown is reported as such. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'progress',
  'system',
  'summary',
  'file-history-snapshot',
  'queue-operation',
  'custom-title',
  'ai-title',
  'last-prompt',
  'agent-name',
  'agent-color',
  'agent-setting',
  'mode',
  'permission-mode',
  'tag',
  'pr-link',
]);
/** Claude Code's own stand-in for a model: no call was made. */
const SYNTHETIC = '<synthetic>';
const SUBAGENT_TOOLS: ReadonlySet<string> = new Set(['Task', 'Agent']);
/** Lines of a person's own command that Claude Code marks as meta: a fork may start with them. */
const COMMAND_CAVEAT = /^\s*(<local-command-caveat>|Caveat: )/;

export interface ClaudeCodeOptions {
  /** Sub-agents that have files of their own: what this file repeats of them is left out. */
  readonly agentsElsewhere?: ReadonlySet<string>;
  /** The session a sub-agent's file belongs to, when its lines do not say. */
  readonly session?: string;
  /** Shared by the readers of a session's files: one without a result is known by its prompt only. */
  readonly starts?: AgentStarts;
}

/** Tool calls that started sub-agents which are not linked yet, by their ids. */
export type AgentStarts = Map<string, AgentStart>;

interface AgentStart {
  readonly from: Conversation;
  /** The digest of what it was asked. */
  readonly prompt: string;
}

/** One conversation of the file: a session, or a sub-agent of one. */
interface Conversation {
  readonly key: string;
  readonly tree: StepTree;
  time: string;
}

/** Claude Code session files (JSONL), all versions: a tree of lines, one model call over several of them (SPEC §14). */
export class ClaudeCodeReader implements LineReader {
  private readonly conversations = new Map<string, Conversation>();
  /** Which conversation a line is of, for those that hang on it. */
  private readonly homes = new Map<string, Conversation>();
  private readonly starts: AgentStarts;
  private readonly linked = new Set<string>();
  private readonly boundaries = new Map<string, { readonly from: string; readonly to: string }>();
  private main: Conversation | undefined;
  private number = 0;

  constructor(
    private readonly sink: Sink,
    private readonly options: ClaudeCodeOptions = {},
  ) {
    this.starts = options.starts ?? new Map<string, AgentStart>();
  }

  line(text: string, number: number): void {
    this.number = number;
    const { value, repaired } = parseJson(text);
    if (!isDict(value)) {
      this.skip('line', 'not an object');
      return;
    }
    if (repaired) this.skip(textAt(value, 'type') ?? 'line', 'lone surrogates were replaced by U+FFFD');
    this.record(value);
  }

  settle(): void {
    for (const { tree } of this.conversations.values()) tree.settle();
  }

  pending(): number {
    return [...this.conversations.values()].reduce((sum, { tree }) => sum + tree.pending(), 0);
  }

  private record(line: Dict): void {
    const type = textAt(line, 'type') ?? (isDict(line['message']) ? textAt(line['message'], 'role') : undefined);
    if (type === 'user' || type === 'assistant' || type === 'attachment') {
      this.content(type, line);
      return;
    }
    if (type === 'system' && this.system(line)) return;
    if (type === 'progress' && this.agentProgress(line)) return;
    if (type === 'summary' || type === 'custom-title' || type === 'ai-title') this.title(line);
    this.link(line);
    this.skip(type ?? 'line', type !== undefined && BOOKKEEPING.has(type) ? 'no message' : 'unknown line');
  }

  private content(type: 'user' | 'assistant' | 'attachment', line: Dict): void {
    const home = this.home(line);
    const entry = this.entry(home, line);
    if (home.tree.has(entry.id)) {
      this.skip(type, 'duplicate');
      return;
    }
    const id = nameAt(line, 'uuid');
    if (id !== undefined) this.homes.set(id, home);
    if (type === 'attachment') this.attachment(home, entry, line);
    else if (!isDict(line['message'])) this.unreadable(home, entry, type);
    else if (type === 'user') this.user(home, entry, line, line['message']);
    else this.assistant(home, entry, line, line['message']);
  }

  private user(home: Conversation, entry: Entry, line: Dict, message: Dict): void {
    const content = message['content'];
    const { results, rest } = splitResults(content);
    if (results.length > 0) {
      const drafts = results.map((block) => resultDraft(block, toolNames(home.tree), this.leftOut));
      home.tree.results(entry, drafts, rest.length === 0 ? [] : [dialogue('user', contentText(rest, this.leftOut))]);
      this.agentOfResult(home, line, results);
      return;
    }
    const text = contentText(content, this.leftOut);
    if (line['isCompactSummary'] === true) {
      const boundary = typeof entry.parent === 'string' ? this.boundaries.get(entry.parent) : undefined;
      home.tree.compaction(entry, text, boundary ?? []);
    } else if (line['isMeta'] === true && !COMMAND_CAVEAT.test(text)) {
      home.tree.note(entry, [dialogue('user', text)]);
    } else {
      home.tree.prompt(entry, [dialogue('user', text)]);
    }
  }

  private assistant(home: Conversation, entry: Entry, line: Dict, message: Dict): void {
    const model = nameAt(message, 'model') ?? null;
    const content = message['content'];
    const blocks = blocksOf(content);
    if (line['isApiErrorMessage'] === true) {
      const text = contentText(content, this.leftOut);
      home.tree.note(entry, [note('api-error', { text })]);
      return;
    }
    if (model === SYNTHETIC) {
      home.tree.note(entry, answerDrafts(blocks, toolNames(home.tree), this.leftOut));
      return;
    }
    const keys = [nameAt(message, 'id'), nameAt(line, 'requestId')].filter((key) => key !== undefined);
    const usage = dictAt(message, 'usage');
    home.tree.answer({
      ...entry,
      keys: keys.length === 0 ? [entry.id] : keys,
      drafts: answerDrafts(blocks, toolNames(home.tree), this.leftOut),
      model,
      usage: usage === undefined ? null : usageFigures(usage),
      finishReason: nameAt(message, 'stop_reason') ?? null,
    });
    for (const block of blocks) this.agentStarted(home, block);
  }

  private attachment(home: Conversation, entry: Entry, line: Dict): void {
    const attachment = dictAt(line, 'attachment') ?? {};
    const type = textAt(attachment, 'type') ?? 'attachment';
    if (type === 'queued_command') {
      home.tree.prompt(entry, [dialogue('user', contentText(attachment['prompt'], this.leftOut))]);
      return;
    }
    const file = dictAt(attachment, 'content');
    const path =
      nameAt(attachment, 'filename') ?? nameAt(attachment, 'path') ?? nameAt(dictAt(file, 'file'), 'filePath');
    const text = textAt(dictAt(file, 'file'), 'content') ?? textAt(file, 'content') ?? textAt(attachment, 'snippet');
    if (path !== undefined && text !== undefined) {
      home.tree.note(entry, [attachedFile(path, text)]);
      return;
    }
    home.tree.link(entry.id, entry.parent);
    this.skip(`attachment:${type}`, 'no message');
  }

  /** True when the line is done with. */
  private system(line: Dict): boolean {
    const subtype = textAt(line, 'subtype');
    if (subtype === 'compact_boundary') {
      const segment = dictAt(dictAt(line, 'compactMetadata'), 'preservedSegment');
      const from = nameAt(segment, 'headUuid');
      const to = nameAt(segment, 'tailUuid');
      const id = nameAt(line, 'uuid');
      if (id !== undefined && from !== undefined && to !== undefined) this.boundaries.set(id, { from, to });
      return false;
    }
    if (subtype === 'stop_hook_summary' || subtype === 'turn_duration') this.home(line).tree.turnEnded(parentOf(line));
    const text = textAt(line, 'content');
    if (subtype !== 'local_command' || text === undefined) return false;
    const home = this.home(line);
    const entry = this.entry(home, line);
    if (home.tree.has(entry.id)) this.skip('system', 'duplicate');
    else home.tree.prompt(entry, [dialogue('user', text)]);
    return true;
  }

  /** A sub-agent's messages as its parent's file repeats them. True when the line is done with. */
  private agentProgress(line: Dict): boolean {
    const data = dictAt(line, 'data');
    const agentId = nameAt(data, 'agentId');
    const inner = dictAt(data, 'message');
    if (textAt(data, 'type') !== 'agent_progress' || agentId === undefined || inner === undefined) return false;
    const home = this.home(line);
    this.link(line);
    const toolCallId = nameAt(line, 'parentToolUseID');
    if (toolCallId !== undefined) this.agentLink(home, agentId, toolCallId);
    if (this.options.agentsElsewhere?.has(agentId) === true) {
      this.skip('progress', 'in the file of its sub-agent');
      return true;
    }
    const type = textAt(inner, 'type');
    if (type === 'user' || type === 'assistant')
      this.content(type, { ...inner, agentId, isSidechain: true, repeated: true });
    else this.skip('progress', 'unknown line');
    return true;
  }

  private agentOfResult(home: Conversation, line: Dict, results: readonly Dict[]): void {
    const agentId = nameAt(line['toolUseResult'], 'agentId');
    const toolCallId = nameAt(results[0], 'tool_use_id');
    if (agentId === undefined || toolCallId === undefined) return;
    this.agentLink(home, agentId, toolCallId);
    const stillRuns = nameAt(line['toolUseResult'], 'status')?.startsWith('async') === true;
    if (!stillRuns) this.conversations.get(`${home.key}/${agentId}`)?.tree.finish();
  }

  private agentStarted(home: Conversation, block: unknown): void {
    const toolCallId = nameAt(block, 'id');
    const prompt = textAt(dictAt(block, 'input'), 'prompt');
    if (toolCallId === undefined || prompt === undefined || !SUBAGENT_TOOLS.has(nameAt(block, 'name') ?? '')) return;
    this.starts.set(toolCallId, { from: home, prompt: digestOf(prompt.trim()) });
  }

  private agentLink(home: Conversation, agentId: string, toolCallId: string): void {
    const from = home.tree.toolCommit(toolCallId);
    if (from === undefined || this.linked.has(agentId)) return;
    this.linked.add(agentId);
    this.starts.delete(toolCallId);
    this.sink({ kind: 'agent', session: home.key, agentId, from });
  }

  private title(line: Dict): void {
    const title =
      nameAt(line, 'summary') ?? nameAt(line, 'customTitle') ?? nameAt(line, 'aiTitle') ?? nameAt(line, 'title');
    if (title !== undefined && this.main !== undefined) this.sink({ kind: 'info', session: this.main.key, title });
  }

  private link(line: Dict): void {
    const id = nameAt(line, 'uuid');
    if (id === undefined) return;
    const home = this.home(line);
    if (home.tree.has(id)) return;
    this.homes.set(id, home);
    home.tree.link(id, nameAt(line, 'logicalParentUuid') ?? parentOf(line));
  }

  private unreadable(home: Conversation, entry: Entry, type: string): void {
    home.tree.link(entry.id, entry.parent);
    this.skip(type, 'no message in it');
  }

  private entry(home: Conversation, line: Dict): Entry {
    home.time = sessionTime(line['timestamp']) ?? home.time;
    const id = nameAt(line, 'uuid');
    return {
      id: id ?? `${home.key}#${this.number}`,
      // Without an id of its own a line is of a version that wrote no tree.
      parent: nameAt(line, 'logicalParentUuid') ?? (id === undefined ? undefined : parentOf(line)),
      line: this.number,
      time: home.time,
    };
  }

  /** The conversation a line is of: its sub-agent's, the one of the line it hangs on, or its session's. */
  private home(line: Dict): Conversation {
    const agentId = nameAt(line, 'agentId');
    const session =
      nameAt(line, 'sessionId') ??
      nameAt(line, 'session_id') ??
      this.main?.key.split('/')[0] ??
      this.options.session ??
      'session';
    const isAgents = line['isSidechain'] === true;
    if (agentId !== undefined && isAgents) return this.conversation(`${session}/${agentId}`, session, agentId, line);
    const parent = parentOf(line);
    const home = typeof parent === 'string' ? this.homes.get(parent) : undefined;
    if (home !== undefined && home.key.includes('/') === isAgents) return home;
    if (!isAgents) return this.conversation(session, null, null, line);
    return this.sidechain(session, line);
  }

  /** Older versions wrote sub-agents between the lines of their session, told apart by their first prompt only. */
  private sidechain(session: string, line: Dict): Conversation {
    const agentId = nameAt(line, 'uuid') ?? `line-${this.number}`;
    return this.conversation(`${session}/${agentId}`, session, agentId, line);
  }

  /** The tool call that started a sub-agent, by its prompt: of the calls that gave the same one, the first. */
  private linkByPrompt(agentId: string, line: Dict): void {
    const prompt = digestOf(contentText(dictAt(line, 'message')?.['content'], ignore).trim());
    for (const [toolCallId, start] of this.starts) {
      if (start.prompt !== prompt) continue;
      this.agentLink(start.from, agentId, toolCallId);
      return;
    }
  }

  private conversation(key: string, parent: string | null, agentId: string | null, line: Dict): Conversation {
    const known = this.conversations.get(key);
    if (known !== undefined) return known;
    this.sink({ kind: 'session', key, format: 'claude-code', parent, agentId, repeated: line['repeated'] === true });
    const cwd = nameAt(line, 'cwd');
    if (cwd !== undefined) this.sink({ kind: 'info', session: key, cwd });
    const made = { key, tree: new StepTree(key, this.sink), time: NO_TIME };
    this.conversations.set(key, made);
    this.main ??= made;
    if (agentId !== null) this.linkByPrompt(agentId, line);
    return made;
  }

  private readonly leftOut: LeftOut = (type, reason) => {
    this.skip(type, reason);
  };

  private skip(type: string, reason: string): void {
    this.sink({ kind: 'skip', line: this.number, type: type.slice(0, 64), reason });
  }
}

function parentOf(line: Dict): string | null | undefined {
  const parent = line['parentUuid'];
  return typeof parent === 'string' || parent === null ? parent : undefined;
}

const USAGE_KEYS = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;

/** The figures that count, without what else the provider sends along; null when the two main ones are not there. */
function usageFigures(usage: Dict): JsonObject | null {
  const figures: Record<string, number> = {};
  for (const key of USAGE_KEYS) {
    const value = usage[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) figures[key] = value;
  }
  return 'input_tokens' in figures && 'output_tokens' in figures ? figures : null;
}

function ignore(): void {
  // Looked at once before: what is left out is reported where the message is read.
}

/** True for a line that only Claude Code writes. */
export function isClaudeCodeLine(value: unknown): boolean {
  if (!isDict(value)) return false;
  const type = textAt(value, 'type');
  if (type === 'user' || type === 'assistant') return isDict(value['message']);
  if (type === undefined) return nameAt(value, 'sessionId') !== undefined && 'role' in (dictAt(value, 'message') ?? {});
  if (type === 'summary') return 'summary' in value;
  return (
    !('payload' in value) && (BOOKKEEPING.has(type) || type === 'attachment') && listAt(value, 'requests') === undefined
  );
}

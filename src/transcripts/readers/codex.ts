import type { JsonObject, JsonValue } from '../../core/model/json.js';
import type { LeftOut } from '../blocks.js';
import { dialogue, draftText, instruction, reasoning, toolSettings, type Draft } from '../drafts.js';
import type { LineReader, Sink } from '../events.js';
import { dictAt, isDict, listAt, nameAt, numberAt, parseJson, textAt, type Dict } from '../json.js';
import { digestOf } from '../step.js';
import { NO_TIME, sessionTime } from '../time.js';
import type { Entry } from '../entry.js';
import { StepTree } from '../tree.js';
import { toolNames } from './anthropic-blocks.js';
import { readResponseItem, reasoningParts } from './response-items.js';
import { Twins } from './twins.js';

/** A model call as far as it is read. */
interface OpenCall {
  readonly key: string;
  /** Items of the call itself, not only events about it. */
  items: number;
  usage: JsonObject | null;
}

/** Usage that came before the items of its call, with the line it stands in. */
interface EarlyUsage {
  readonly usage: JsonObject;
  readonly model: string | null;
  readonly line: number;
  readonly time: string;
}

/** What a person did not type: no turn of theirs, so a rollback does not count it. */
const INJECTED =
  /^\s*(<(environment_context|user_instructions|INSTRUCTIONS|permissions|turn_aborted|skill)|# AGENTS\.md instructions)/;
/** What Codex writes around an image of a prompt. */
const IMAGE_MARK = /^<\/?image\b[^>]*>$/;

/**
 * Codex rollouts (JSONL), old ones without envelope included. The same text may come as an event and as an item: the first one
 * counts. A call ends with its usage, a tool's output or the next prompt; a rollback goes back to before a prompt, so that a fork
 * starts there.
 */
export class CodexReader implements LineReader {
  private tree: StepTree | undefined;
  private key = '';
  private number = 0;
  private time = NO_TIME;
  private model: string | null = null;
  private calls = 0;
  private open: OpenCall | undefined;
  /** The last call, which a late usage belongs to. */
  private lastCall: OpenCall | undefined;
  private early: EarlyUsage | undefined;
  private lastTotal = '';
  private cursor: string | null | undefined;
  /** Where each turn of the person started from, for rollbacks. */
  private readonly turns: (string | null)[] = [];
  private readonly users = new Twins();
  private readonly answers = new Twins();
  private readonly prompts = new Map<string, string>();

  constructor(
    private readonly sink: Sink,
    private readonly fallbackSession = 'codex',
  ) {}

  line(text: string, number: number): void {
    this.number = number;
    const { value, repaired } = parseJson(text);
    if (!isDict(value)) {
      this.skip('line', 'not an object');
      return;
    }
    const type = textAt(value, 'type');
    if (repaired) this.skip(type ?? 'line', 'lone surrogates were replaced by U+FFFD');
    this.time = sessionTime(value['timestamp']) ?? this.time;
    const payload = dictAt(value, 'payload');
    if (payload === undefined) this.bare(value, type);
    else this.enveloped(type ?? 'line', payload);
  }

  settle(): void {
    this.tree?.settle();
  }

  pending(): number {
    return (this.tree?.pending() ?? 0) + (this.early === undefined ? 0 : 1);
  }

  private enveloped(type: string, payload: Dict): void {
    switch (type) {
      case 'session_meta':
        this.meta(payload);
        return;
      case 'turn_context':
        this.model = nameAt(payload, 'model') ?? this.model;
        this.skip(type, 'no message');
        return;
      case 'response_item':
        this.item(payload);
        return;
      case 'event_msg':
        this.event(payload);
        return;
      case 'compacted':
        this.compacted(payload);
        return;
      default:
        this.skip(type, 'unknown line');
    }
  }

  /** The oldest rollouts: a header, then items without an envelope. */
  private bare(value: Dict, type: string | undefined): void {
    if (type !== undefined) this.item(value);
    else if ('record_type' in value) this.skip(nameAt(value, 'record_type') ?? 'line', 'no message');
    else if (nameAt(value, 'id') !== undefined) this.meta(value);
    else this.skip('line', 'unknown line');
  }

  private meta(payload: Dict): void {
    if (this.tree !== undefined) {
      this.skip('session_meta', 'no message');
      return;
    }
    this.time = sessionTime(payload['timestamp']) ?? this.time;
    const spawn = dictAt(dictAt(dictAt(payload, 'source'), 'subagent'), 'thread_spawn');
    const tree = this.start(nameAt(payload, 'id') ?? this.fallbackSession, nameAt(spawn, 'parent_thread_id') ?? null);
    const cwd = nameAt(payload, 'cwd');
    if (cwd !== undefined) this.sink({ kind: 'info', session: this.key, cwd });
    const drafts: Draft[] = [];
    const base = nameAt(dictAt(payload, 'base_instructions'), 'text') ?? nameAt(payload, 'instructions');
    if (base !== undefined) drafts.push(instruction(base));
    const tools = (listAt(payload, 'dynamic_tools') ?? []).flatMap(toolDefinition);
    if (tools.length > 0) drafts.push(toolSettings(tools));
    if (drafts.length > 0) tree.note(this.entry(), drafts);
    else this.skip('session_meta', 'no message');
  }

  private item(item: Dict): void {
    const tree = this.conversation();
    const read = readResponseItem(item, toolNames(tree), this.leftOut);
    const type = textAt(item, 'type') ?? 'item';
    if (read === undefined || read.side === 'none') {
      this.skip(type, read === undefined ? 'unknown line' : 'no message');
      return;
    }
    if (read.side === 'user') {
      this.user(read.drafts, 'item', typed(item['content']));
    } else if (read.side === 'system') {
      tree.note(this.entry(), read.drafts);
    } else if (read.side === 'result') {
      this.endCall();
      this.answers.clear();
      tree.results(this.entry(), read.drafts);
    } else {
      const drafts = type === 'reasoning' ? this.newReasoning(item) : this.newAnswer(read.drafts);
      this.answer(drafts, 'item');
      if (drafts.length === 0) this.skip(type, 'said before by an event');
    }
  }

  private event(payload: Dict): void {
    const type = textAt(payload, 'type') ?? 'event_msg';
    switch (type) {
      case 'user_message': {
        const images = [...(listAt(payload, 'images') ?? []), ...(listAt(payload, 'local_images') ?? [])];
        for (const _image of images) this.skip('image', 'left out');
        const text = textAt(payload, 'message') ?? '';
        this.user([dialogue('user', text)], 'event', text);
        return;
      }
      case 'agent_message':
        this.said([dialogue('assistant', textAt(payload, 'message') ?? '')], type);
        return;
      case 'agent_reasoning':
      case 'agent_reasoning_raw_content':
        this.said([reasoning(textAt(payload, 'text') ?? '', 'parsed')], type);
        return;
      case 'token_count':
        this.tokens(payload);
        return;
      case 'thread_rolled_back':
        this.rollBack(numberAt(payload, 'num_turns') ?? 0);
        return;
      default:
        this.skip(type, 'no message');
    }
  }

  /** `text`: what the person typed, by which an event and its item know each other. */
  private user(drafts: readonly Draft[], from: 'item' | 'event', text: string): void {
    if (this.users.isSecond(text, from)) {
      this.skip('user_message', 'the same as the line before it');
      return;
    }
    this.endCall();
    this.unanswered();
    this.answers.clear();
    const tree = this.conversation();
    if (!INJECTED.test(text)) this.turns.push(this.cursor ?? null);
    const entry = this.entry();
    this.prompts.set(digestOf(text.trim()), entry.id);
    tree.prompt(entry, drafts);
  }

  private said(drafts: readonly Draft[], type: string): void {
    const fresh = drafts.filter((draft) => !this.answers.isSecond(draftText(draft), 'event'));
    if (fresh.length === 0) this.skip(type, 'the same as the line before it');
    else this.answer(fresh, 'event');
  }

  private newAnswer(drafts: readonly Draft[]): readonly Draft[] {
    return drafts.filter((draft) => draft.toolName !== undefined || !this.answers.isSecond(draftText(draft), 'item'));
  }

  /** An item holds several parts of which each may have been an event. */
  private newReasoning(item: Dict): readonly Draft[] {
    const parts = reasoningParts(item).filter((part) => !this.answers.isSecond(part, 'item'));
    return parts.length === 0 ? [] : [reasoning(parts.join('\n\n'), 'parsed')];
  }

  private answer(drafts: readonly Draft[], from: 'item' | 'event'): void {
    this.users.clear();
    const open = (this.open ??= this.startCall());
    if (from === 'item') open.items++;
    if (drafts.length > 0) this.report(open, drafts);
  }

  private startCall(): OpenCall {
    this.calls++;
    const call = { key: `${this.key}/call-${this.calls}`, items: 0, usage: this.early?.usage ?? null };
    this.early = undefined;
    this.lastCall = call;
    return call;
  }

  private report(call: OpenCall, drafts: readonly Draft[]): void {
    const { key, usage } = call;
    const entry = drafts.length === 0 ? { ...this.entryOf(`${key}/usage`), parent: this.cursor } : this.entry();
    this.conversation().answer({ ...entry, keys: [key], drafts, model: this.model, usage, finishReason: null });
  }

  private endCall(): void {
    this.open = undefined;
  }

  /** A call whose answer is not in the file was paid for, too: its usage must not go to the next one. */
  private unanswered(): void {
    if (this.early === undefined) return;
    const { model, line, time } = this.early;
    const { key, usage } = this.startCall();
    const id = `${key}/usage`;
    const entry = { id, line, time, parent: this.cursor };
    this.conversation().answer({ ...entry, keys: [key], drafts: [], model, usage, finishReason: null });
    this.cursor = id;
  }

  private tokens(payload: Dict): void {
    const info = dictAt(payload, 'info');
    const last =
      dictAt(info, 'last_token_usage') ?? (numberAt(payload, 'input_tokens') === undefined ? undefined : payload);
    const total = JSON.stringify(dictAt(info, 'total_token_usage') ?? last ?? null);
    const usage = last === undefined ? undefined : responsesUsage(last);
    // Nothing read and nothing written is no call: such figures tell of the context only.
    const isCall = usage !== undefined && (usage['input_tokens'] !== 0 || usage['output_tokens'] !== 0);
    if (!isCall || total === this.lastTotal) {
      this.skip('token_count', 'no new usage');
      return;
    }
    this.lastTotal = total;
    const call = this.lastCall;
    if (call === undefined || call.usage !== null) {
      this.unanswered();
      this.early = { usage, model: this.model, line: this.number, time: this.time };
      return;
    }
    call.usage = usage;
    this.report(call, []);
    // Older versions wrote a call's items after its events and its usage.
    if (call.items > 0 && this.open === call) this.endCall();
  }

  private compacted(payload: Dict): void {
    this.endCall();
    this.unanswered();
    const kept = (listAt(payload, 'replacement_history') ?? [])
      .filter((item) => textAt(item, 'role') === 'user')
      .map((item) => this.prompts.get(digestOf(typed(isDict(item) ? item['content'] : '').trim())))
      .filter((id) => id !== undefined);
    const text = nameAt(payload, 'message') ?? '[the summary is encrypted]';
    this.conversation().compaction(this.entry(), text, kept);
  }

  private rollBack(count: number): void {
    this.skip('thread_rolled_back', 'no message');
    this.endCall();
    this.unanswered();
    if (!Number.isSafeInteger(count) || count < 1 || this.turns.length === 0) return;
    const at = Math.max(0, this.turns.length - count);
    this.cursor = this.turns[at] ?? null;
    this.turns.length = at;
  }

  private entry(): Entry {
    const entry = { ...this.entryOf(`${this.key}#${this.number}`), parent: this.cursor };
    this.cursor = entry.id;
    return entry;
  }

  private entryOf(id: string) {
    return { id, line: this.number, time: this.time };
  }

  private conversation(): StepTree {
    return this.tree ?? this.start(this.fallbackSession, null);
  }

  private start(key: string, parent: string | null): StepTree {
    this.key = key;
    this.sink({
      kind: 'session',
      key,
      format: 'codex',
      parent,
      agentId: parent === null ? null : key,
      repeated: false,
    });
    this.tree = new StepTree(key, this.sink);
    return this.tree;
  }

  private readonly leftOut: LeftOut = (type, reason) => {
    this.skip(type, reason);
  };

  private skip(type: string, reason: string): void {
    this.sink({ kind: 'skip', line: this.number, type: type.slice(0, 64), reason });
  }
}

/** Codex's figures in the shape of the API they came from. */
function responsesUsage(usage: Dict): JsonObject | undefined {
  const input = count(usage, 'input_tokens');
  const output = count(usage, 'output_tokens');
  if (input === undefined || output === undefined) return undefined;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: count(usage, 'cached_input_tokens') ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: count(usage, 'reasoning_output_tokens') ?? 0 },
    total_tokens: count(usage, 'total_tokens') ?? input + output,
  };
}

function count(usage: Dict, key: string): number | undefined {
  const value = numberAt(usage, key);
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function toolDefinition(tool: unknown): JsonValue[] {
  const name = nameAt(tool, 'name');
  if (name === undefined || (isDict(tool) && tool['deferLoading'] === true)) return [];
  const parameters = (dictAt(tool, 'inputSchema') ?? {}) as JsonObject;
  return [{ type: 'function', function: { name, description: textAt(tool, 'description') ?? '', parameters } }];
}

/** The typed part of a prompt, as its event has it: no images, and nothing that Codex writes around them. */
function typed(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  const texts = content.map((part) => textAt(part, 'text') ?? '');
  return texts.filter((text) => !IMAGE_MARK.test(text)).join('');
}

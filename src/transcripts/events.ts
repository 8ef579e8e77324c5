import type { JsonObject } from '../core/model/json.js';

/** The formats of SPEC §14. `openai-responses` is the item list of OpenAI's Responses API. */
export const TRANSCRIPT_FORMATS = [
  'claude-code',
  'codex',
  'openai',
  'openai-responses',
  'anthropic',
  'vscode-chat',
  'markdown',
] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** A conversation of the file: becomes a tract. Comes before every other event that names its `key`. */
export interface SessionEvent {
  readonly kind: 'session';
  /** The session's id; for a sub-agent `<session id>/<agent id>`. The same session always has the same key. */
  readonly key: string;
  readonly format: TranscriptFormat;
  /** The key of the conversation that started this one; null for a main one. */
  readonly parent: string | null;
  readonly agentId: string | null;
  /** Its messages are repeated in another conversation's progress lines: they are no lines of this file's own. */
  readonly repeated: boolean;
}

/** What the file says about a session beside its messages; later ones add to or replace earlier ones. */
export interface SessionInfoEvent {
  readonly kind: 'info';
  readonly session: string;
  readonly title?: string;
  readonly cwd?: string;
}

/** A line of history: the main one is 0, each fork starts another (SPEC Annex B.9). */
export interface LaneEvent {
  readonly kind: 'lane';
  readonly session: string;
  readonly lane: number;
  /** The id of the first message on it: what names its ref. */
  readonly id: string;
  /** The commit it starts from; null when it starts from nothing. */
  readonly from: number | null;
}

/** A commit to be made. They come in an order in which each can be made at once and never needs to be changed. */
export interface CommitEvent {
  readonly kind: 'commit';
  readonly session: string;
  /** Number within the session, from 0, without gaps. */
  readonly seq: number;
  /** `seq` of the parent commit; null for a root. */
  readonly parent: number | null;
  readonly lane: number;
  readonly operation: 'append' | 'edit' | 'annotate' | 'compress';
  /** edit and annotate: the commit it is about. */
  readonly target: number | null;
  /** compress: the commits that the summary stands for, in order. */
  readonly sources: readonly number[];
  /**
   * append, edit: a content of SPEC §3. annotate: `{priority, reason}`. compress: `{text, role}`. The hashes that their payloads
   * name are put in by whoever commits.
   */
  readonly content: JsonObject;
  /** Compiling metadata (Annex B.2): `tool_calls`, `tool_call_id`, `role`, `path`. */
  readonly metadata: JsonObject;
  /** The session's own time (SPEC §4 text). */
  readonly time: string;
  /** The session's own id of the message; several commits of one line share it. */
  readonly id: string;
  /** Line of the file, from 1; for formats that are one document the index of the message, from 1. */
  readonly line: number;
  /** The model call this belongs to, as its own message id; null for what no model wrote. */
  readonly call: string | null;
  /** The model that wrote it. */
  readonly model: string | null;
}

/**
 * A model call, once it is known to be over, and once more with newer figures when more of it turns up: the last event for an id
 * is the truth.
 */
export interface CallEvent {
  readonly kind: 'call';
  readonly session: string;
  readonly id: string;
  /** What was compiled for it: the commit before its answer. */
  readonly head: number;
  /** Its answer's commits, in order. */
  readonly answer: readonly number[];
  readonly model: string | null;
  /** The provider's own usage object of the call's last report, for `normalizeUsage`; null when the file has none. */
  readonly usage: JsonObject | null;
  readonly finishReason: string | null;
  readonly latencyMs: number | null;
  readonly time: string;
  readonly line: number;
}

/** The tool call that started a sub-agent. */
export interface AgentEvent {
  readonly kind: 'agent';
  readonly session: string;
  readonly agentId: string;
  /** The commit of the tool call. */
  readonly from: number;
}

/** Something of the file that is not in the history, or not as it was written. */
export interface SkipEvent {
  readonly kind: 'skip';
  readonly line: number;
  readonly type: string;
  readonly reason: string;
}

export type TranscriptEvent =
  SessionEvent | SessionInfoEvent | LaneEvent | CommitEvent | CallEvent | AgentEvent | SkipEvent;

export type Sink = (event: TranscriptEvent) => void;

/** Reads one format, line by line. What it passes to its sink for a prefix of a file is a prefix of what it passes for the whole. */
export interface LineReader {
  line(text: string, number: number): void;
  /** Reports the calls that are still open as they stand; reading can go on afterwards. */
  settle(): void;
  /** Lines read whose place is not certain yet (Annex B.8): not passed on so far. */
  pending(): number;
}

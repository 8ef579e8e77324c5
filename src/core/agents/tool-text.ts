import type { AgentCommit, AgentContext, AgentRecord } from './agent-tract.js';

const LINE = 100;

/** First line, at most 100 characters. */
export function firstLine(text: string): string {
  const [line = ''] = text.trimStart().split('\n', 1);
  return line.length > LINE ? `${line.slice(0, LINE - 1)}…` : line;
}

export function short(hash: string): string {
  return hash.slice(0, 8);
}

/** `1 message`, `12 messages`. */
export function messageCount(count: number): string {
  return `${count} ${count === 1 ? 'message' : 'messages'}`;
}

/** Every number says whether it was reported or estimated (SPEC §6). */
export function tokens(count: number, source: string): string {
  return `${source.startsWith('api:') ? '' : '~'}${count} tokens`;
}

/** `1a2b3c4d  append dialogue  ~12 tokens  2026-01-01T00:00:00+00:00  What is 2+2?` */
export function commitLine(commit: AgentCommit): string {
  const priority = commit.effectivePriority === 'normal' ? [] : [commit.effectivePriority];
  return [
    short(commit.commitHash),
    `${commit.operation} ${commit.contentType}`,
    ...priority,
    `~${commit.tokenCount} tokens`,
    commit.createdAt,
    firstLine(commit.message),
  ].join('  ');
}

export function recordLine(record: AgentRecord): string {
  return [
    record.id,
    record.createdAt,
    record.model ?? 'unknown model',
    record.outcome,
    `head ${short(record.headHash)}`,
    messageCount(record.commitCount),
    tokens(record.tokenCount, record.tokenSource),
    `stable prefix ${messageCount(record.stablePrefix.messages)}`,
  ].join('  ');
}

/** `12 messages, ~3400 tokens at 1a2b3c4d` */
export function contextLine(context: AgentContext): string {
  const at = context.head === null ? 'before the first commit' : `at ${short(context.head)}`;
  return `${messageCount(context.messages.length)}, ${tokens(context.tokenCount, context.tokenSource)} ${at}`;
}

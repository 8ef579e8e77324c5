import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import type { TranscriptEvent } from '../../../src/transcripts/events.js';
import { ClaudeCodeReader } from '../../../src/transcripts/readers/claude-code.js';
import { CodexReader } from '../../../src/transcripts/readers/codex.js';
import { feed } from './reading.js';

const number = fc.nat({ max: 1000 });
/** What one line of a random session does; `at` picks the line, call or tool it is about. */
const action = fc.record({
  kind: fc.constantFrom(
    'prompt',
    'fork',
    'retry',
    'text',
    'text',
    'tool',
    'tool',
    'result',
    'result',
    'result',
    'meta',
    'progress',
    'compact',
    'copy',
    'final',
  ),
  at: number,
});

/** A session that goes anywhere a session can, and some places it cannot. */
function claudeSession(actions: readonly { readonly kind: string; readonly at: number }[]): string[] {
  const lines: string[] = [];
  const ids: string[] = [];
  const tools: { readonly id: string; readonly line: string }[] = [];
  let call = 0;
  let last: string | null = null;
  for (const [index, { kind, at }] of actions.entries()) {
    const uuid = `u${index}`;
    const base = { uuid, parentUuid: last, sessionId: 's', timestamp: new Date(index * 1000).toISOString() };
    const any = ids[at % Math.max(1, ids.length)] ?? null;
    const add = (line: object): void => {
      lines.push(JSON.stringify({ ...base, ...line }));
      ids.push(uuid);
      last = uuid;
    };
    const answer = (content: object, more: object = {}, stop: string | null = null): void => {
      const usage = { input_tokens: 1, output_tokens: index };
      const message = { id: `m${call}`, model: 'x', role: 'assistant', content: [content], usage, stop_reason: stop };
      add({ type: 'assistant', message, ...more });
    };
    if (kind === 'prompt') {
      call++;
      add({ type: 'user', message: { role: 'user', content: `p${at % 3}` } });
    } else if (kind === 'fork') {
      call++;
      add({ type: 'user', parentUuid: any, message: { role: 'user', content: `f${at % 3}` } });
    } else if (kind === 'retry') {
      call++;
      answer({ type: 'text', text: 'again' }, { parentUuid: any });
    } else if (kind === 'text') {
      if (at % 2 === 0) call++;
      answer({ type: 'text', text: `t${at % 5}` });
    } else if (kind === 'final') {
      answer({ type: 'text', text: 'end' }, {}, 'end_turn');
    } else if (kind === 'tool') {
      tools.push({ id: `tool${index}`, line: uuid });
      answer({ type: 'tool_use', id: `tool${index}`, name: 'Read', input: {} });
    } else if (kind === 'result') {
      const tool = tools[tools.length - 1 - (at % Math.max(1, tools.length))];
      if (tool === undefined) continue;
      const content = [{ type: 'tool_result', tool_use_id: tool.id, content: 'r' }];
      add({ type: 'user', parentUuid: tool.line, message: { role: 'user', content } });
    } else if (kind === 'meta') {
      add({
        type: 'user',
        isMeta: true,
        message: { role: 'user', content: 'm' },
        ...(at % 3 ? {} : { parentUuid: any }),
      });
    } else if (kind === 'progress') {
      add({ type: 'progress', data: {} });
    } else if (kind === 'compact') {
      add({ type: 'user', isCompactSummary: true, message: { role: 'user', content: 'summary' } });
    } else {
      const copied = lines[at % Math.max(1, lines.length)];
      if (copied !== undefined) lines.push(copied);
    }
  }
  return lines;
}

function codexSession(actions: readonly { readonly kind: string; readonly at: number }[]): string[] {
  const calls: string[] = [];
  let total = 0;
  return actions.map(({ kind, at }, index) => {
    const line = (type: string, payload: object): string =>
      JSON.stringify({ timestamp: new Date(index * 1000).toISOString(), type, payload });
    const text = `t${at % 3}`;
    switch (kind) {
      case 'prompt':
        return line('event_msg', { type: 'user_message', message: text });
      case 'fork':
        return line('event_msg', { type: 'thread_rolled_back', num_turns: at % 4 });
      case 'meta':
        return line('response_item', { type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
      case 'text':
        return line('response_item', { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
      case 'retry':
        return line('event_msg', { type: 'agent_message', message: text });
      case 'copy':
        return line('response_item', { type: 'reasoning', summary: [{ type: 'summary_text', text }] });
      case 'progress':
        return line('event_msg', { type: 'agent_reasoning', text });
      case 'tool':
        calls.push(`c${index}`);
        return line('response_item', { type: 'function_call', name: 'shell', arguments: '{}', call_id: `c${index}` });
      case 'result':
        return line('response_item', {
          type: 'function_call_output',
          call_id: calls[at % Math.max(1, calls.length)] ?? 'none',
          output: 'r',
        });
      case 'compact':
        return line('compacted', { message: 'summary' });
      default:
        total += 10;
        return line('event_msg', {
          type: 'token_count',
          info: {
            total_token_usage: { total_tokens: total },
            last_token_usage: { input_tokens: 5, output_tokens: 5 },
          },
        });
    }
  });
}

function read(reader: 'claude' | 'codex', lines: readonly string[]): { events: TranscriptEvent[]; pending: number } {
  const events: TranscriptEvent[] = [];
  const sink = (event: TranscriptEvent): void => {
    events.push(event);
  };
  const made = reader === 'claude' ? new ClaudeCodeReader(sink) : new CodexReader(sink);
  feed(made, lines, sink);
  return { events, pending: made.pending() };
}

for (const [name, session] of [
  ['claude', claudeSession],
  ['codex', codexSession],
] as const) {
  describe(`Any prefix of a ${name} session (Annex B.8)`, () => {
    it('gives a prefix of what the whole gives', () => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 40 }), number, (actions, cut) => {
          const lines = session(actions);
          const whole = read(name, lines).events;
          const part = read(name, lines.slice(0, cut % (lines.length + 1))).events;
          assert.deepEqual(part, whole.slice(0, part.length));
        }),
        { numRuns: 300 },
      );
    });

    it('makes commits whose parents, targets and sources are there, each once, and calls with a head', () => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
          const { events, pending } = read(name, [
            ...session(actions),
            ...session([{ kind: 'prompt', at: 0 }]).map((line) => line.replace('"u0"', '"end"')),
          ]);
          const next = new Map<string, number>();
          for (const event of events) {
            if (event.kind === 'call') assert.ok(event.head >= 0 && event.answer.every((seq) => seq > event.head));
            if (event.kind !== 'commit') continue;
            const seq = next.get(event.session) ?? 0;
            assert.equal(event.seq, seq);
            next.set(event.session, seq + 1);
            for (const named of [event.parent ?? -1, event.target ?? -1, ...event.sources]) assert.ok(named < seq);
            assert.equal(new Set(event.sources).size, event.sources.length);
          }
          assert.equal(pending, 0);
        }),
        { numRuns: 300 },
      );
    });
  });
}

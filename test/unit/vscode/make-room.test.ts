import assert from 'node:assert/strict';
import type { CompiledMessage } from '../../../src/core/model/context.js';
import { beforeWindow, heaviestToolResults, olderHalf } from '../../../src/vscode/chat/make-room.js';

const message = (commitHash: string, tokenCount: number, rest: Partial<CompiledMessage> = {}): CompiledMessage => ({
  commitHash,
  tokenCount,
  role: 'user',
  content: '',
  name: null,
  toolCalls: null,
  toolCallId: null,
  direction: null,
  priority: 'normal',
  contentType: 'dialogue',
  edited: false,
  generationConfig: null,
  ...rest,
});
const hashes = (room: { messages: readonly CompiledMessage[] }) => room.messages.map(({ commitHash }) => commitHash);

describe('what makes room (SPEC §11)', () => {
  it('older half: the oldest messages with half of the tokens, never the last', () => {
    const context = [message('a', 100), message('b', 100), message('c', 100), message('d', 100)];
    assert.deepEqual(hashes(olderHalf(context)), ['a', 'b']);
    assert.equal(olderHalf(context).saves, 170);
    assert.deepEqual(hashes(olderHalf([message('a', 100)])), []);
  });

  it('pinned messages free nothing', () => {
    const context = [message('a', 100, { priority: 'pinned' }), message('b', 100), message('c', 200)];
    assert.equal(olderHalf(context).saves, 85);
  });

  it('sliding window: all but the last ten', () => {
    const context = Array.from({ length: 12 }, (_, i) => message(String(i), 10));
    assert.deepEqual(hashes(beforeWindow(context)), ['0', '1']);
    assert.deepEqual(hashes(beforeWindow(context.slice(0, 10))), []);
  });

  it('heaviest tool results: results only, none that matters, at most five, the heaviest first', () => {
    const result = { direction: 'result', contentType: 'tool_io' } as const;
    const context = [
      message('call', 9000, { direction: 'call' }),
      message('small', 99, result),
      message('pinned', 5000, { ...result, priority: 'pinned' }),
      message('important', 5000, { ...result, priority: 'important' }),
      ...[300, 700, 200, 600, 400, 500].map((tokens) => message(String(tokens), tokens, result)),
    ];
    const room = heaviestToolResults(context);
    assert.deepEqual(hashes(room), ['700', '600', '500', '400', '300']);
    assert.equal(room.saves, 2500);
  });
});

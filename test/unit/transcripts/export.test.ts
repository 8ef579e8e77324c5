import assert from 'node:assert/strict';
import { openStore } from '../../../src/library.js';
import { exportContext, exportSession } from '../../../src/transcripts/export.js';
import { importTranscript } from '../../../src/transcripts/node/import-transcript.js';
import { pieces } from './reading.js';

const body = {
  system: 'Be brief.',
  tools: [{ name: 'f', description: 'F.', input_schema: { type: 'object' } }],
  messages: [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'x' }] },
    { role: 'assistant', content: 'Done.' },
  ],
};

async function imported(source: string) {
  const store = await openStore({ tokenCounter: (value: string) => value.length, verifyCache: true });
  const report = await importTranscript(pieces(new TextEncoder().encode(source), 4096), { store });
  return { report, context: await store.tract(report.tracts[0] ?? '').compile() };
}

describe('A context out again (§14)', () => {
  it('as an Anthropic request, calls and results paired', async () => {
    const { context } = await imported(JSON.stringify(body));
    const { text, extension } = exportContext(context, 'anthropic');
    assert.equal(extension, 'json');
    const request = JSON.parse(text) as typeof body;
    assert.equal(request.system, 'Be brief.');
    assert.deepEqual(request.tools, body.tools);
    assert.deepEqual(request.messages.slice(0, 2), body.messages.slice(0, 2));
    assert.deepEqual(
      request.messages.map(({ role }) => role),
      ['user', 'assistant', 'user', 'assistant'],
    );
  });

  it('as an OpenAI request that imports again with the same ids and arguments', async () => {
    const { context } = await imported(JSON.stringify(body));
    const { text } = exportContext(context, 'openai');
    const again = await imported(text);
    assert.equal(again.report.format, 'openai');
    assert.deepEqual(
      again.context.messages.map(({ toolCalls, toolCallId }) => [toolCalls, toolCallId]),
      context.messages.map(({ toolCalls, toolCallId }) => [toolCalls, toolCallId]),
    );
    assert.deepEqual(again.context.tools, context.tools);
  });

  it('as Markdown', async () => {
    const { context } = await imported(JSON.stringify(body));
    const { text, languageId } = exportContext(context, 'markdown');
    assert.equal(languageId, 'markdown');
    assert.match(text, /^## system\n\nBe brief\.\n/);
  });

  it('as the seed of a new Claude Code session: one chain of lines that imports again, without calls of its own', async () => {
    const { context } = await imported(JSON.stringify(body));
    let count = 0;
    const seed = exportSession(context, {
      sessionId: 'new-1',
      cwd: '/w',
      now: '2026-06-01T00:00:00.000Z',
      newId: () => `id-${++count}`,
    });
    const lines = seed.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { uuid: string; parentUuid: string | null; sessionId: string });
    assert.ok(lines.every((line, index) => line.parentUuid === (lines[index - 1]?.uuid ?? null)));
    assert.ok(lines.every(({ sessionId }) => sessionId === 'new-1'));
    const again = await imported(seed.text);
    assert.equal(again.report.format, 'claude-code');
    assert.equal(again.report.calls, 0);
    const assistants = (of: typeof context) => of.toAnthropic().messages.filter(({ role }) => role === 'assistant');
    assert.deepEqual(assistants(again.context), assistants(context));
    assert.equal(again.context.messages.find(({ toolCallId }) => toolCallId !== null)?.toolCallId, 't1');
  });
});

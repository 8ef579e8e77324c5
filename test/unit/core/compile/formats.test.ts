import assert from 'node:assert/strict';
import type { CompiledContext, Tract } from '../../../../src/library.js';
import { openTract } from '../support.js';

type Call = readonly [id: string, args?: string];

const calling = (tract: Tract, text: string, ...calls: readonly Call[]) =>
  tract.assistant(text, {
    metadata: { tool_calls: calls.map(([id, args = '{}']) => ({ id, name: 'calc', arguments: args })) },
  });
const answering = (tract: Tract, id: string | null, value: string) =>
  tract.commit(
    { content_type: 'tool_io', tool_name: 'calc', direction: 'result', payload: { value } },
    { metadata: id === null ? null : { tool_call_id: id } },
  );

/** An OpenAI request in short: role, text, and of calls and results their ids. */
function short(context: CompiledContext): string[] {
  return context
    .toOpenAI()
    .map(
      ({ role, content, tool_calls, tool_call_id }) =>
        `${role}${tool_call_id === undefined ? '' : ` ${tool_call_id}`}: ${content ?? 'null'}${(tool_calls ?? []).map((call) => ` [${call.id}]`).join('')}`,
    );
}

describe('provider formats (§5)', () => {
  it('§5: toOpenAI and toDicts, plain', async () => {
    const tract = await openTract();
    await tract.system('Be kind.');
    await tract.user('Hi', { metadata: { name: 'Bob' } });
    const context = await tract.compile();
    const plain = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi', name: 'Bob' },
    ];
    assert.deepEqual(context.toOpenAI(), plain);
    assert.deepEqual(context.toDicts(), plain);
  });

  it('§5: toAnthropic: system texts joined by a blank line, tool blocks, same-role messages joined', async () => {
    const tract = await openTract();
    await tract.system('Be kind.');
    await tract.user('one');
    await tract.user('two');
    await calling(tract, 'let me see', ['c1', '{"x":1}']);
    await answering(tract, 'c1', '4');
    await tract.user('and?');
    await tract.system('Be brief.');
    await tract.assistant('4');
    assert.deepEqual((await tract.compile()).toAnthropic(), {
      system: 'Be kind.\n\nBe brief.',
      messages: [
        { role: 'user', content: 'one\n\ntwo' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'let me see' },
            { type: 'tool_use', id: 'c1', name: 'calc', input: { x: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: 'calc → 4' },
            { type: 'text', text: 'and?' },
          ],
        },
        { role: 'assistant', content: '4' },
      ],
    });
    assert.equal((await (await openTract()).compile()).toAnthropic().system, null);
  });

  it('§5: toAnthropic: a blank text beside tool calls is no block', async () => {
    const tract = await openTract();
    await tract.user('q');
    await tract.assistant('\n\n');
    await calling(tract, '', ['c1']);
    await answering(tract, 'c1', '4');
    assert.deepEqual((await tract.compile()).toAnthropic().messages[1], {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'c1', name: 'calc', input: {} }],
    });
  });

  it('§5: toMarkdown: a section a message; fences longer than those inside', async () => {
    const tract = await openTract();
    await tract.user('Hi', { metadata: { name: 'Bob' } });
    await calling(tract, '', ['c1', '"```"']);
    assert.equal(
      (await tract.compile()).toMarkdown(),
      '## user (Bob)\n\nHi\n\n## assistant\n\n````json tool-call calc\n"```"\n````\n',
    );
  });
});

describe('pairs of calls and results (B.4)', () => {
  it('B.4: raw arguments are sent uncut; a call joins the other commits of the same model call', async () => {
    const tract = await openTract();
    const args = `{"a":"${'x'.repeat(300)}"}`;
    await tract.user('q');
    await tract.assistant('thinking aloud');
    await calling(tract, '', ['c1', args]);
    await calling(tract, '', ['c2']);
    await answering(tract, 'c2', 'two');
    await answering(tract, 'c1', 'one');
    const request = (await tract.compile()).toOpenAI();
    assert.deepEqual(request[1], {
      role: 'assistant',
      content: 'thinking aloud',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'calc', arguments: args } },
        { id: 'c2', type: 'function', function: { name: 'calc', arguments: '{}' } },
      ],
    });
    assert.deepEqual(request.slice(2), [
      { role: 'tool', tool_call_id: 'c1', content: 'calc → one' },
      { role: 'tool', tool_call_id: 'c2', content: 'calc → two' },
    ]);
  });

  it('B.4: a visible call whose result is hidden gets `[left out]`', async () => {
    const tract = await openTract();
    await calling(tract, 'a', ['c1']);
    const result = await answering(tract, 'c1', '4');
    await tract.user('next');
    await tract.annotate(result.commitHash, 'skip');
    assert.deepEqual(short(await tract.compile()), ['assistant: a [c1]', 'tool c1: [left out]', 'user: next']);
  });

  it('B.4: a result whose call is hidden goes as user text', async () => {
    const tract = await openTract();
    const call = await calling(tract, 'a', ['c1']);
    await answering(tract, 'c1', '4');
    await tract.annotate(call.commitHash, 'skip');
    assert.deepEqual(short(await tract.compile()), ['user: calc → 4']);
  });

  it('B.4: either without an id is plain text', async () => {
    const tract = await openTract();
    await calling(tract, '', ['']);
    await answering(tract, null, '4');
    await tract.commit({ content_type: 'tool_io', tool_name: 'calc', direction: 'call', payload: { x: 1 } });
    assert.deepEqual(short(await tract.compile()), ['assistant: calc({})', 'user: calc → 4', 'assistant: calc(x=1)']);
  });

  it('B.4: a result that stands before its call, by a reorder, is user text, and the call’s is left out', async () => {
    const tract = await openTract();
    await calling(tract, 'a', ['c1']);
    const result = await answering(tract, 'c1', '4');
    await tract.reorder([result.commitHash]);
    assert.deepEqual(short(await tract.compile()), ['user: calc → 4', 'assistant: a [c1]', 'tool c1: [left out]']);
  });

  it('B.4: results that stand further on follow their call', async () => {
    const tract = await openTract();
    await calling(tract, 'a', ['c1'], ['c2']);
    await answering(tract, 'c1', 'one');
    await tract.user('meanwhile');
    await answering(tract, 'c2', 'two');
    assert.deepEqual(short(await tract.compile()), [
      'assistant: a [c1] [c2]',
      'tool c1: calc → one',
      'tool c2: calc → two',
      'user: meanwhile',
    ]);
  });

  it('B.4: an id that repeats: each result belongs to the nearest call before it that has none', async () => {
    const tract = await openTract();
    for (const n of ['one', 'two', 'three']) {
      await calling(tract, n, ['call_0']);
      await answering(tract, 'call_0', n);
    }
    assert.deepEqual(short(await tract.compile()), [
      'assistant: one [call_0]',
      'tool call_0: calc → one',
      'assistant: two [call_0]',
      'tool call_0: calc → two',
      'assistant: three [call_0]',
      'tool call_0: calc → three',
    ]);
  });

  it('B.4: an id that repeats while a result is hidden: the others stay where they belong', async () => {
    const tract = await openTract();
    await calling(tract, 'one', ['x']);
    const hidden = await answering(tract, 'x', 'one');
    await tract.user('again');
    await calling(tract, 'two', ['x'], ['x']);
    await answering(tract, 'x', 'two a');
    await answering(tract, 'x', 'two b');
    await tract.annotate(hidden.commitHash, 'skip');
    assert.deepEqual(short(await tract.compile()), [
      'assistant: one [x]',
      'tool x: [left out]',
      'user: again',
      'assistant: two [x] [x]',
      'tool x: calc → two a',
      'tool x: calc → two b',
    ]);
  });

  it('B.4: a second result for one call is not lost: it goes as user text', async () => {
    const tract = await openTract();
    await calling(tract, 'one', ['x']);
    await answering(tract, 'x', 'first');
    await answering(tract, 'x', 'second');
    assert.deepEqual(short(await tract.compile()), [
      'assistant: one [x]',
      'tool x: calc → first',
      'user: calc → second',
    ]);
  });

  it('B.4: an edit without tool metadata of its own keeps the original’s; ids, names and arguments count', async () => {
    const tract = await openTract();
    const call = await calling(tract, 'a', ['c1', '{"x":1}']);
    await answering(tract, 'c1', '4');
    const before = (await tract.compile()).tokenCount;
    await tract.edit(call.commitHash, { content_type: 'dialogue', role: 'assistant', text: 'b' });
    const after = await tract.compile();
    assert.deepEqual(short(after), ['assistant: b [c1]', 'tool c1: calc → 4']);
    assert.equal(after.tokenCount, before);
    assert.deepEqual(after.messages[0]?.toolCalls, [{ id: 'c1', name: 'calc', arguments: '{"x":1}' }]);
    assert.equal(after.messages[1]?.toolCallId, 'c1');
  });
});

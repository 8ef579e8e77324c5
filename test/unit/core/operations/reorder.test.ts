import assert from 'node:assert/strict';
import { openTract } from '../support.js';

describe('reorder (§9.3)', () => {
  it('§9.3: reorder puts the listed first and warns of answers before questions and results before calls', async () => {
    const tract = await openTract();
    const question = await tract.user('q');
    const answer = await tract.assistant('a');
    const call = await tract.assistant('', { metadata: { tool_calls: [{ id: '1', name: 'f', arguments: '{}' }] } });
    const result = await tract.commit(
      { content_type: 'tool_io', tool_name: 'f', direction: 'result', payload: { v: 1 } },
      { metadata: { tool_call_id: '1' } },
    );
    const plain = await tract.reorder([question.commitHash]);
    assert.deepEqual(plain.warnings, []);
    const { warnings } = await tract.reorder([result.commitHash, answer.commitHash]);
    assert.deepEqual(
      (await tract.compile()).commitHashes,
      [result, answer, question, call].map((c) => c.commitHash),
    );
    const short = ({ commitHash }: { readonly commitHash: string }) => commitHash.slice(0, 8);
    assert.deepEqual(warnings, [
      `Answer ${short(answer)} now comes before its question ${short(question)}.`,
      `Tool result ${short(result)} now comes before its call ${short(call)}.`,
    ]);
  });

  it('§9.3: a tool result without an id belongs to the call before it', async () => {
    const tract = await openTract();
    const tool = (direction: string) =>
      tract.commit({ content_type: 'tool_io', tool_name: 'calc', direction, payload: { x: 1 } });
    const [call, result, otherCall, otherResult] = [
      await tool('call'),
      await tool('result'),
      await tool('call'),
      await tool('result'),
    ].map(({ commitHash }) => commitHash);
    const { warnings } = await tract.reorder([call ?? '', result ?? '', otherResult ?? '']);
    assert.deepEqual(warnings, [
      `Tool result ${otherResult?.slice(0, 8)} now comes before its call ${otherCall?.slice(0, 8)}.`,
    ]);
  });
});

import assert from 'node:assert/strict';
import { codeOf, numbered, openTract, texts } from '../support.js';

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

  it('§2, §9.3: a list that is empty, names one twice, an edit, an annotation or an unknown ref changes nothing', async () => {
    const { tract, hashes } = await numbered(2);
    const [one = ''] = hashes;
    const edit = await tract.edit(one, { content_type: 'dialogue', role: 'user', text: 'ONE' });
    const note = await tract.annotate(one, 'important');
    const { head } = tract;
    const codes: string[] = [];
    for (const refs of [[], [one, one], [one, 'HEAD~3'], [edit.commitHash], [note.commitHash], ['nowhere'], ['HEAD']])
      codes.push(await codeOf(tract.reorder(refs)));
    assert.deepEqual(codes, [
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'TARGET',
      'TARGET',
      'COMMIT_NOT_FOUND',
      'TARGET',
    ]);
    assert.equal(tract.head, head);
  });

  it('§2: a skipped message keeps its new place until it shows; edits and later reorders build on it', async () => {
    const { tract, hashes } = await numbered(3);
    await tract.annotate(hashes[2] ?? '', 'skip');
    await tract.reorder([hashes[2] ?? '', hashes[1] ?? '']);
    assert.deepEqual(texts(await tract.compile()), ['2', '1']);
    await tract.annotate(hashes[2] ?? '', 'normal');
    assert.deepEqual(texts(await tract.compile()), ['3', '2', '1']);
    await tract.reorder([hashes[0] ?? '']);
    assert.deepEqual(texts(await tract.compile()), ['1', '3', '2']);
  });

  it('§9.3: no warning when question and answer, call and result keep their order', async () => {
    const tract = await openTract();
    const q1 = await tract.user('q1');
    const a1 = await tract.assistant('a1');
    const q2 = await tract.user('q2');
    const a2 = await tract.assistant('a2');
    assert.deepEqual((await tract.reorder([q2.commitHash, a2.commitHash])).warnings, []);
    assert.deepEqual(
      (await tract.compile()).commitHashes,
      [q2, a2, q1, a1].map((c) => c.commitHash),
    );
    assert.equal((await tract.reorder([a1.commitHash])).warnings.length, 1);
  });
});

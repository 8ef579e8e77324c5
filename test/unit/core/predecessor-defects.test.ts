import assert from 'node:assert/strict';
import { openTract, texts } from './support.js';

/** What the Python predecessor got wrong (issue 3); each must be impossible here, by the fold. */
describe('defects of the predecessor (§2, §5, §9)', () => {
  it('loses content when a middle range is compressed (§9.4): everything around the range stays', async () => {
    const tract = await openTract();
    const hashes: string[] = [];
    for (const i of [1, 2, 3, 4, 5, 6]) hashes.push((await tract.user(`message number ${i} of six`)).commitHash);
    await tract.compress({ range: { from: hashes[2] ?? '', to: hashes[3] ?? '' }, text: '3+4' });
    assert.deepEqual(texts(await tract.compile()), [
      'message number 1 of six',
      'message number 2 of six',
      '3+4',
      'message number 5 of six',
      'message number 6 of six',
    ]);
  });

  it('loses merged content in nested merges (§5, §9.2): every branch of a merged branch stands once', async () => {
    const tract = await openTract();
    await tract.user('root');
    await tract.branch('outer');
    await tract.user('outer 1');
    await tract.branch('inner');
    await tract.user('inner 1');
    await tract.checkout('outer');
    await tract.user('outer 2');
    await tract.merge('inner');
    await tract.checkout('main');
    await tract.user('main 1');
    await tract.merge('outer');
    assert.deepEqual(texts(await tract.compile()), ['root', 'main 1', 'outer 1', 'outer 2', 'inner 1']);
  });

  it('forgets pins (§9.4): a pinned message survives compression verbatim, with its latest edit', async () => {
    const tract = await openTract();
    await tract.user('one, which is long enough to be worth a summary');
    const pinned = await tract.user('two');
    await tract.user('three, which is long enough to be worth a summary');
    await tract.annotate(pinned.commitHash, 'pinned');
    await tract.edit(pinned.commitHash, { content_type: 'dialogue', role: 'user', text: 'two, edited' });
    await tract.compress({ text: ['first', 'second'] });
    assert.deepEqual(texts(await tract.compile()), ['first', 'two, edited', 'second']);
  });

  for (const [pinsFirst, how] of [
    [true, 'pinned here and compressed there'],
    [false, 'compressed here and pinned there'],
  ] as const) {
    it(`forgets pins in merges (§2, §9.2): ${how}, the message still stands`, async () => {
      const tract = await openTract();
      const kept = await tract.user('the exact words that must be kept');
      await tract.user('some more words that may go');
      await tract.branch('f', { checkout: false });
      const pin = () => tract.annotate(kept.commitHash, 'pinned');
      const compress = () => tract.compress({ text: 'sum' });
      await (pinsFirst ? pin() : compress());
      await tract.checkout('f');
      await (pinsFirst ? compress() : pin());
      await tract.checkout('main');
      await tract.merge('f');
      assert.deepEqual(texts(await tract.compile()).sort(), ['sum', 'the exact words that must be kept']);
    });
  }

  it('never compiles conflict resolutions (§9.2): ours, theirs and a text show as chosen', async () => {
    for (const [resolution, shown] of [
      ['ours', 'our version'],
      ['theirs', 'their version'],
      [{ text: 'a third version' }, 'a third version'],
    ] as const) {
      const tract = await openTract();
      const target = (await tract.user('original')).commitHash;
      await tract.branch('f');
      await tract.edit(target, { content_type: 'dialogue', role: 'user', text: 'their version' });
      await tract.checkout('main');
      await tract.edit(target, { content_type: 'dialogue', role: 'user', text: 'our version' });
      await tract.merge('f', { resolutions: { [target]: resolution } });
      assert.deepEqual(texts(await tract.compile()), [shown]);
    }
  });

  it('an annotation on one branch blanks another (§2): it is not seen there until it is merged', async () => {
    const tract = await openTract();
    const target = (await tract.user('shared')).commitHash;
    await tract.branch('f');
    await tract.annotate(target, 'skip');
    assert.deepEqual(texts(await tract.compile()), []);
    await tract.checkout('main');
    assert.deepEqual(texts(await tract.compile()), ['shared']);
    await tract.merge('f');
    assert.deepEqual(texts(await tract.compile()), []);
  });

  it('serves stale caches (§5.1): after annotations, edits and tool calls, cached equals fresh, tokens too', async () => {
    const tract = await openTract({ compileCacheSize: 100 });
    const call = await tract.assistant('', {
      metadata: { tool_calls: [{ id: 'call_1', name: 'calc', arguments: '{"expression":"2+2"}' }] },
    });
    const before = (await tract.compile()).tokenCount;
    await tract.edit(call.commitHash, { content_type: 'dialogue', role: 'assistant', text: 'let me see' });
    assert.equal((await tract.compile()).tokenCount, before + 3, 'the tool call still counts');
    await tract.annotate(call.commitHash, 'skip');
    assert.equal((await tract.compile()).tokenCount, 0);
    await tract.checkout('HEAD~1');
    assert.equal((await tract.compile()).tokenCount, before + 3);
  });

  it('shows token deltas of zero (§8): a diff counts what changed', async () => {
    const tract = await openTract();
    const first = await tract.user('Hello');
    assert.equal((await tract.diff()).totals.tokenDelta, 5);
    await tract.edit(first.commitHash, { content_type: 'dialogue', role: 'user', text: 'Hello Hello Hello' });
    assert.equal((await tract.diff()).totals.tokenDelta, 2);
    await tract.annotate(first.commitHash, 'skip');
    assert.equal((await tract.diff()).totals.tokenDelta, -7);
  });
});

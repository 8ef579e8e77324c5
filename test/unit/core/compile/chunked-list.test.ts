import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChunkedList } from '../../../../src/core/compile/chunked-list.js';
import type { Slot } from '../../../../src/core/compile/snapshot.js';

const EMPTY: ChunkedList<Slot> = ChunkedList.EMPTY;

function slot(commitHash: string): Slot {
  return {
    commitHash,
    contentType: 'dialogue',
    priority: 'normal',
    explicit: false,
    retention: null,
    hiddenBy: null,
    role: 'user',
    text: commitHash,
    name: null,
    directive: null,
    message: commitHash,
    edited: false,
    generationConfig: null,
    toolCalls: null,
    toolCallId: null,
    direction: null,
    textTokens: 1,
    toolTokens: 0,
    tokens: 5,
  };
}

function listOf(texts: readonly string[]): ChunkedList<Slot> {
  return texts.reduce((list, text) => list.push(slot(text)), EMPTY);
}

function texts(list: ChunkedList<Slot>): readonly string[] {
  return list.toArray().map(({ text }) => text);
}

describe('ChunkedList (SPEC §5.1: a child shares what its parent holds)', () => {
  it('numbers slots in the order they are pushed', () => {
    const list = listOf(['a', 'b', 'c']);
    assert.equal(list.size, 3);
    assert.deepEqual(
      [-1, 0, 2, 3].map((id) => list.get(id)?.text),
      [undefined, 'a', 'c', undefined],
    );
    assert.deepEqual(texts(EMPTY), []);
  });

  it('does not see what a child added or replaced, nor what another child of its own parent did', () => {
    const base = listOf(['a', 'b']);
    const ours = base.push(slot('ours'));
    const theirs = base.set(0, slot('edited')).push(slot('theirs'));
    const more = base.push(slot('more'));
    assert.deepEqual([base, ours, theirs, more].map(texts), [
      ['a', 'b'],
      ['a', 'b', 'ours'],
      ['edited', 'b', 'theirs'],
      ['a', 'b', 'more'],
    ]);
    assert.equal(base.get(2), undefined);
  });

  it('shares the slots of a long history, and parts at the ends of its chunks', () => {
    const versions = [EMPTY];
    for (let i = 0; i < 800; i++) versions.push((versions.at(-1) ?? EMPTY).push(slot(`c${i}`)));
    for (const size of [1, 255, 256, 257, 511, 512, 513, 800]) {
      const list = versions[size] ?? EMPTY;
      const fork = list.set(size - 1, slot('edited')).push(slot('fork'));
      assert.deepEqual([list.size, list.get(size - 1)?.text, list.get(size)], [size, `c${size - 1}`, undefined]);
      assert.deepEqual([fork.size, fork.get(size - 1)?.text, fork.get(size)?.text], [size + 1, 'edited', 'fork']);
      assert.equal(fork.get(size - 2), list.get(size - 2));
      assert.deepEqual(texts(fork), [...texts(list).slice(0, -1), 'edited', 'fork']);
      assert.equal(versions[800]?.get(799)?.text, 'c799');
    }
  });

  it('equals a list of its own, whatever is forked from what (property)', () => {
    const step = fc.record({ from: fc.nat(), pushes: fc.integer({ min: 0, max: 300 }), replaced: fc.option(fc.nat()) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const made: { list: ChunkedList<Slot>; own: string[] }[] = [{ list: EMPTY, own: [] }];
        for (const [i, { from, pushes, replaced }] of steps.entries()) {
          const parent = made[from % made.length];
          if (!parent) continue;
          let { list } = parent;
          const own = [...parent.own];
          for (let n = 0; n < pushes; n++) {
            list = list.push(slot(`${i}.${n}`));
            own.push(`${i}.${n}`);
          }
          if (replaced !== null && own.length > 0) {
            list = list.set(replaced % own.length, slot(`${i}`));
            own[replaced % own.length] = `${i}`;
          }
          made.push({ list, own });
        }
        for (const { list, own } of made) {
          assert.deepEqual(texts(list), own);
          assert.deepEqual(
            [...own.keys()].map((id) => list.get(id)?.text),
            own,
          );
        }
      }),
    );
  });
});

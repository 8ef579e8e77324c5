import assert from 'node:assert/strict';
import { Recent } from '../../../src/storage/recent.js';

describe('Recent: the values used last', () => {
  it('keeps what is used, and at least the last `max`', () => {
    const recent = new Recent<number>(2);
    for (const [i, key] of ['a', 'b', 'c'].entries()) recent.set(key, i);
    assert.equal(recent.get('a'), 0);
    recent.set('d', 3);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => recent.get(key)),
      [0, undefined, 2, 3],
    );
  });

  it('counts values by their size, and does not keep one that is too large', () => {
    const recent = new Recent<string>(10, (text) => text.length);
    recent.set('a', '12345678');
    recent.set('long', '12345678901');
    recent.set('b', '1234');
    assert.deepEqual(
      ['a', 'long', 'b'].map((key) => recent.get(key)),
      ['12345678', undefined, '1234'],
    );
  });

  it('forgets one value, or all', () => {
    const recent = new Recent<number>(1);
    recent.set('a', 0);
    recent.set('b', 1);
    recent.delete('a');
    assert.deepEqual([recent.get('a'), recent.get('b')], [undefined, 1]);
    recent.clear();
    assert.equal(recent.get('b'), undefined);
  });
});

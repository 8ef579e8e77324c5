import assert from 'node:assert/strict';
import { wantsColour } from '../../../src/cli/colours.js';
import { budgetBar, bytes, grouped, tokens } from '../../../src/cli/figures.js';

/** Colours as words. */
const named = (style: unknown, text: string): string => `<${String(style)}>${text}</>`;

describe('figures of the command line (issue 8)', () => {
  it('the bar has 30 characters, green to 70 %, yellow to 90 %, red above', () => {
    const bar = (used: number) => budgetBar(used, 100, named);
    assert.equal(bar(0), `[<green></>${'░'.repeat(30)}] 0%`);
    assert.equal(bar(70), `[<green>${'█'.repeat(21)}</>${'░'.repeat(9)}] 70%`);
    assert.equal(bar(71), `[<yellow>${'█'.repeat(21)}</>${'░'.repeat(9)}] 71%`);
    assert.equal(bar(90), `[<yellow>${'█'.repeat(27)}</>${'░'.repeat(3)}] 90%`);
    assert.equal(bar(91), `[<red>${'█'.repeat(27)}</>${'░'.repeat(3)}] 91%`);
    assert.equal(bar(150), `[<red>${'█'.repeat(30)}</>] 150%`);
  });

  it('reported tokens stand as they are, estimates carry a ~ (§6)', () => {
    assert.equal(tokens(1234, 'api:1234+5'), '1,234');
    assert.equal(tokens(1234, 'tiktoken:o200k_base'), '~1,234');
    assert.deepEqual([0, 999, 1000, 1_234_567].map(grouped), ['0', '999', '1,000', '1,234,567']);
    assert.equal(bytes(999), '999 B');
    assert.equal(bytes(1500), '1.5 kB');
  });

  it('colours on a terminal only, unless the environment says otherwise', () => {
    assert.equal(wantsColour({ isTTY: true, env: {} }), true);
    assert.equal(wantsColour({ isTTY: true, env: { TERM: 'dumb' } }), false);
    assert.equal(wantsColour({ isTTY: false, env: {} }), false);
    assert.equal(wantsColour({ isTTY: false, env: { FORCE_COLOR: '1' } }), true);
    assert.equal(wantsColour({ isTTY: true, env: { FORCE_COLOR: '0' } }), false);
    assert.equal(wantsColour({ isTTY: true, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }), false);
  });
});

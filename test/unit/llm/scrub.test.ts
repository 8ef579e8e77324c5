import assert from 'node:assert/strict';
import fc from '../support/fast-check.js';
import { scrub } from '../../../src/llm/scrub.js';

const NONE = { secrets: [], texts: [] };

describe('scrub: what may be repeated of a provider’s words (SPEC §17)', () => {
  it('keeps an ordinary message', () => {
    const message = 'The model `gpt-9` does not exist or you do not have access to it.';
    assert.equal(scrub(message, { secrets: ['abc'], texts: ['Hi'] }), message);
  });

  it('removes keys, known or by their look', () => {
    assert.equal(scrub('Bad key my-own-key!', { secrets: ['my-own-key'], texts: [] }), 'Bad key …!');
    assert.equal(scrub('Incorrect API key provided: sk-proj-ab*****wxyz.', NONE), 'Incorrect API key provided: …');
    assert.equal(scrub('Header Authorization: Bearer abc.def.ghi is wrong', NONE), 'Header Authorization: … is wrong');
    assert.equal(scrub('Proxy http://bob:pw@host/ failed', NONE), 'Proxy http:…host/ failed');
    assert.equal(scrub(`token ${'A1b2'.repeat(10)} expired`, NONE), 'token … expired');
  });

  it('removes what it repeats of the request', () => {
    const texts = ['Dear diary, today I robbed a bank.', 'pass1'];
    assert.equal(
      scrub('Flagged: "today I robbed a bank" and pass1 in messages[1]', { secrets: [], texts }),
      'Flagged: "…" and … in messages[1]',
    );
  });

  it('bounds and flattens', () => {
    assert.equal(scrub('one\n\ttwo\u0007three  four', NONE), 'one two three four');
    assert.ok(scrub('word '.repeat(10_000), NONE).length <= 301);
    assert.equal(scrub('…', NONE), '');
  });

  it('says nothing rather than search a huge request', () => {
    assert.equal(scrub('Something is wrong', { secrets: [], texts: ['x'.repeat(5_000_000)] }), '');
  });

  it('never lets 12 characters of a text or a whole key through', () => {
    const text = fc.string({ minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (secretText, before, after) => {
        const shown = scrub(`${before}${secretText}${after}`, { secrets: ['k3y-k3y'], texts: [secretText] });
        for (let at = 0; at + 12 <= secretText.length; at += 1) {
          const part = secretText.slice(at, at + 12);
          assert.ok(!shown.includes(part) || /^[\s…]+$/.test(part), `${shown} shows ${part}`);
        }
      }),
      { numRuns: 200 },
    );
  });
});

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DocumentCounter, type TextChange } from '../../../src/vscode/editor/document-counter.js';
import { randomSource, randomText } from '../tokens/random-text.js';
import { tokenizers } from '../tokens/source-tokenizers.js';

/** A document with its counter. Background counts wait until they are released. */
class Typist {
  text: string;
  readonly counter: DocumentCounter;
  readonly failures: unknown[] = [];
  background = 0;
  #waiting: (() => void)[] = [];

  constructor(text: string, failing = false) {
    this.text = text;
    const counted = { getText: () => this.text, length: () => this.text.length };
    this.counter = new DocumentCounter(counted, {
      tokenizer: tokenizers.createTokenizer(),
      countMany: async (texts, signal) => {
        this.background++;
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        if (failing) throw new Error('stopped');
        signal.throwIfAborted();
        return texts.map((part) => tokenizers.countTokens(part));
      },
      counted: () => undefined,
      failed: (error) => this.failures.push(error),
    });
  }

  /** Replaces; several changes of one event are given from the end of the text on, as VS Code does. */
  edit(...changes: [offset: number, length: number, text: string][]): void {
    const made = changes.map(([rangeOffset, rangeLength, text]): TextChange => ({ rangeOffset, rangeLength, text }));
    for (const { rangeOffset, rangeLength, text } of made)
      this.text = this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength);
    this.counter.apply(made);
  }

  async release(): Promise<void> {
    for (const resolve of this.#waiting.splice(0)) resolve();
    await sleep(1);
  }

  get expected(): number {
    return tokenizers.countTokens(this.text);
  }
}

const LARGE = 'The quick brown fox jumps over the lazy dog. '.repeat(3_000);

describe('DocumentCounter (§15 inline token counts)', () => {
  it('counts a small document at once and follows typing, several cursors and undo', () => {
    const typist = new Typist('Hello\nHello\nHello\n');
    assert.equal(typist.counter.tokens, 6);
    typist.edit([17, 0, ' world'], [11, 0, ' world'], [5, 0, ' world']);
    assert.equal(typist.counter.tokens, 9);
    typist.edit([29, 6, ''], [17, 6, ''], [5, 6, '']);
    assert.equal(typist.text, 'Hello\nHello\nHello\n');
    assert.equal(typist.counter.tokens, 6);
    assert.equal(typist.counter.countRange(0, 5), 1);
    assert.equal(typist.counter.countRange(0, 99), null);
  });

  it('counts a large document in the background and takes in what was typed meanwhile', async () => {
    const typist = new Typist(LARGE);
    assert.equal(typist.counter.tokens, null);
    typist.edit([10, 5, 'red']);
    typist.edit([0, 0, 'Look: ']);
    await typist.release();
    assert.equal(typist.counter.tokens, typist.expected);
    assert.equal(typist.background, 1);
  });

  it('counts a huge paste in the background, once for several', async () => {
    const typist = new Typist('Hello');
    typist.edit([5, 0, LARGE]);
    typist.edit([5, 0, LARGE]);
    assert.equal(typist.counter.tokens, null);
    await sleep(300);
    await typist.release();
    assert.equal(typist.counter.tokens, typist.expected);
    assert.equal(typist.background, 1);
  });

  it('counts anew when changes do not lead to the text that is there, as after a reload', async () => {
    const typist = new Typist('Hello\nHello\n');
    typist.text = 'Hello\r\nHello\r\n';
    typist.counter.apply([]);
    await sleep(300);
    assert.equal(typist.counter.tokens, typist.expected);
    typist.text = 'x';
    typist.counter.apply([{ rangeOffset: 500, rangeLength: 1, text: '' }]);
    await sleep(300);
    assert.equal(typist.counter.tokens, 1);
  });

  it('says when the background fails, and stops quietly when the document is closed', async () => {
    const failing = new Typist(LARGE, true);
    await failing.release();
    assert.equal(failing.counter.tokens, null);
    assert.equal(failing.failures.length, 1);
    const closed = new Typist(LARGE, true);
    closed.counter.dispose();
    await closed.release();
    assert.deepEqual(closed.failures, []);
  });

  it('equals the full count after random edits', () => {
    const random = randomSource(11);
    const typist = new Typist(randomText(random, 500));
    for (let n = 0; n < 200; n++) {
      const offset = Math.floor(random() * (typist.text.length + 1));
      const length = Math.min(typist.text.length - offset, Math.floor(random() * 8));
      typist.edit([offset, length, randomText(random, 3)]);
      assert.equal(typist.counter.tokens, typist.expected);
    }
  });
});

import assert from 'node:assert/strict';
import { CompressionError, RequestTooLargeError } from '../../../../src/core/model/errors.js';
import { summarizeFile } from '../../../../src/core/operations/summarize.js';
import type { Model, ModelRequest } from '../../../../src/core/ports/model.js';

describe('a model summarises a file (§12)', () => {
  const sent: ModelRequest[] = [];
  const model = (text: string, contextWindow = 100): Model => ({
    id: 'test/one',
    contextWindow,
    async *send(request) {
      sent.push(request);
      await Promise.resolve();
      yield { type: 'text', text };
    },
  });
  const file = { path: 'src/a.ts', content: 'const a = 1;', tokens: 100 };
  const { signal } = new AbortController();
  beforeEach(() => {
    sent.length = 0;
  });

  it('sends the file as material and gives the answer without its margins', async () => {
    assert.equal(await summarizeFile(model(' Declares a.\n'), file, signal), 'Declares a.');
    assert.match(sent[0]?.messages[1]?.content ?? '', /file src\/a\.ts\nconst a = 1;/);
  });

  it('sends nothing that the model cannot take (§11)', async () => {
    await assert.rejects(summarizeFile(model('x', 99), file, signal), RequestTooLargeError);
    assert.deepEqual(sent, []);
  });

  it('refuses an empty answer', async () => {
    await assert.rejects(summarizeFile(model(' \n'), file, signal), CompressionError);
  });
});

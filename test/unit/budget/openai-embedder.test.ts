import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidArgumentError } from '../../../src/core/model/errors.js';
import { createOpenAiEmbedder } from '../../../src/budget/openai-embedder.js';
import { selectFilesForContext } from '../../../src/budget/selection.js';

describe('embeddings over an OpenAI-compatible server (§12)', () => {
  let server: Server;
  let baseURL: string;
  let answer: { status: number; body: unknown } | null;
  let seen: { url: string | undefined; headers: IncomingHttpHeaders; body: Record<string, unknown> }[];

  before(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        seen.push({
          url: request.url,
          headers: request.headers,
          body: JSON.parse(text) as Record<string, unknown>,
        });
        if (answer === null) return;
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  beforeEach(() => {
    seen = [];
    // Out of order on purpose.
    answer = {
      status: 200,
      body: {
        data: [
          { index: 1, embedding: [0, 1] },
          { index: 0, embedding: [0.25, 1] },
        ],
      },
    };
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const signal = new AbortController().signal;
  const embedder = (apiKey: string | null = 'key'): ReturnType<typeof createOpenAiEmbedder> =>
    createOpenAiEmbedder({ apiKey, model: 'tiny', baseURL, dimensions: 2 });

  it('sends plain floats requests and gives vectors in the order of the texts', async () => {
    assert.deepEqual(await embedder().embed(['a', 'b'], { signal }), [
      [0.25, 1],
      [0, 1],
    ]);
    assert.equal(seen[0]?.url, '/v1/embeddings');
    assert.equal(seen[0].headers.authorization, 'Bearer key');
    assert.deepEqual(seen[0].body, { model: 'tiny', input: ['a', 'b'], encoding_format: 'float' });
  });

  it('sends no Authorization without a key', async () => {
    await embedder(null).embed(['a', 'b'], { signal });
    assert.equal(seen[0]?.headers.authorization, undefined);
  });

  it('asks for a shorter vector only when it is shorter', async () => {
    await createOpenAiEmbedder({ apiKey: 'k', model: 'text-embedding-3-small', baseURL, dimensions: 2 }).embed(['a'], {
      signal,
    });
    assert.equal(seen[0]?.body['dimensions'], 2);
    assert.equal(createOpenAiEmbedder({ apiKey: 'k', model: 'nomic-embed-text:latest', baseURL }).dimensions, 768);
  });

  const files = [{ path: 'a', content: '' }];
  const select = (abort?: AbortSignal): ReturnType<typeof selectFilesForContext> =>
    selectFilesForContext({ files, query: 'q', budgetTokens: 9, semantic: true, embedder: embedder(), signal: abort });

  it('serves a selection; an error is one call, never retried', async () => {
    assert.equal((await select()).mode, 'semantic');
    answer = { status: 429, body: { error: { message: 'slow down' } } };
    seen = [];
    const { embedding } = await select();
    assert.deepEqual(embedding, { hits: 0, misses: 1, calls: 1, capValue: -1, fallbackReason: 'api_error' });
    assert.equal(seen.length, 1);
  });

  it('refuses an answer without vectors', async () => {
    for (const body of [{}, { data: [] }, { data: [{ index: 0, embedding: 'AAAA' }] }, { data: null }]) {
      answer = { status: 200, body };
      assert.equal((await select()).embedding.fallbackReason, 'bad_response', JSON.stringify(body));
    }
  });

  it('stops a waiting request when cancelled', async () => {
    answer = null;
    const abort = new AbortController();
    const selection = select(abort.signal);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    abort.abort();
    assert.equal((await selection).embedding.fallbackReason, 'cancelled');
  });

  it('wants known dimensions and an http endpoint', () => {
    assert.throws(() => createOpenAiEmbedder({ apiKey: null, model: 'unheard', baseURL }), InvalidArgumentError);
    for (const wrong of ['file:///x', 'nonsense']) {
      assert.throws(
        () => createOpenAiEmbedder({ apiKey: null, model: 'm', dimensions: 2, baseURL: wrong }),
        InvalidArgumentError,
      );
    }
  });
});

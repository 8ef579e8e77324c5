import assert from 'node:assert/strict';
import fc from '../../support/fast-check.js';
import { compareCodePoints } from '../../../../src/core/model/canonical.js';
import {
  canonicalJson,
  commitHash,
  contentHash,
  ContentValidationError,
  HashConflictError,
} from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

const INSTRUCTION = '891c5ad1ee58b52b9e9323c0ab1cde5f16c6cc38409cf4ea02439101fdbcf51a';
const ROOT = '4e20826503115007dc33e2224bef07e86d395d4b006945e34c3d67cdc4199799';

describe('hashes (§4)', () => {
  it('§4: canonical JSON has sorted keys, no spaces and raw UTF-8', () => {
    assert.equal(canonicalJson({ b: 2, a: 1 }), '{"a":1,"b":2}');
    assert.equal(
      canonicalJson({ ü: 'é日本😀', a: [null, true, 1.5, 1e21] }),
      '{"a":[null,true,1.5,1e+21],"ü":"é日本😀"}',
    );
    assert.equal(contentHash({ b: 2, a: 1 }), '43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777');
  });

  it('§4: keys are sorted by code point, not by UTF-16 unit', () => {
    assert.equal(canonicalJson({ '\u{1F600}': 1, '\uFFFD': 2, z: 3 }), '{"z":3,"\uFFFD":2,"\u{1F600}":1}');
    assert.deepEqual(['\u{10000}', '\uE000', 'a'].sort(compareCodePoints), ['a', '\uE000', '\u{10000}']);
  });

  it('§4: property: canonical JSON parses back to the same value, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value);
        assert.equal(canonicalJson(JSON.parse(text)), text);
        assert.equal(text, canonicalJson(reversed(value)));
      }),
      { numRuns: 300 },
    );
  });

  it('§4: the vectors of content hashes', () => {
    assert.equal(
      contentHash({ content_type: 'dialogue', role: 'user', text: 'Hi' }),
      'adcb062e466730e58f218c284c6d7e69f976e86c87f65e82cc15b4997ce3fbde',
    );
    assert.equal(contentHash({ content_type: 'instruction', text: 'You are helpful.' }), INSTRUCTION);
    assert.equal(contentHash({ text: 'You are helpful.', name: null, content_type: 'instruction' }), INSTRUCTION);
  });

  it('§4: the vectors of commit hashes, by a tract and by the function', async () => {
    const tract = await openTract();
    const root = await tract.system('You are helpful.', { timestamp: '2026-01-01T00:00:00+00:00' });
    assert.equal(root.commitHash, ROOT);
    assert.equal(root.contentHash, INSTRUCTION);
    assert.equal(root.createdAt, '2026-01-01T00:00:00+00:00');
    const second = await tract.user('Hi', { timestamp: '2026-01-01T00:00:01.000123+00:00' });
    assert.equal(second.commitHash, '572e7327a262b2ac99d36cd17fdbdbb7d48fc9a08ef2bb1fabd1e23a1b83f2d7');
    assert.equal(second.createdAt, '2026-01-01T00:00:01.000123+00:00');
    const fields = { contentType: 'instruction', operation: 'append', timestampIso: '2026-01-01T00:00:00+00:00' };
    assert.equal(commitHash({ contentHash: INSTRUCTION, parentHash: null, ...fields } as never), ROOT);
  });

  it('§4: message, metadata, generation config and tags are not hashed; the edit target and extra parents are', async () => {
    const at = { timestamp: '2026-01-01T00:00:00Z' };
    const plain = await (await openTract()).user('Hi', at);
    const dressed = await (
      await openTract()
    ).user('Hi', { ...at, message: 'm', metadata: { x: 1 }, generationConfig: { model: 'm' }, tags: ['t'] });
    assert.equal(dressed.commitHash, plain.commitHash);
    const base = {
      contentHash: 'c',
      parentHash: 'p',
      contentType: 'dialogue',
      operation: 'edit' as const,
      timestampIso: 't',
    };
    assert.notEqual(commitHash(base), commitHash({ ...base, editTarget: 'e' }));
    assert.equal(commitHash(base), commitHash({ ...base, editTarget: null, extraParents: [] }));
    assert.equal(
      commitHash({ ...base, extraParents: ['a', 'z'] }),
      commitHash({ ...base, extraParents: ['z', 'a'] }),
      'parents are sorted',
    );
  });

  it('§4: equal content is stored once, a rejected commit stores nothing', async () => {
    const { openStore } = await import('../../../../src/library.js');
    const store = await openStore({ verifyCache: true });
    const tract = await store.create();
    await tract.user('same');
    await tract.user('same');
    assert.equal([...store.storage.contentSizes()].length, 1);
    await failure(tract.commit({ content_type: 'dialogue', role: 'robot', text: 'new text' }));
    assert.equal([...store.storage.contentSizes()].length, 1);
    assert.equal([...store.storage.commitHashes()].length, 2);
  });

  it('§4: order is the graph’s: many commits in one millisecond keep their order', async () => {
    const tract = await openTract({ clock: () => new Date('2026-01-01T00:00:00Z') });
    for (let i = 0; i < 20; i++) await tract.user(`m${i}`);
    assert.deepEqual(
      (await tract.compile()).messages.map(({ content }) => content),
      Array.from({ length: 20 }, (_, i) => `m${i}`),
    );
  });

  it('§4: a second parent beside none: the sorted list holds "" for the parent that is not there', async () => {
    const { createHash } = await import('node:crypto');
    const text =
      '{"content_hash":"c","content_type":"merge","operation":"merge","parent_hash":null,"parent_hashes":["","b"],"timestamp_iso":"t"}';
    const fields = { contentHash: 'c', contentType: 'merge', operation: 'merge' as const, timestampIso: 't' };
    assert.equal(
      commitHash({ ...fields, parentHash: null, extraParents: ['b'] }),
      createHash('sha256').update(text).digest('hex'),
    );
    const both = text.replace('"parent_hash":null', '"parent_hash":"z"').replace('["","b"]', '["b","z"]');
    assert.equal(
      commitHash({ ...fields, parentHash: 'z', extraParents: ['b'] }),
      createHash('sha256').update(both).digest('hex'),
    );
  });

  it('§4: numbers are written as JSON.stringify prints them', () => {
    assert.equal(
      canonicalJson([-0, 0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.0, -1.5]),
      '[0,0.1,1e+21,1e-7,123456789012345680000,5e-324,1,-1.5]',
    );
    for (const number of [NaN, Infinity, -Infinity])
      assert.throws(() => canonicalJson({ a: [number] }), ContentValidationError);
  });

  it('§4: a lone surrogate is refused wherever it stands: text, key, metadata, generation config', async () => {
    const tract = await openTract();
    for (const lone of ['\uD800', 'a\uDFFFb', '\uDC00\uD800']) {
      assert.throws(() => canonicalJson(lone), ContentValidationError);
      assert.throws(() => canonicalJson({ [lone]: 1 }), ContentValidationError);
      for (const call of [
        () => tract.user(lone),
        () => tract.user('x', { metadata: { a: lone } }),
        () => tract.user('x', { generationConfig: { [lone]: 1 } }),
      ])
        assert.ok((await failure(call())) instanceof ContentValidationError);
    }
    assert.equal(tract.head, null);
    await tract.user('😀');
    assert.equal((await tract.compile()).messages[0]?.content, '😀');
  });

  it('§4: non-ASCII and control characters: only what JSON must escape is escaped', () => {
    assert.equal(canonicalJson('é日\u007f\u2028"\\\n\u0001/'), '"é日\u007f\u2028\\"\\\\\\n\\u0001/"');
  });
});

describe('one hash, one context (Annex B.2)', () => {
  const timestamp = '2026-01-01T00:00:00Z';
  const calls = (name: string) => ({ tool_calls: [{ id: '1', name, arguments: '{}' }] });

  it('B.2: the same hash with the same compiling metadata is that commit again', async () => {
    const tract = await openTract();
    const first = await tract.user('x', { timestamp });
    await tract.reset(first.commitHash);
    const child = await tract.assistant('y', { timestamp, metadata: { ...calls('f'), other: 1 } });
    await tract.reset(first.commitHash);
    const again = await tract.assistant('y', { timestamp, metadata: { ...calls('f'), other: 2 } });
    assert.equal(again.commitHash, child.commitHash);
  });

  it('B.2: with other compiling metadata the time moves on by 1 µs; a time the caller gave is a HashConflictError', async () => {
    const tract = await openTract({ clock: () => new Date('2026-01-01T00:00:05.999Z') });
    const first = await tract.user('x');
    const a = await tract.assistant('y', { metadata: calls('f') });
    await tract.reset(first.commitHash);
    const b = await tract.assistant('y', { metadata: calls('g') });
    assert.equal(a.createdAt, '2026-01-01T00:00:05.999000+00:00');
    assert.equal(b.createdAt, '2026-01-01T00:00:05.999001+00:00');
    await tract.reset(first.commitHash);
    const error = await failure(tract.assistant('y', { timestamp: a.createdAt, metadata: calls('h') }));
    assert.ok(error instanceof HashConflictError);
    assert.equal(tract.head, first.commitHash);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

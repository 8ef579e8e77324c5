import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  commitHash,
  countTokens,
  createIncrementalCounter,
  importTract,
  InvalidArgumentError,
  openEmbeddingCache,
  openOps,
  openStore,
  selectFilesForContext,
  Tract,
} from '../../../src/library.js';
import { failure, openTract } from '../core/support.js';

/** What no text can be made of: a symbol, an object without a prototype, one whose `toString` throws, a list that holds a symbol. */
const UNPRINTABLE: readonly unknown[] = [
  Symbol('s'),
  Object.create(null),
  {
    toString: () => {
      throw new Error('boom');
    },
  },
  [Symbol('s')],
];

const fields = {
  contentHash: 'a'.repeat(64),
  parentHash: null,
  contentType: 'dialogue',
  operation: 'append' as const,
  timestampIso: '2026-01-01T00:00:00+00:00',
};

describe('odd arguments of the library (Annex A)', () => {
  it('§4, Annex A: commitHash names the field that is not what it must be', () => {
    const refused = (given: unknown, says: RegExp) => {
      assert.throws(() => commitHash(given as never), { code: 'INVALID_ARGUMENT', message: says });
    };
    for (const given of [null, undefined, 7, 'text', []]) refused(given, /^The fields of a commit must be an object/);
    for (const value of [undefined, null, 7, Symbol('s')]) {
      refused({ ...fields, contentHash: value }, /^contentHash must be a text/);
      refused({ ...fields, contentType: value }, /^contentType must be a text/);
      refused({ ...fields, timestampIso: value }, /^timestampIso must be a text/);
      refused({ ...fields, operation: value }, /^operation must be one of append, edit, annotate/);
    }
    refused({ ...fields, parentHash: 7 }, /^parentHash must be a text/);
    refused({ ...fields, editTarget: 7 }, /^editTarget must be a text/);
    for (const value of [7, 'abc', {}, [null]])
      refused({ ...fields, extraParents: value }, /^extraParents must be a list of texts/);
    assert.equal(commitHash(fields), commitHash({ ...fields, editTarget: null, extraParents: [] }));
  });

  for (const given of [undefined, null, 7, NaN, Infinity, 'now', new Date(NaN), Symbol('s')]) {
    it(`Annex A: a clock that gives ${given instanceof Date ? 'an invalid Date' : String(given)} is told, and nothing is stored`, async () => {
      let broken = false;
      const tract = await openTract({ clock: () => (broken ? (given as Date) : new Date(0)) });
      await tract.user('one');
      const { head } = tract;
      broken = true;
      for (const call of [
        () => tract.user('two'),
        () => tract.reset('HEAD'),
        () => tract.gc({ olderThanDays: 1 }),
        () => tract.tag('t'),
        () => tract.recordUsage({ prompt_tokens: 1, completion_tokens: 1 }),
        () => tract.spawn({ purpose: 'p' }),
      ]) {
        const error = await failure(call());
        assert.ok(error instanceof InvalidArgumentError, String(error));
        assert.match(error.message, /^The clock must give a valid Date/);
      }
      broken = false;
      assert.equal(tract.head, head);
      assert.deepEqual(await tract.tags(), []);
      assert.equal((await tract.log()).length, 1);
    });
  }

  it('Annex A: a clock that is no function opens nothing', async () => {
    for (const clock of [null, NaN, Infinity, new Date(), 'now'])
      assert.match((await failure(Tract.open({ clock: clock as never }))).message, /^clock must be a function/);
  });

  it('§6, Annex A: a tokenCounter that gives no whole number is told, and nothing is stored', async () => {
    for (const given of [undefined, null, NaN, Infinity, -1, 1.5, '3', 3n, Symbol('s')]) {
      for (const tokenCounter of [() => given, { id: 'mine', count: () => given }]) {
        const tract = await Tract.open({ tokenCounter: tokenCounter as never });
        const error = await failure(tract.user('Hi'));
        assert.ok(error instanceof InvalidArgumentError, String(error));
        assert.match(error.message, /^tokenCounter must give a whole number/);
        assert.equal(tract.head, null);
      }
    }
    const counted = await Tract.open({ tokenCounter: { id: 'words', count: (text) => text.split(' ').length } });
    await counted.user('one two three');
    assert.equal((await counted.compile()).tokenSource, 'words');
  });

  it('Annex A: what cannot be printed is refused like any other wrong argument, wherever it is given', async () => {
    const tract = await openTract();
    await tract.user('one');
    const { head } = tract;
    const content = { content_type: 'dialogue', role: 'user', text: 'x' };
    for (const value of UNPRINTABLE) {
      const given = value as never;
      for (const call of [
        () => tract.edit(given, content),
        () => tract.annotate(given, 'skip'),
        () => tract.reset(given),
        () => tract.checkout(given),
        () => tract.branch(given),
        () => tract.deleteBranch(given),
        () => tract.renameBranch(given, 'x'),
        () => tract.tag(given),
        () => tract.untag(given),
        () => tract.restore('HEAD', given),
        () => tract.merge(given),
        () => tract.rebase(given),
        () => tract.importCommit(given),
        () => tract.expand(given),
        () => tract.compile({ strategy: given }),
        () => tract.slidingWindow(given, { text: 's' }),
        () => Tract.importFrom(given),
        () => importTract(given),
        () => selectFilesForContext({ files: [], budgetTokens: given }),
        () => selectFilesForContext({ files: [], budgetTokens: 1, callCap: given }),
        () => Promise.resolve().then(() => countTokens('x', given)),
        () =>
          Promise.resolve().then(() => {
            createIncrementalCounter('hello').edit(given, 0, 'x');
          }),
      ]) {
        const error = await failure(call());
        assert.ok(error instanceof InvalidArgumentError, `${call.toString()}: ${String(error)}`);
      }
      assert.equal((await failure(tract.annotate('HEAD', given))).name, 'ContentValidationError');
    }
    assert.equal(tract.head, head);
  });

  it('§8, Annex A: a version is a whole number: no name of a property', async () => {
    const tract = await openTract();
    await tract.user('one');
    const { head } = tract;
    for (const version of ['length', '0', 'constructor', '__proto__', 0.5, 1n])
      assert.ok((await failure(tract.restore('HEAD', version as never))) instanceof InvalidArgumentError);
    assert.equal(tract.head, head);
  });

  it('§12, Annex A: selectFilesForContext takes an object; each wrong part is named', async () => {
    const files = [{ path: 'a.ts', content: 'x' }];
    const refused = async (given: unknown, says: RegExp) => {
      const error = await failure(selectFilesForContext(given as never));
      assert.ok(error instanceof InvalidArgumentError, String(error));
      assert.match(error.message, says);
    };
    for (const given of [null, undefined, 7, 'text', []]) await refused(given, /^options must be an object/);
    for (const scope of [null, 7, []]) await refused({ files, budgetTokens: 9, scope }, /^scope must be an object/);
    for (const countTokens of [null, 7, {}])
      await refused({ files, budgetTokens: 9, countTokens }, /^countTokens must be a function/);
    await refused({ files, budgetTokens: 9, signal: 7 }, /^signal must be an AbortSignal/);
    const { mode, embedding } = await selectFilesForContext({
      files,
      budgetTokens: 9,
      query: 'q',
      semantic: true,
      embedder: null as never,
    });
    assert.deepEqual([mode, embedding.fallbackReason], ['lexical', 'unavailable']);
  });

  it('Annex A: stores, ops and caches are opened with objects; a folder is a text', async () => {
    const store = await openStore();
    const calls: readonly (() => unknown)[] = [
      () => openOps(null as never),
      () => openOps({} as never),
      () => openOps({ directory: 7 } as never),
      () => openOps({ directory: '/tmp', durability: Symbol('s') } as never),
      () => openEmbeddingCache(null as never),
      () => openEmbeddingCache({ directory: 7 } as never),
      () => store.importTract(Symbol('s') as never),
      () => importTract('nowhere.db', null as never),
      () => Tract.open({ ops: {} as never }),
    ];
    for (const call of calls) {
      const error = await failure(Promise.resolve().then(call));
      assert.ok(error instanceof InvalidArgumentError, `${call.toString()}: ${String(error)}`);
    }
  });

  it('§18, Annex A: ids, files and operation records that are none are refused, on the disk as in memory', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tract-odd-'));
    const store = await openStore({ directory: join(directory, 'store') });
    const tract = await store.create({ name: 'main' });
    const ops = openOps({ directory, durability: 'files' });
    const opId = await ops.begin({ action: 'reset' });
    const calls: ((value: never) => unknown)[] = [
      (id) => tract.compileRecord(id),
      (id) => tract.compileRecordCommits(id),
      (id) => store.tokenEfficiency(id),
      (start) => ops.begin(start),
      (end) => ops.complete(opId, end),
      (link) => ops.link(opId, link),
      (limit) => ops.list({ limit }),
      (olderThanHours) => ops.closeStale({ olderThanHours }),
    ];
    for (const call of calls)
      for (const value of [null, [], true, Symbol('s')]) {
        const error = await failure(Promise.resolve().then(() => call(value as never)));
        assert.ok(error instanceof InvalidArgumentError, `${call.toString()} ${String(value)}: ${String(error)}`);
      }
    for (const limit of [-1, 0.5, Number.NaN]) await assert.rejects(ops.list({ limit }), InvalidArgumentError);
    for (const call of [() => tract.exportTo(''), () => Tract.importFrom(''), () => importTract('')])
      await assert.rejects(call, { code: 'INVALID_ARGUMENT', message: /^The file must be a text that is not empty/ });
    assert.deepEqual(
      (await ops.list()).map((op) => [op.opId, op.orphan]),
      [[opId, true]],
    );
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

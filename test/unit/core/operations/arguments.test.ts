import assert from 'node:assert/strict';
import {
  contentHash,
  countTokens,
  createIncrementalCounter,
  InvalidArgumentError,
  openStore,
  type Tract,
} from '../../../../src/library.js';
import { failure, openTract } from '../support.js';

/** A call with one argument of a kind it cannot take, as JavaScript may make it, and what the refusal says. */
type Call = (tract: Tract, given: never) => Promise<unknown>;

const content = { content_type: 'dialogue', role: 'user', text: 'x' };
const notText = [undefined, null, 7, {}, [], Symbol('s')];
const notOptions = [null, 7, 'text', [], Symbol('s')];
const notFlag = [null, 0, 'false'];

const CALLS: readonly (readonly [name: string, says: string, values: readonly unknown[], call: Call])[] = [
  ['commit options', 'options must be an object', notOptions, (tract, given) => tract.commit(content, given)],
  ['message', 'message must be a text', [7, {}, '\ud800'], (tract, message) => tract.user('x', { message })],
  [
    'generationConfig',
    'generationConfig must be an object',
    [7, 'x', []],
    (tract, generationConfig) => tract.user('x', { generationConfig }),
  ],
  ['tags', 'tags must be a list of texts', ['v2', 7, [null]], (tract, tags) => tract.user('x', { tags })],
  ['timestamp', 'timestamp must be an ISO text', [7, {}], (tract, timestamp) => tract.user('x', { timestamp })],
  ['edit options', 'options must be an object', notOptions, (tract, given) => tract.edit('HEAD', content, given)],
  ['reason', 'reason must be a text', [7, {}], (tract, reason) => tract.annotate('HEAD', 'skip', { reason })],
  ['retain', 'retain must be an object', [7, 'x'], (tract, retain) => tract.annotate('HEAD', 'important', { retain })],
  [
    'retain.match',
    'match must be a list of texts and regular expressions',
    ['x', [null], [7]],
    (tract, match) => tract.annotate('HEAD', 'important', { retain: { match } }),
  ],
  ['batch', 'The work of a batch must be a function', notText, (tract, given) => tract.batch(given)],
  ['compile options', 'options must be an object', notOptions, (tract, given) => tract.compile(given)],
  ['asOf', 'asOf must be an ISO text or a Date', [null, 7, {}], (tract, asOf) => tract.compile({ asOf })],
  ['order', 'order must be a list of texts', ['x', [null]], (tract, order) => tract.compile({ order })],
  ['tools', 'tools must be a list', ['x', {}, 7], (tract, tools) => tract.compile({ tools })],
  [
    'includeReasoning',
    'includeReasoning must be true or false',
    notFlag,
    (tract, includeReasoning) => tract.compile({ includeReasoning }),
  ],
  ['usage options', 'options must be an object', notOptions, (tract, given) => tract.recordUsage({}, given)],
  ['records options', 'options must be an object', notOptions, (tract, given) => tract.compileRecords(given)],
  ['reset options', 'options must be an object', notOptions, (tract, given) => tract.reset('HEAD', given)],
  ['mode', 'mode must be one of soft, hard', [null, 'mixed'], (tract, mode) => tract.reset('HEAD~1', { mode })],
  ['log options', 'options must be an object', notOptions, (tract, given) => tract.log(given)],
  ['operation', 'operation must be one of append', ['nope', 7], (tract, operation) => tract.log({ operation })],
  ['priority', 'priority must be one of skip', ['nope', null], (tract, priority) => tract.log({ priority })],
  [
    'minTokens',
    'minTokens must be a whole number of at least 0',
    [-1, NaN, 1.5],
    (tract, minTokens) => tract.log({ minTokens }),
  ],
  ['cursor', 'cursor must be a text', [null, 7], (tract, cursor) => tract.log({ cursor })],
  ['search', 'options must be an object', [undefined, null, 7, []], (tract, given) => tract.search(given)],
  ['search limit', 'limit must be a whole number of at least 0', [0.5, -1], (tract, limit) => tract.search({ limit })],
  ['branch name', 'A branch name must be a text', notText, (tract, name) => tract.branch(name)],
  ['checkout', 'checkout must be true or false', notFlag, (tract, checkout) => tract.branch('b', { checkout })],
  ['force', 'force must be true or false', notFlag, (tract, force) => tract.deleteBranch('feature', { force })],
  ['new name', 'A branch name must be a text', notText, (tract, to) => tract.renameBranch('feature', to)],
  ['merge options', 'options must be an object', notOptions, (tract, given) => tract.merge('feature', given)],
  [
    'strategy',
    'strategy must be one of ours, theirs',
    [null, 'both'],
    (tract, strategy) => tract.merge('feature', { strategy }),
  ],
  ['noFf', 'noFf must be true or false', notFlag, (tract, noFf) => tract.merge('feature', { noFf })],
  [
    'asAppend',
    'asAppend must be true or false',
    notFlag,
    (tract, asAppend) => tract.importCommit('feature', { asAppend }),
  ],
  ['reorder', 'refs must be a list of texts', [undefined, null, 'HEAD', [7]], (tract, given) => tract.reorder(given)],
  ['compress options', 'options must be an object', notOptions, (tract, given) => tract.compress(given)],
  [
    'range',
    'range must be a list of refs, or {from, to}',
    ['HEAD', [7], { from: 'HEAD' }],
    (tract, range) => tract.compress({ range, text: 's' }),
  ],
  ['text', 'text must be a text or a list of texts', [null, 7, [7]], (tract, text) => tract.compress({ text })],
  ['model', 'model must be a model with a send function', ['m', {}], (tract, model) => tract.compress({ model })],
  ['tag', 'A tag name must be a text', notText, (tract, name) => tract.tag(name)],
  ['untag', 'A tag name must be a text', notText, (tract, name) => tract.untag(name)],
  ['gc options', 'options must be an object', notOptions, (tract, given) => tract.gc(given)],
  ['dryRun', 'dryRun must be true or false', notFlag, (tract, dryRun) => tract.gc({ dryRun, olderThanDays: 0 })],
  ['file', 'The file must be a text', notText, (tract, file) => tract.exportTo(file)],
  ['spawn options', 'options must be an object', [undefined, ...notOptions], (tract, given) => tract.spawn(given)],
  ['purpose', 'purpose must be a text', notText, (tract, purpose) => tract.spawn({ purpose })],
  ['child', 'The child must be a text', notText, (tract, child) => tract.collapse(child, { text: 'x' })],
];

const REFS: readonly Call[] = [
  (tract, ref) => tract.resolveCommit(ref),
  (tract, ref) => tract.edit(ref, content),
  (tract, ref) => tract.annotate(ref, 'skip'),
  (tract, ref) => tract.reset(ref),
  (tract, ref) => tract.checkout(ref),
  (tract, ref) => tract.merge(ref),
  (tract, ref) => tract.rebase(ref),
  (tract, ref) => tract.importCommit(ref),
  (tract, ref) => tract.editHistory(ref),
  (tract, ref) => tract.restore(ref, 0),
  (tract, ref) => tract.expand(ref),
];

it("§18: a generation config is the caller's own: the keys that compile in metadata mean nothing in it", async () => {
  const tract = await openTract();
  const generationConfig = { role: 'planner', name: 7, path: false, tool_calls: 'auto' };
  const commit = await tract.user('x', { generationConfig });
  assert.deepEqual(commit.generationConfig, generationConfig);
});

describe('bad arguments (Annex A)', () => {
  let tract: Tract;
  let untouched: string;

  const state = async () =>
    JSON.stringify([tract.head, tract.currentBranch, await tract.branches(), await tract.tags(), await tract.log()]);

  before(async () => {
    tract = await openTract();
    await tract.system('sys');
    await tract.user('hello');
    await tract.branch('feature');
    await tract.user('on feature');
    await tract.checkout('main');
    await tract.user('more');
    untouched = await state();
  });

  for (const [name, says, values, call] of CALLS) {
    it(`Annex A: ${name}: InvalidArgumentError, '${says} …', and nothing changed`, async () => {
      for (const value of values) {
        const error = await failure(call(tract, value as never));
        assert.ok(error instanceof InvalidArgumentError, String(error));
        assert.ok(error.message.startsWith(says), error.message);
        assert.equal(await state(), untouched);
      }
    });
  }

  it('Annex A: a ref that is no text, wherever one is taken', async () => {
    for (const call of REFS)
      for (const value of notText) {
        const error = await failure(call(tract, value as never));
        assert.ok(error instanceof InvalidArgumentError, String(error));
        assert.match(error.message, /^A ref must be a text\. /);
      }
    assert.equal(await state(), untouched);
  });

  it('Annex A: what no tract can be made or opened with makes none', async () => {
    const store = await openStore({});
    const existing = await store.create({ tractId: 'one' });
    const refused: readonly (readonly [string, object])[] = [
      ['options must be an object', null as never],
      ['budget.maxTokens must be', { budget: { maxTokens: -1 } }],
      ['model must be a model', { model: {} }],
      ['defaultBranch must be a name that git', { defaultBranch: 'a b' }],
      ['name must be a text', { name: 7 }],
      ['tractId must be a text', { tractId: 7 }],
      ['actor must be a text', { actor: {} }],
    ];
    for (const [says, options] of refused) {
      for (const call of [() => store.create(options), async () => Promise.resolve(store.tract('one', options))]) {
        const error = await failure(Promise.resolve().then(call));
        assert.ok(error instanceof InvalidArgumentError, String(error));
        assert.ok(error.message.startsWith(says), error.message);
      }
      if (says.startsWith('defaultBranch'))
        await assert.rejects(openStore(options), { code: 'INVALID_ARGUMENT', message: /^defaultBranch must be/ });
    }
    assert.deepEqual(
      store.tracts().map(({ tractId }) => tractId),
      [existing.tractId],
    );
  });

  it('Annex A: what is counted must be a text, what is hashed an object', () => {
    for (const value of notText) {
      for (const call of [
        () => countTokens(value as never),
        () => createIncrementalCounter(value as never),
        () => {
          createIncrementalCounter('hello').edit(0, 0, value as never);
        },
      ])
        assert.throws(call, InvalidArgumentError);
    }
    for (const value of [null, 7, 'text', []]) assert.throws(() => contentHash(value as never), InvalidArgumentError);
  });
});

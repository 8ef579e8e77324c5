import assert from 'node:assert/strict';
import { runTool, type AgentTool } from '../../../../src/core/agents/agent-tool.js';
import type { AgentTract } from '../../../../src/core/agents/agent-tract.js';
import { AGENT_TOOLS } from '../../../../src/core/agents/tools.js';
import type { Tract } from '../../../../src/core/tract.js';
import { FakeTract, hash } from '../../mcp/fake-tract.js';

function tool(name: string): AgentTool {
  return AGENT_TOOLS.find((item) => item.name === name) ?? assert.fail(`no tool ${name}`);
}

describe('agent tools (SPEC §15)', () => {
  let tract: FakeTract;
  let asked: string[];
  beforeEach(() => {
    tract = new FakeTract();
    asked = [];
  });

  async function run(name: string, input: unknown, allow = true) {
    return runTool(
      tool(name),
      input,
      () => tract,
      ({ consequence }) => {
        asked.push(consequence);
        return Promise.resolve(allow);
      },
      new AbortController().signal,
    );
  }

  it('are named verb_noun and say when to use them and when not', () => {
    assert.deepEqual(
      AGENT_TOOLS.map(({ name }) => name),
      [
        'show_status',
        'show_log',
        'compile_context',
        'show_diff',
        'search_history',
        'list_records',
        'commit_context',
        'create_branch',
        'checkout_ref',
        'annotate_commit',
        'compress_context',
      ],
    );
    for (const { description } of AGENT_TOOLS) {
      assert.match(description, /\bUse it\b/);
      assert.match(description, /\bNot\b/);
    }
  });

  it('read without asking', async () => {
    assert.equal((await run('show_status', {})).text, 'main @ bbbbbbbb | 2 commits | 16/100 (16%) tokens');
    assert.equal(
      (await run('show_log', { limit: 1 })).text,
      'bbbbbbbb  append dialogue  ~7 tokens  2026-01-01T00:00:00+00:00  What is 2+2?\nMore with cursor next',
    );
    assert.match((await run('show_log', { from: hash('a') })).text, /^aaaaaaaa {2}append instruction {2}pinned {2}~6/);
    assert.equal(
      (await run('show_diff', {})).text,
      '1 added, 0 removed, 0 modified, 1 unchanged, +9 tokens\n\nadded: user bbbbbbbb  What is 2+2?',
    );
    assert.equal((await run('search_history', { text: '2+2' })).text, 'bbbbbbbb  What is 2+2?');
    assert.equal((await run('search_history', { text: 'zebra' })).text, 'Nothing found.');
    assert.equal(
      (await run('list_records', {})).text,
      'rec-1  2026-01-01T00:00:02+00:00  fake-1  answered  head bbbbbbbb  2 messages  100 tokens  stable prefix 1 message',
    );
    assert.deepEqual([asked, tract.changes], [[], []]);
  });

  it('give a long context in parts', async () => {
    const whole = await run('compile_context', {});
    assert.equal(
      whole.text,
      '2 messages, ~16 tokens at bbbbbbbb\n\n## system\n\nYou are helpful.\n\n## user\n\nWhat is 2+2?',
    );
    const long = 'x'.repeat(250);
    tract.compile = () =>
      Promise.resolve({ head: null, messages: [], tokenCount: 0, tokenSource: '', toMarkdown: () => long });
    const first = await run('compile_context', { max_characters: 100 });
    assert.match(
      first.text,
      /^0 messages, ~0 tokens before the first commit\n\nx{100}\n\n… 150 characters more: ask with offset 100$/,
    );
    assert.match((await run('compile_context', { offset: 200 })).text, /\n\nx{50}$/);
  });

  it('ask before they change something, and say what', async () => {
    await run('commit_context', { text: 'Keep this.\nSecond line' });
    await run('create_branch', { name: 'try', from: 'aaaa' });
    await run('annotate_commit', { commit: 'main', priority: 'skip', reason: 'heavy' });
    await run('compress_context', { text: 'They added.' });
    await run('compress_context', { from: 'aaaa', to: 'HEAD' });
    await run('checkout_ref', { ref: 'aaaa' });
    assert.deepEqual(asked, [
      'Add one dialogue of 22 characters to main: “Keep this.”',
      'Create the branch try at aaaaaaaa and check it out',
      'Set the priority of bbbbbbbb to skip (user, ~9 tokens): “What is 2+2?”',
      'Replace all of 2 messages, ~16 tokens at bbbbbbbb by this summary: “They added.”. They stay in the history',
      'Replace the messages from aaaaaaaa to bbbbbbbb by a summary that the configured model writes. They stay in the history',
      'Move HEAD from main to aaaa (aaaaaaaa)',
    ]);
    assert.deepEqual(tract.changes, [
      [
        'commit',
        { content_type: 'dialogue', role: 'user', text: 'Keep this.\nSecond line' },
        { metadata: { author: 'agent' } },
      ],
      ['branch', 'try', { checkout: true, from: 'aaaa' }],
      ['annotate', hash('b'), 'skip', { reason: 'heavy' }],
      ['compress', { text: 'They added.' }],
      ['compress', { range: { from: 'aaaa', to: 'HEAD' } }],
      ['checkout', 'aaaa'],
    ]);
  });

  it('change nothing when the person says no, or the caller is gone', async () => {
    for (const [name, input] of [
      ['commit_context', { text: 'x' }],
      ['create_branch', { name: 'x' }],
      ['checkout_ref', { ref: '-' }],
      ['annotate_commit', { commit: 'main', priority: 'pinned' }],
      ['compress_context', {}],
    ] as const) {
      const { text, isError } = await run(name, input, false);
      assert.match(text, /did not allow this\. Nothing was changed/);
      assert.equal(isError, true);
      const gone = await runTool(
        tool(name),
        input,
        () => tract,
        () => Promise.resolve(true),
        AbortSignal.abort(),
      );
      assert.equal(gone.isError, true);
    }
    assert.equal(asked.length, 5);
    assert.deepEqual(tract.changes, []);
  });

  it('refuse wrong input before anyone is asked', async () => {
    for (const [name, input, message] of [
      ['commit_context', {}, /text/],
      ['commit_context', { text: 'x', extra: 1 }, /extra/],
      ['annotate_commit', { commit: 'main', priority: 'high' }, /priority/],
      ['show_log', { limit: 0 }, /limit/],
      ['compress_context', { from: 'main' }, /both from and to/],
      ['create_branch', { name: 'x', from: 'nowhere' }, /nowhere/],
    ] as const) {
      const { text, isError } = await run(name, input);
      assert.match(text, message);
      assert.equal(isError, true);
    }
    assert.deepEqual([asked, tract.changes], [[], []]);
  });

  it('tell the model of a Tract error with its code, and throw bugs', async () => {
    tract.currentBranch = null;
    const { text, isError } = await run('commit_context', { text: 'x' });
    assert.match(text, /\(DETACHED_HEAD\)$/);
    assert.equal(isError, true);
    assert.match((await run('show_status', {})).text, /detached: check out a branch/);
    tract.search = () => Promise.reject(new TypeError('bug'));
    await assert.rejects(run('search_history', { text: 'x' }), TypeError);
  });
});

describe('the facade (SPEC §18)', () => {
  it('is what agents get in earnest: this fails to compile when the two part', () => {
    type Shared = keyof AgentTract & keyof Tract;
    const accept = (tract: Pick<Tract, Shared>): Pick<AgentTract, Shared> => tract;
    assert.equal(typeof accept, 'function');
  });
});

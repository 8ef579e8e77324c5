import { createHash } from 'node:crypto';
import type { BudgetView } from '../../../src/shared/budget-view.js';
import type { ComposerView } from '../../../src/shared/composer-view.js';
import type { ContextView, MessageView } from '../../../src/shared/context-view.js';
import type { EfficiencyView } from '../../../src/shared/efficiency-view.js';
import type { GraphCommitView, GraphView } from '../../../src/shared/graph-view.js';
import type { HeaderView } from '../../../src/shared/header.js';
import type { PlanView } from '../../../src/shared/plan-view.js';
import type { ComparisonView, RecordDetailView, RecordsView, RecordView } from '../../../src/shared/record-view.js';

/** Snapshots as a real session of a coding agent gives them; every value is made from its index. */

export function hashOf(name: string | number): string {
  return createHash('sha256').update(String(name)).digest('hex');
}

const START = Date.parse('2026-01-05T09:00:00Z');

function at(minute: number): string {
  return new Date(START + minute * 60_000).toISOString();
}

export const HEADER: HeaderView = {
  tract: { id: 't1', name: 'fix-flaky-login-test' },
  branch: 'main',
  head: hashOf('head'),
  detached: false,
  readOnly: null,
  busy: null,
  behindSession: 0,
  tokens: { count: 104_213, exact: false },
  unseen: 14_322,
  available: 184_000,
  undo: 'annotate 1a2b3c4d as skip',
  redo: null,
};

const PLAIN = {
  name: null,
  path: null,
  inContext: true,
  priority: 'normal',
  edited: false,
  toolCallId: null,
  failed: false,
  summarises: 0,
  author: 'claude-sonnet-4-5',
} as const;

export function message(index: number, over: Partial<MessageView> = {}): MessageView {
  const text = over.text ?? `Message ${index}`;
  return {
    ...PLAIN,
    toolCalls: [],
    hash: hashOf(index),
    role: 'assistant',
    contentType: 'dialogue',
    text,
    textLength: text.length,
    tokens: { count: 8 + (index % 7) * 13, exact: false },
    createdAt: at(index),
    ...over,
  };
}

const STEPS: readonly ((index: number) => Partial<MessageView>)[] = [
  () => ({
    role: 'user',
    author: 'ana',
    text: 'The login test fails about one run in five on CI. Find out why, and fix the cause, not the test.',
    tokens: { count: 31, exact: false },
  }),
  (index) => ({
    contentType: 'reasoning',
    priority: 'skip',
    inContext: false,
    text: 'A flaky test that only fails on CI suggests timing. Let me look at how the session cookie is refreshed before I touch anything.',
    tokens: { count: 180 + index, exact: false },
  }),
  (index) => ({
    contentType: 'tool_io',
    text: `read_file(path='src/auth/session-${index}.ts', limit=400)`,
    toolCalls: [
      { id: `toolu_${index}`, name: 'read_file', arguments: `{"path":"src/auth/session-${index}.ts","limit":400}` },
    ],
    tokens: { count: 42, exact: false },
  }),
  (index) => ({
    role: 'tool',
    contentType: 'tool_io',
    name: 'read_file',
    toolCallId: `toolu_${index - 1}`,
    text: `read_file →\nexport class Session {\n  constructor(private readonly clock: Clock) {}\n  get expired() { return this.clock.now() > this.expiresAt - SKEW; }\n}`,
    textLength: 18_400,
    author: null,
    tokens: { count: 2_400 + (index % 5) * 1_370, exact: false },
  }),
  () => ({
    text: 'The refresh runs on a timer of 30 s, but the token of the test lives 30 s too. When CI is slow, the timer comes second and the request goes out with an expired token.',
    tokens: { count: 64, exact: false },
  }),
  (index) => ({
    contentType: 'tool_io',
    text: `run_tests(filter='auth', repeat=20)`,
    toolCalls: [{ id: `toolu_${index}`, name: 'run_tests', arguments: '{"filter":"auth","repeat":20}' }],
    tokens: { count: 29, exact: false },
  }),
  (index) => ({
    role: 'tool',
    contentType: 'tool_io',
    name: 'run_tests',
    toolCallId: `toolu_${index - 1}`,
    failed: index % 2 === 0,
    text: 'run_tests ✗ 3 of 20 runs failed: expected 200, got 401 at login.test.ts:48',
    author: null,
    tokens: { count: 640, exact: false },
  }),
];

/** A context of any length: a pinned instruction, then rounds of prompt, reasoning, calls and results. */
export function sampleContext(count: number): ContextView {
  const messages = [
    message(0, {
      role: 'system',
      contentType: 'instruction',
      name: 'style',
      priority: 'pinned',
      author: 'ana',
      text: 'You are a careful senior engineer. Explain the cause before you change code. Never weaken a test to make it pass.',
      edited: true,
      tokens: { count: 412, exact: false },
    }),
    ...Array.from({ length: count - 1 }, (_, i) => {
      const step = STEPS[i % STEPS.length];
      return message(i + 1, step?.(i + 1) ?? {});
    }),
  ];
  if (count > 14) {
    messages[9] = message(9, {
      contentType: 'compression',
      summarises: 23,
      text: 'Summary: the session refresh races with token expiry; skew was 0; two fixes were tried and reverted.',
      tokens: { count: 220, exact: false },
    });
    messages[12] = message(12, {
      role: 'user',
      contentType: 'artifact',
      path: 'src/auth/clock.ts',
      priority: 'important',
      text: 'export interface Clock {\n  now(): number;\n}',
      tokens: { count: 1_210, exact: false },
    });
  }
  const visible = messages.filter((one) => one.inContext);
  return {
    at: hashOf('head'),
    label: 'main',
    messages,
    total: { count: visible.reduce((sum, one) => sum + one.tokens.count, 3), exact: false },
    tokenSource: 'tiktoken:o200k_base',
    unseen: 14_322,
    cachedUpTo: {
      messages: Math.floor(visible.length * 0.7),
      tokens: 71_480,
      model: 'claude-sonnet-4-5',
      recordedAt: at(count),
    },
  };
}

export const COMPOSER: ComposerView = {
  models: [
    {
      id: 'anthropic/claude-sonnet-4-5',
      label: 'Claude Sonnet 4.5',
      provider: 'Anthropic',
      window: 200_000,
      note: null,
    },
    {
      id: 'vscode/gpt-4.1',
      label: 'GPT-4.1 (VS Code)',
      provider: 'vscode.lm',
      window: 128_000,
      note: 'No system role; reports no usage',
    },
  ],
  modelId: 'anthropic/claude-sonnet-4-5',
  disabled: null,
  context: { count: 104_213, exact: false },
  stablePrefix: 71_480,
  reserved: 16_000,
  available: 184_000,
  state: { kind: 'idle' },
};

export function sampleBudget(context: ContextView): BudgetView {
  const visible = context.messages.filter((one) => one.inContext);
  const shares = (key: (one: MessageView) => string) => {
    const sums = new Map<string, { tokens: number; messages: number }>();
    for (const one of visible) {
      const sum = sums.get(key(one)) ?? { tokens: 0, messages: 0 };
      sums.set(key(one), { tokens: sum.tokens + one.tokens.count, messages: sum.messages + 1 });
    }
    return [...sums].map(([name, sum]) => ({ key: name, ...sum }));
  };
  return {
    max: 200_000,
    maxSource: 'model',
    reserved: 16_000,
    used: context.total,
    unseen: 14_322,
    action: 'warn',
    warnAt: 0.7,
    errorAt: 0.9,
    byRole: shares((one) => one.role),
    byType: shares((one) => one.contentType),
    commits: visible
      .map((one) => ({
        hash: one.hash,
        label: one.path ?? one.text.split('\n')[0] ?? '',
        role: one.role,
        contentType: one.contentType,
        tokens: one.tokens.count,
      }))
      .sort((a, b) => b.tokens - a.tokens)
      .slice(0, 300),
    history: Array.from({ length: 60 }, (_, i) => ({
      recordId: `r${i}`,
      createdAt: at(i),
      estimated: Math.round(9_000 + i * 950 - (i > 40 ? 21_000 : 0)),
      reported: i === 17 ? null : Math.round(22_000 + i * 990 - (i > 40 ? 21_500 : 0)),
      cacheRead: i % 9 === 0 ? 0 : Math.round(20_000 + i * 930 - (i > 40 ? 24_000 : 0)),
    })),
    drift: [{ model: 'claude-sonnet-4-5', ratio: 1.084, records: 42 }],
    suggestions: [
      { id: 'skipHeaviestToolResults', label: 'Skip the 5 heaviest tool results', saves: 31_200 },
      { id: 'compressOlder', label: 'Compress the first 40 messages', saves: 18_400 },
      { id: 'slidingWindow', label: 'Keep the last 20 messages', saves: 26_000 },
    ],
  };
}

export function record(index: number, over: Partial<RecordView> = {}): RecordView {
  const prompt = 22_000 + index * 512;
  return {
    id: `record-${index}`,
    createdAt: at(index * 3),
    head: hashOf(`record-head-${index}`),
    provider: 'anthropic',
    model: index % 6 === 5 ? 'claude-haiku-4-5' : 'claude-sonnet-4-5',
    outcome: 'answered',
    errorCode: null,
    finishReason: index % 3 === 0 ? 'end_turn' : 'tool_use',
    messages: 12 + index,
    estimated: prompt - 1_480,
    usage: {
      prompt,
      completion: 180 + (index % 11) * 97,
      cacheRead: index % 8 === 0 ? 0 : prompt - 900,
      cacheWrite: 900,
      reasoning: 0,
    },
    latencyMs: 1_800 + (index % 9) * 730,
    stablePrefix: { messages: index % 8 === 0 ? 0 : 11 + index, tokens: prompt - 2_300 },
    answer: hashOf(`answer-${index}`),
    imported: index % 4 !== 0,
    ...over,
  };
}

export function sampleRecords(count: number, hasMore = false): RecordsView {
  const records = Array.from({ length: count }, (_, i) => record(count - 1 - i));
  if (count > 4) {
    records[0] = record(count - 1, {
      outcome: 'pending',
      usage: null,
      latencyMs: null,
      finishReason: null,
      answer: null,
    });
    records[2] = record(count - 3, {
      outcome: 'failed',
      errorCode: 'RATE_LIMITED',
      usage: null,
      finishReason: null,
      answer: null,
    });
    records[3] = record(count - 4, {
      outcome: 'interrupted',
      usage: null,
      latencyMs: null,
      finishReason: null,
      answer: null,
    });
  }
  return { records, hasMore };
}

export function sampleDetail(): RecordDetailView {
  return {
    record: record(7),
    messages: sampleContext(40).messages.filter((one) => one.inContext),
    facts: [
      { label: 'temperature', value: '0.2' },
      { label: 'Context hash', value: hashOf('context').slice(0, 16) },
    ],
    reproduced: 'same',
    reason: null,
  };
}

export function sampleComparison(): ComparisonView {
  const unchanged = (index: number) => ({
    status: 'unchanged' as const,
    role: 'assistant' as const,
    contentType: 'dialogue',
    hash: hashOf(`same-${index}`),
    tokensA: 40,
    tokensB: 40,
    runs: [{ kind: 'same' as const, text: `Step ${index} of the analysis` }],
  });
  return {
    a: record(7),
    b: record(8),
    added: 2,
    removed: 1,
    modified: 1,
    unchanged: 34,
    tokenDelta: { count: 1_284, exact: false },
    messages: [
      {
        status: 'modified',
        role: 'system',
        contentType: 'instruction',
        hash: hashOf('system'),
        tokensA: 412,
        tokensB: 436,
        runs: [
          { kind: 'same', text: 'You are a careful senior engineer. Explain the cause before you change code. ' },
          { kind: 'removed', text: 'Keep answers short.' },
          { kind: 'added', text: 'Never weaken a test to make it pass.' },
          { kind: 'same', text: '\nAnswer in English.' },
        ],
      },
      ...Array.from({ length: 33 }, (_, i) => unchanged(i)),
      {
        status: 'removed',
        role: 'tool',
        contentType: 'tool_io',
        hash: hashOf('gone'),
        tokensA: 2_400,
        tokensB: null,
        runs: [{ kind: 'removed', text: 'read_file →\nexport class Session {\n  refresh() {}\n}\n' }],
      },
      unchanged(99),
      {
        status: 'added',
        role: 'user',
        contentType: 'dialogue',
        hash: hashOf('new'),
        tokensA: null,
        tokensB: 24,
        runs: [{ kind: 'added', text: 'Run the auth tests twenty times and show me the failures.' }],
      },
      {
        status: 'added',
        role: 'assistant',
        contentType: 'dialogue',
        hash: hashOf('new-2'),
        tokensA: null,
        tokensB: 64,
        runs: [{ kind: 'added', text: 'All twenty runs pass with the skew in place.' }],
      },
    ],
  };
}

/** A main line with a side branch that is merged every 20 commits, and one that is still open. */
export function sampleGraph(count: number, hasMore = false): GraphView {
  const commits: GraphCommitView[] = [];
  const commit = (name: string, parents: readonly string[], over: Partial<GraphCommitView> = {}): void => {
    const index = commits.length;
    const one = message(index, STEPS[index % STEPS.length]?.(index) ?? {});
    commits.push({
      hash: hashOf(name),
      parents: parents.map(hashOf),
      operation: 'append',
      contentType: one.contentType,
      role: one.role,
      subject: one.text.split('\n')[0] ?? '',
      tokens: one.tokens,
      priority: 'normal',
      author: one.author,
      createdAt: at(count - index),
      refs: [],
      isHead: index === 0,
      ...over,
    });
  };
  const quiet = { role: null, tokens: null } as const;
  for (let i = 0; commits.length < count; i++) {
    const name = `m${i}`;
    const next = `m${i + 1}`;
    if (i === 2) {
      commit('x0', ['x1'], { refs: [{ kind: 'branch', name: 'experiment/skew-of-30s', current: false }] });
      commit('x1', ['m9'], { ...quiet, operation: 'edit', subject: 'restore to version 2' });
    }
    if (i % 20 === 5) {
      commit(name, [next, `s${i}-0`], {
        ...quiet,
        operation: 'merge',
        contentType: 'merge',
        subject: "Merge branch 'refresh' into main",
      });
      commit(`s${i}-0`, [`s${i}-1`], { refs: [{ kind: 'branch', name: 'refresh', current: false }] });
      commit(`s${i}-1`, [`m${i + 4}`]);
    } else if (i % 20 === 3) {
      commit(name, [next], { ...quiet, operation: 'annotate', contentType: 'annotation', subject: 'pin 1a2b3c4d' });
    } else if (i % 20 === 11) {
      commit(name, [next], { operation: 'compress', contentType: 'compression', subject: 'Summary of 23 messages' });
    } else {
      commit(name, [next], {
        refs:
          i === 0
            ? [
                { kind: 'branch', name: 'main', current: true },
                { kind: 'tag', name: 'green', current: false },
              ]
            : i === 4
              ? [{ kind: 'import', name: 'session/258c7280', current: false }]
              : [],
      });
    }
  }
  return { commits: commits.slice(0, count), hasMore };
}

export function samplePlan(files: number): PlanView {
  return {
    id: 'plan-1',
    query: 'fix the race between session refresh and token expiry',
    state: 'ready',
    mode: 'lexical',
    fallbackReason: 'disabled',
    exact: false,
    used: 41_200,
    cap: 60_000,
    overBudget: false,
    files: Array.from({ length: files }, (_, i) => ({
      path:
        i === 0
          ? 'test/auth/login.test.ts'
          : `src/${['auth', 'session', 'server/http', 'ui'][i % 4] ?? ''}/module-${i}.ts`,
      tokens: 400 + ((i * 977) % 6_000),
      score: i < 1 ? null : Math.max(0, 12 - i * 0.37),
      reason:
        i < 1
          ? ('pinned' as const)
          : i < 14
            ? ('fit' as const)
            : i === 15
              ? ('too_big' as const)
              : ('budget_exhausted' as const),
      kept: i < 14,
      deliverable: i < 1,
      modifiable: i > 0 && i < 4,
      substitution: i === 6 || i === 9 ? { label: 'summary of 5 Jan', tokens: 180, saves: 4_100 } : null,
      changedSince: i === 3,
    })),
    skipped: [
      { path: '.env', reason: 'secret' },
      { path: 'media/logo.png', reason: 'binary' },
    ],
    embedding: { hits: 0, misses: 0, calls: 0, cap: 0 },
  };
}

export function sampleEfficiency(rows: number): EfficiencyView {
  return {
    rows: Array.from({ length: rows }, (_, i) => ({
      phase: `record-${i}`,
      createdAt: at(i * 11),
      mode: i % 3 === 0 ? 'lexical' : 'semantic',
      fallbackReason: i % 3 === 0 ? 'cap_exceeded' : null,
      used: 38_000 + ((i * 1_777) % 20_000),
      cap: 60_000,
      kept: 12 + (i % 5),
      omitted: 30,
      substitutions: i % 4,
      saved: (i % 4) * 3_900,
      cacheHits: 20 + i,
      cacheMisses: 3,
      calls: 1,
      outcome: 'answered',
    })),
    savedTotal: rows * 4_000,
    utilisation: 0.78,
    modes: { lexical: Math.ceil(rows / 3), semantic: rows - Math.ceil(rows / 3) },
    outcomes: { answered: rows },
  };
}

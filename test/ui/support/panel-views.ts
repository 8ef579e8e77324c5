import { createHash } from 'node:crypto';
import type { BudgetView } from '../../../src/shared/budget-view.js';
import type { ComposerView } from '../../../src/shared/composer-view.js';
import type { ContextView, MessageView } from '../../../src/shared/context-view.js';
import type { HeaderView } from '../../../src/shared/header.js';

/** Snapshots as a real session of a coding agent gives them; every value is made from its index. */

export function hashOf(name: string | number): string {
  return createHash('sha256').update(String(name)).digest('hex');
}

const START = Date.parse('2026-01-05T09:00:00Z');

/** A time of the sample session. */
export function at(minute: number): string {
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
  changedFiles: 0,
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

/** One round of an agent: prompt, reasoning, calls and results. */
export const STEPS: readonly ((index: number) => Partial<MessageView>)[] = [
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

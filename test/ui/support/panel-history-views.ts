import type { EfficiencyView } from '../../../src/shared/efficiency-view.js';
import type { GraphCommitView, GraphView } from '../../../src/shared/graph-view.js';
import type { PlanView } from '../../../src/shared/plan-view.js';
import type { ComparisonView, RecordDetailView, RecordsView, RecordView } from '../../../src/shared/record-view.js';
import { at, hashOf, message, sampleContext, STEPS } from './panel-views.js';

/** Snapshots of records, graph, plan and efficiency, in the manner of `panel-views.ts`. */

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
    from: 'whole workspace',
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
      score: i < 1 ? null : Math.max(0, 12 - i),
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
      inContext: i === 3 || i === 5,
      changedSince: i === 3,
    })),
    skipped: [
      { path: '.env', reason: 'secret' },
      { path: 'media/logo.png', reason: 'binary' },
    ],
    skippedCount: 2,
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

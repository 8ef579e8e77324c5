import type { AgentCommit, AgentTract } from '../../../src/core/agents/agent-tract.js';
import { CommitNotFoundError, DetachedHeadError } from '../../../src/core/model/errors.js';

/** A tract of two messages that writes down what it is asked to change. */
export class FakeTract implements AgentTract {
  readonly changes: unknown[][] = [];
  head: string | null = hash('b');
  currentBranch: string | null = 'main';

  readonly #commits: AgentCommit[] = [
    commit('b', 'dialogue', 'What is 2+2?', 7),
    { ...commit('a', 'instruction', 'You are helpful.', 6), effectivePriority: 'pinned' },
  ];

  status() {
    return Promise.resolve({
      text: 'main @ bbbbbbbb | 2 commits | 16/100 (16%) tokens',
      detached: this.currentBranch === null,
      branch: this.currentBranch,
    });
  }

  log({ from, limit = 20 }: { readonly from?: string; readonly limit?: number }) {
    const at = this.#commits.findIndex((item) => item.commitHash === (from ?? this.head));
    const page = this.#commits.slice(at, at + limit);
    return Promise.resolve(Object.assign(page, at + limit < 2 ? { nextCursor: 'next' } : {}));
  }

  compile({ at }: { readonly at?: string }) {
    const messages = [
      { role: 'system', content: 'You are helpful.', tokenCount: 7, commitHash: hash('a') },
      { role: 'user', content: 'What is 2+2?', tokenCount: 9, commitHash: hash('b') },
    ].slice(0, at === hash('a') ? 1 : 2);
    return Promise.resolve({
      head: at ?? this.head,
      messages,
      tokenCount: 16,
      tokenSource: 'tiktoken:o200k_base',
      toMarkdown: () => messages.map(({ role, content }) => `## ${role}\n\n${content}`).join('\n\n'),
    });
  }

  diff() {
    return Promise.resolve({
      a: hash('a'),
      b: hash('b'),
      totals: { added: 1, removed: 0, modified: 0, unchanged: 1, tokenDelta: 9 },
      messages: [
        { status: 'unchanged' },
        {
          status: 'added',
          b: { role: 'user', content: 'What is 2+2?', tokenCount: 9, commitHash: hash('b') },
        },
      ],
    });
  }

  search({ text = '' }: { readonly text?: string }) {
    return Promise.resolve('What is 2+2?'.includes(text) ? [{ commitHash: hash('b'), excerpt: 'What\nis 2+2?' }] : []);
  }

  compileRecords() {
    return Promise.resolve([
      {
        id: 'rec-1',
        headHash: hash('b'),
        tokenCount: 100,
        tokenSource: 'api:100+50',
        commitCount: 2,
        model: 'fake-1',
        createdAt: '2026-01-01T00:00:02+00:00',
        outcome: 'answered',
        stablePrefix: { messages: 1, tokens: 7 },
      },
    ]);
  }

  resolveCommit(ref: string) {
    const found = { HEAD: this.head, main: hash('b'), aaaa: hash('a'), [hash('a')]: hash('a'), [hash('b')]: hash('b') }[
      ref
    ];
    return found ? Promise.resolve(found) : Promise.reject(new CommitNotFoundError(ref, []));
  }

  commit(...given: unknown[]) {
    if (this.currentBranch === null) return Promise.reject(new DetachedHeadError('commit'));
    this.changes.push(['commit', ...given]);
    return Promise.resolve(commit('c', 'dialogue', 'new', 5));
  }

  branch(...given: unknown[]) {
    this.changes.push(['branch', ...given]);
    return Promise.resolve(hash('b'));
  }

  checkout(...given: unknown[]) {
    this.changes.push(['checkout', ...given]);
    this.currentBranch = null;
    return Promise.resolve(hash('a'));
  }

  annotate(...given: unknown[]) {
    this.changes.push(['annotate', ...given]);
    return Promise.resolve(commit('d', 'annotation', 'skip', 0));
  }

  compress(...given: unknown[]) {
    this.changes.push(['compress', ...given]);
    return Promise.resolve({ commit: { commitHash: hash('e') }, sources: [1, 2], tokensBefore: 16, tokensAfter: 9 });
  }
}

export function hash(letter: string): string {
  return letter.repeat(64);
}

function commit(letter: string, contentType: string, message: string, tokenCount: number): AgentCommit {
  return {
    commitHash: hash(letter),
    contentType,
    operation: 'append',
    message,
    tokenCount,
    createdAt: '2026-01-01T00:00:00+00:00',
    effectivePriority: 'normal',
  };
}

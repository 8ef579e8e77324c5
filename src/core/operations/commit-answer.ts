import type { StoredCommit } from '../model/commit.js';
import { validateContent } from '../model/content.js';
import type { JsonObject } from '../model/json.js';
import { HEADS } from '../model/refs.js';
import type { Answer } from './answer.js';
import type { Scope } from './scope.js';
import { writeCommit } from './write-commit.js';

/**
 * Commits an answer as the child of what was sent (SPEC §10): on the branch it was asked from while that still stands there, else
 * on a new branch `<branch>-answer-<id8>`, so that no paid answer is lost. HEAD itself stays where it is.
 */
export function commitAnswer(
  scope: Scope,
  {
    answer,
    generationConfig,
    head,
    branch,
    recordId,
  }: {
    readonly answer: Answer;
    readonly generationConfig: JsonObject;
    readonly head: string;
    readonly branch: string;
    readonly recordId: string;
  },
): { readonly commit: StoredCommit | null; readonly branch: string } {
  const { tx, tractId, env } = scope;
  const options = { generationConfig };
  let parentHash = head;
  let commit: StoredCommit | null = null;
  if (answer.reasoning !== '') {
    const content = validateContent({ content_type: 'reasoning', text: answer.reasoning }, env.types);
    parentHash = writeCommit(scope, { operation: 'append', content, parentHash, options }).commitHash;
  }
  if (answer.text !== '' || answer.toolCalls.length > 0) {
    const content = validateContent({ content_type: 'dialogue', role: 'assistant', text: answer.text }, env.types);
    const metadata = answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls } : null;
    commit = writeCommit(scope, { operation: 'append', content, parentHash, options: { ...options, metadata } });
    parentHash = commit.commitHash;
  }
  if (parentHash === head) return { commit, branch };
  const stands = tx.ref(tractId, HEADS + branch) === head;
  const name = stands ? branch : `${branch}-answer-${recordId.slice(-8).toLowerCase()}`;
  tx.put({ kind: 'ref', tractId, name: HEADS + name, value: parentHash });
  return { commit, branch: name };
}

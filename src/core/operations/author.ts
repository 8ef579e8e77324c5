import type { StoredCommit } from '../model/commit.js';

/**
 * Who wrote a commit (SPEC §8 blame and log): the `author` of its metadata, else the model that generated it, else null: the
 * person whose store it is.
 */
export function authorOf(commit: StoredCommit): string | null {
  for (const value of [commit.metadata?.['author'], commit.generationConfig?.['model']]) {
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

import type { Resolution } from '../compile/fold.js';
import { slotOf } from '../compile/snapshot.js';
import type { Environment } from '../environment.js';
import { mergeBase } from '../graph/ancestry.js';
import { NoModelError } from '../model/errors.js';
import type { Model } from '../ports/model.js';
import type { Reads } from '../transaction.js';
import { readHead } from './head.js';
import { planMerge, type MergeOptions } from './merge.js';
import { proposeMerge } from './summarize.js';

/** Who proposes: this model, else the tract's. */
export interface SemanticOptions {
  readonly model?: Model;
  readonly signal?: AbortSignal;
}

/**
 * A model's texts for the conflicts of a merge that have no resolution yet (SPEC §9.2): proposals, by target. Where only the
 * priorities differ the text stays.
 * @throws NoModelError when there is something to propose, RequestTooLargeError when the texts of a conflict are more than the model
 *   takes, NothingToMergeError, and what the model throws
 */
export async function semanticResolutions(
  store: Reads,
  tractId: string,
  env: Environment,
  branch: string,
  options: MergeOptions & SemanticOptions,
): Promise<Readonly<Record<string, Resolution>>> {
  const { conflicts, ours, theirs } = await planMerge(store, tractId, env, branch, options);
  const given = options.resolutions ?? {};
  const open = [...new Set(conflicts.map((conflict) => conflict.target))].filter(
    (target) => !Object.keys(given).some((key) => target.startsWith(key)),
  );
  if (open.length === 0 || !ours) return given;
  const model = options.model ?? env.model;
  if (!model)
    throw new NoModelError(
      'The semantic strategy needs a model. Choose one, or resolve the conflicts by hand. Nothing was merged.',
    );
  const base = mergeBase(store, ours, theirs);
  const [before, a, b] = await Promise.all(
    [base?.commitHash ?? null, ours.commitHash, theirs.commitHash].map((hash) => env.compiler.snapshot(store, hash)),
  );
  const resolutions: Record<string, Resolution> = { ...given };
  for (const target of open) {
    const [was, mine, others] = [before, a, b].map((snapshot) => snapshot && slotOf(snapshot, target));
    if (!mine || !others) continue;
    const texts = {
      base: was?.text ?? null,
      ours: mine.text,
      theirs: others.text,
      oursName: readHead(store, tractId).branch ?? 'HEAD',
      theirsName: branch,
    };
    const tokens = (was?.textTokens ?? 0) + mine.textTokens + others.textTokens;
    const text =
      mine.text === others.text
        ? mine.text
        : await proposeMerge(model, texts, tokens, options.signal ?? new AbortController().signal);
    resolutions[target] = { text };
  }
  return resolutions;
}

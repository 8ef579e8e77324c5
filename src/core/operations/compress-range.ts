import type { Environment } from '../environment.js';
import type { Commit } from '../model/commit.js';
import { CompressionError } from '../model/errors.js';
import type { Model } from '../ports/model.js';
import type { Session } from '../session.js';
import { compress, type CompressResult } from './compress.js';
import { planCompression, type CompressOptions, type CompressPlan } from './compress-plan.js';
import { newCommit } from './effective-state.js';
import { requireAttached } from './head.js';
import { summarize } from './summarize.js';

/** Who writes the summaries that are not given: this model, else the tract's. */
export interface SummaryOptions {
  readonly text?: string | readonly string[];
  readonly model?: Model;
  readonly signal?: AbortSignal;
}

/** As the operation's, with the public commit. */
export type CompressedRange = Omit<CompressResult, 'commit'> & { readonly commit: Commit };

/**
 * Compresses a range (SPEC §9.4): with `text`, that; else a model's summaries, which are asked for before anything is changed.
 * @throws CompressionError `Nothing to compress`, `No model and no text`, `Empty summary` …, DetachedHeadError
 */
export async function compressRange(
  session: Session,
  tractId: string,
  env: Environment,
  options: CompressOptions & SummaryOptions,
): Promise<CompressedRange> {
  requireAttached({ tx: session.reads, tractId }, 'compress');
  const plan = await planCompression(session.reads, tractId, env, options);
  const texts = await summaries(env, plan, options);
  const messages = plan.groups.reduce((sum, group) => sum + group.sources.length, 0);
  return session.run(
    tractId,
    { name: 'compress', detail: `compress ${messages} messages`, op: true },
    async (scope) => {
      const result = await compress(scope, plan, texts, options.role);
      return { ...result, commit: newCommit(scope.env, result.commit) };
    },
  );
}

/**
 * The given text or texts, else one summary a group by a model.
 * @throws CompressionError `No model and no text`, or what {@link summarize} throws
 */
export async function summaries(
  env: Pick<Environment, 'model' | 'testPattern'>,
  plan: CompressPlan,
  { text, model = env.model ?? undefined, signal = new AbortController().signal }: SummaryOptions,
): Promise<readonly string[]> {
  if (text !== undefined) return typeof text === 'string' ? [text] : text;
  if (!model) throw new CompressionError('No model and no text');
  const texts: string[] = [];
  for (const group of plan.groups) texts.push(await summarize(model, group, env.testPattern, signal));
  return texts;
}

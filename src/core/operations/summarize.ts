import { CompressionError, RequestTooLargeError } from '../model/errors.js';
import type { Model, RequestMessage } from '../ports/model.js';
import type { PatternTest } from '../ports/pattern-test.js';
import { compressPrompt } from '../prompts/compress-prompt.js';
import { fileSummaryPrompt } from '../prompts/file-summary-prompt.js';
import { mergePrompt, type MergeTexts } from '../prompts/merge-prompt.js';
import { AnswerReader } from './answer.js';
import type { CompressGroup } from './compress-plan.js';
import { untilAborted } from './model-events.js';
import { missedMatches } from './retention.js';

/** Attempts after the first, when a summary misses what it must keep (SPEC §9.4). */
const RETRIES = 3;

/**
 * A model's summary of a group (SPEC §9.4): only the latest texts reach it; one that misses a retention match is asked for again.
 * @throws CompressionError `Empty summary`, or when it still misses a match after 3 more attempts; RequestTooLargeError when the sources
 *   alone are more than the model takes, and nothing is sent then (§11)
 */
export async function summarize(
  model: Model,
  group: CompressGroup,
  testPattern: PatternTest,
  signal: AbortSignal,
): Promise<string> {
  requireRoom(model, group.tokens);
  const sources = group.shown.map(({ role, text, toolCalls }) => ({
    role,
    text: [text, ...(toolCalls ?? []).map((call) => `${call.name}(${call.arguments})`)].filter(Boolean).join('\n'),
  }));
  const matches = missedMatches(group.match, '', testPattern);
  let missed: readonly string[] | undefined;
  for (let attempt = 0; attempt <= RETRIES; attempt++) {
    const summary = (
      await ask(
        model,
        compressPrompt({ sources, retain: group.instructions, matches, maxTokens: group.tokens - 1, missed }),
        signal,
      )
    ).trim();
    if (summary === '') throw new CompressionError('Empty summary');
    missed = missedMatches(group.match, summary, testPattern);
    if (missed.length === 0) return summary;
  }
  throw new CompressionError(
    `The model's summary still does not keep ${(missed ?? []).map((rule) => `'${rule.slice(0, 80)}'`).join(', ')} after ${RETRIES + 1} attempts. Nothing was changed.`,
  );
}

/** A file to summarise. */
export interface FileToSummarize {
  readonly path: string;
  readonly content: string;
  /** Of the content. */
  readonly tokens: number;
}

/**
 * A model's summary of a file (SPEC §12).
 * @throws CompressionError `Empty summary`; RequestTooLargeError when the file alone is more than the model takes: nothing is sent (§11)
 */
export async function summarizeFile(model: Model, file: FileToSummarize, signal: AbortSignal): Promise<string> {
  const { path, content, tokens } = file;
  requireRoom(model, tokens);
  const summary = (await ask(model, fileSummaryPrompt(path, content), signal)).trim();
  if (summary === '') throw new CompressionError('Empty summary');
  return summary;
}

/**
 * A model's proposal for one text out of two (SPEC §9.2 `semantic`).
 * @param tokens of the texts
 * @throws RequestTooLargeError when the texts alone are more than the model takes: nothing is sent (§11)
 */
export async function proposeMerge(
  model: Model,
  texts: MergeTexts,
  tokens: number,
  signal: AbortSignal,
): Promise<string> {
  requireRoom(model, tokens);
  return ask(model, mergePrompt(texts), signal);
}

function requireRoom({ contextWindow = Infinity }: Model, tokens: number): void {
  if (tokens > contextWindow) throw new RequestTooLargeError(tokens, contextWindow);
}

async function ask(model: Model, messages: readonly RequestMessage[], signal: AbortSignal): Promise<string> {
  const reader = new AnswerReader();
  const events = model.send({ messages, tools: [], params: null }, { signal });
  for await (const event of untilAborted(events, signal)) reader.read(event);
  return reader.answer().text;
}

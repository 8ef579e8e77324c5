import { ContentValidationError } from '../model/errors.js';
import type { TokenUsage } from '../model/usage.js';

type Dict = Readonly<Record<string, unknown>>;

/** One provider's way to report usage: recognised by its required keys, all of which must be there. */
interface UsageFormat {
  readonly name: string;
  readonly required: readonly string[];
  read(dict: Dict): TokenUsage;
}

/** First match wins, so the more telling keys come first. */
const FORMATS: readonly UsageFormat[] = [
  {
    name: 'TokenUsage',
    required: ['promptTokens', 'completionTokens'],
    read: (dict) => ({
      ...sums(figure(dict, 'promptTokens'), figure(dict, 'completionTokens'), optionalFigure(dict, 'totalTokens')),
      cacheReadTokens: optionalFigure(dict, 'cacheReadTokens') ?? 0,
      cacheWriteTokens: optionalFigure(dict, 'cacheWriteTokens') ?? 0,
      reasoningTokens: optionalFigure(dict, 'reasoningTokens') ?? 0,
    }),
  },
  {
    name: 'OpenAI',
    required: ['prompt_tokens', 'completion_tokens'],
    read: (dict) => ({
      ...sums(figure(dict, 'prompt_tokens'), figure(dict, 'completion_tokens'), optionalFigure(dict, 'total_tokens')),
      ...openAIDetails(dict, 'prompt_tokens_details', 'completion_tokens_details'),
    }),
  },
  { name: 'Anthropic or OpenAI Responses', required: ['input_tokens', 'output_tokens'], read: readInputOutput },
  {
    name: 'Gemini',
    required: ['promptTokenCount'],
    read: (dict) =>
      readGemini(dict, {
        prompt: 'promptTokenCount',
        toolUse: 'toolUsePromptTokenCount',
        candidates: 'candidatesTokenCount',
        thoughts: 'thoughtsTokenCount',
        total: 'totalTokenCount',
        cached: 'cachedContentTokenCount',
      }),
  },
  {
    name: 'Gemini',
    required: ['prompt_token_count'],
    read: (dict) =>
      readGemini(dict, {
        prompt: 'prompt_token_count',
        toolUse: 'tool_use_prompt_token_count',
        candidates: 'candidates_token_count',
        thoughts: 'thoughts_token_count',
        total: 'total_token_count',
        cached: 'cached_content_token_count',
      }),
  },
];

const MAX_KEYS_NAMED = 20;
const MAX_KEY_LENGTH = 60;

/**
 * Reads a usage report of any known provider (SPEC §6, Annex A): a `TokenUsage`, an OpenAI chat or Responses dict, an
 * Anthropic dict (its prompt is the sum of the three input figures) or a Gemini dict in camel or snake case (its
 * thinking tokens count as completion). A missing total is prompt + completion.
 *
 * @returns whole token counts ≥ 0.
 * @throws ContentValidationError for another type, unknown keys, or a figure that is null, negative or not a whole
 *   number. A `*_details` object may be null or absent: compatible servers send both.
 */
export function normalizeUsage(value: unknown): TokenUsage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ContentValidationError(`Expected TokenUsage or dict, got ${typeName(value)}`);
  }
  const dict = value as Dict;
  const format = FORMATS.find(({ required }) => required.every((key) => key in dict));
  if (format === undefined) throw unknownKeys(dict);
  return format.read(dict);
}

/** Anthropic and OpenAI Responses share their two main keys; only Anthropic counts cached input beside `input_tokens`. */
function readInputOutput(dict: Dict): TokenUsage {
  const input = figure(dict, 'input_tokens');
  const output = figure(dict, 'output_tokens');
  const written = optionalFigure(dict, 'cache_creation_input_tokens');
  const read = optionalFigure(dict, 'cache_read_input_tokens');
  const details = openAIDetails(dict, 'input_tokens_details', 'output_tokens_details');
  if (written === undefined && read === undefined) {
    return { ...sums(input, output, optionalFigure(dict, 'total_tokens')), ...details };
  }
  return {
    ...sums(input + (written ?? 0) + (read ?? 0), output),
    cacheReadTokens: read ?? 0,
    cacheWriteTokens: written ?? 0,
    reasoningTokens: details.reasoningTokens,
  };
}

interface GeminiKeys {
  readonly prompt: string;
  readonly toolUse: string;
  readonly candidates: string;
  readonly thoughts: string;
  readonly total: string;
  readonly cached: string;
}

/** Gemini leaves out every figure that is zero, save the prompt's. */
function readGemini(dict: Dict, keys: GeminiKeys): TokenUsage {
  const thoughts = optionalFigure(dict, keys.thoughts) ?? 0;
  const prompt = figure(dict, keys.prompt) + (optionalFigure(dict, keys.toolUse) ?? 0);
  const completion = (optionalFigure(dict, keys.candidates) ?? 0) + thoughts;
  return {
    ...sums(prompt, completion, optionalFigure(dict, keys.total)),
    cacheReadTokens: optionalFigure(dict, keys.cached) ?? 0,
    cacheWriteTokens: 0,
    reasoningTokens: thoughts,
  };
}

function sums(promptTokens: number, completionTokens: number, totalTokens = promptTokens + completionTokens) {
  return { promptTokens, completionTokens, totalTokens };
}

function openAIDetails(dict: Dict, promptKey: string, completionKey: string) {
  const prompt = details(dict, promptKey);
  const completion = details(dict, completionKey);
  return {
    cacheReadTokens: optionalFigure(prompt, 'cached_tokens', `${promptKey}.cached_tokens`) ?? 0,
    cacheWriteTokens: optionalFigure(prompt, 'cache_write_tokens', `${promptKey}.cache_write_tokens`) ?? 0,
    reasoningTokens:
      optionalFigure(completion, 'reasoning_tokens', `${completionKey}.reasoning_tokens`) ??
      // Anthropic's word for it.
      optionalFigure(completion, 'thinking_tokens', `${completionKey}.thinking_tokens`) ??
      0,
  };
}

function details(dict: Dict, key: string): Dict {
  const value = dict[key];
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ContentValidationError(`Usage field ${key} must be an object, got ${typeName(value)}`);
  }
  return value as Dict;
}

function optionalFigure(dict: Dict, key: string, label = key): number | undefined {
  return dict[key] === undefined ? undefined : figure(dict, key, label);
}

function figure(dict: Dict, key: string, label = key): number {
  const value = dict[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const got = typeof value === 'number' ? String(value) : typeName(value);
  throw new ContentValidationError(`Usage field ${label} must be a whole number of tokens, 0 or more, got ${got}`);
}

function unknownKeys(dict: Dict): ContentValidationError {
  const provided = Object.keys(dict);
  const named = provided.slice(0, MAX_KEYS_NAMED).map((key) => key.slice(0, MAX_KEY_LENGTH));
  if (provided.length > named.length) named.push(`and ${provided.length - named.length} more`);
  const expected = FORMATS.map(({ name, required }) => `${required.join(', ')} (${name})`).join('; or ');
  // Where a format is begun but not whole, what is missing is that format's; otherwise there is nothing to point at.
  const begun = FORMATS.find(({ required }) => required.some((key) => key in dict));
  return new ContentValidationError(
    `Unknown usage. Expected the keys ${expected}. Received: ${named.join(', ') || 'no keys'}`,
    {
      required: begun?.required ?? [...new Set(FORMATS.flatMap(({ required }) => required))],
      provided,
      missing: begun?.required.filter((key) => !(key in dict)) ?? [],
    },
  );
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

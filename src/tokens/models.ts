import { DEFAULT_ENCODING, toEncodingName, type EncodingName } from './encodings.js';

/** What counting for a model needs to know (SPEC §6). */
export interface ModelTokens {
  readonly encoding: EncodingName;
  /** False when the model's own tokenizer is not public and `encoding` stands in for it: its counts are estimates. */
  readonly ownEncoding: boolean;
  /** Tokens the model takes, prompt and answer together; null when not known. */
  readonly contextWindow: number | null;
}

/** Additions to the table by setting: model id prefix → what differs. */
export type ModelSettings = Readonly<Record<string, { readonly encoding?: string; readonly contextWindow?: number }>>;

const UNKNOWN: ModelTokens = { encoding: DEFAULT_ENCODING, ownEncoding: false, contextWindow: null };

const o200k = (contextWindow: number): ModelTokens => ({ encoding: 'o200k_base', ownEncoding: true, contextWindow });
const cl100k = (contextWindow: number): ModelTokens => ({ encoding: 'cl100k_base', ownEncoding: true, contextWindow });
const standIn = (contextWindow: number): ModelTokens => ({ ...UNKNOWN, contextWindow });

/** By prefix of the model's id without provider, lower case; the longest prefix holds. */
const MODELS: Readonly<Record<string, ModelTokens>> = {
  'gpt-3.5': cl100k(16_385),
  'gpt-35': cl100k(16_385),
  'gpt-3.5-turbo-0301': cl100k(4_096),
  'gpt-3.5-turbo-0613': cl100k(4_096),
  'gpt-3.5-turbo-instruct': cl100k(4_096),
  'gpt-4': cl100k(8_192),
  'gpt-4-32k': cl100k(32_768),
  'gpt-4-turbo': cl100k(128_000),
  'gpt-4-1106': cl100k(128_000),
  'gpt-4-0125': cl100k(128_000),
  'gpt-4-vision': cl100k(128_000),
  'gpt-4o': o200k(128_000),
  'chatgpt-4o': o200k(128_000),
  'gpt-4.1': o200k(1_047_576),
  'gpt-41': o200k(1_047_576),
  'gpt-4.5': o200k(128_000),
  'gpt-5': o200k(400_000),
  'gpt-5-chat': o200k(128_000),
  'gpt-oss': o200k(131_072),
  'codex-mini': o200k(200_000),
  o1: o200k(200_000),
  'o1-mini': o200k(128_000),
  'o1-preview': o200k(128_000),
  o3: o200k(200_000),
  o4: o200k(200_000),
  'text-embedding-3': cl100k(8_191),
  'text-embedding-ada-002': cl100k(8_191),

  claude: standIn(200_000),
  'claude-instant': standIn(100_000),
  'claude-2.0': standIn(100_000),

  gemini: standIn(1_048_576),
  'gemini-pro': standIn(32_760),
  'gemini-1.0': standIn(32_760),
  'gemini-1.5-pro': standIn(2_097_152),
  gemma: standIn(8_192),
  'gemma-3': standIn(131_072),
  gemma3: standIn(131_072),

  'llama-2': standIn(4_096),
  llama2: standIn(4_096),
  'llama-3': standIn(8_192),
  llama3: standIn(8_192),
  'llama-3.1': standIn(131_072),
  'llama-3.2': standIn(131_072),
  'llama-3.3': standIn(131_072),
  'llama3.1': standIn(131_072),
  'llama3.2': standIn(131_072),
  'llama3.3': standIn(131_072),
  'llama-4': standIn(1_048_576),
  llama4: standIn(1_048_576),
  'llama-4-scout': standIn(10_485_760),
  'llama4:scout': standIn(10_485_760),

  mistral: standIn(131_072),
  'mistral-7b': standIn(32_768),
  ministral: standIn(131_072),
  mixtral: standIn(32_768),
  'mixtral-8x22b': standIn(65_536),
  codestral: standIn(262_144),
  devstral: standIn(131_072),
  magistral: standIn(131_072),

  deepseek: standIn(131_072),
  qwen: standIn(32_768),
  'qwen2.5': standIn(131_072),
  qwen3: standIn(131_072),
  'qwen3-coder': standIn(262_144),
  grok: standIn(131_072),
  'grok-4': standIn(256_000),
  'grok-4-fast': standIn(2_000_000),
  'grok-code-fast': standIn(256_000),
  'phi-3': standIn(131_072),
  'phi-4': standIn(16_384),
  'command-r': standIn(128_000),
  'command-a': standIn(256_000),
  'kimi-k2': standIn(262_144),
  'glm-4': standIn(131_072),
};

/** Models that a person may choose from: the table's, families as such, and those of the setting. Sorted. */
export function knownModels(settings: ModelSettings = {}): string[] {
  return [...new Set([...Object.keys(MODELS), ...Object.keys(settings)])].sort();
}

/**
 * Encoding and context window of a model by its id, with or without provider (`openai/gpt-4o`, `models/gemini-2.5-pro`).
 * The longest matching prefix holds; a setting goes before the table at the same length and may leave fields to it. An
 * unknown model has the default encoding as a stand-in and no window.
 * @throws UnknownEncodingError when the setting that holds names an encoding Tract does not have
 */
export function modelTokens(model: string, settings: ModelSettings = {}): ModelTokens {
  const id = model.toLowerCase();
  const name = id.slice(id.lastIndexOf('/') + 1);
  const [prefix, known] = longestPrefix(MODELS, name) ?? ['', UNKNOWN];
  const bare = longestPrefix(settings, name);
  const [settingPrefix, setting] = longestPrefix(settings, id) ?? bare ?? ['', {}];
  if (settingPrefix.length < prefix.length) return known;
  return {
    encoding: setting.encoding === undefined ? known.encoding : toEncodingName(setting.encoding),
    ownEncoding: setting.encoding === undefined ? known.ownEncoding : true,
    contextWindow: isWindow(setting.contextWindow) ? setting.contextWindow : known.contextWindow,
  };
}

/** The entry whose key, in lower case, is the longest prefix of `id`. */
function longestPrefix<T>(table: Readonly<Record<string, T>>, id: string): [prefix: string, value: T] | undefined {
  return Object.entries(table)
    .filter(([prefix]) => id.startsWith(prefix.toLowerCase()))
    .reduce<[string, T] | undefined>(
      (best, entry) => (entry[0].length > (best?.[0].length ?? -1) ? entry : best),
      undefined,
    );
}

/** Settings hold what a person wrote: a window is a whole number of tokens above 0, anything else is none. */
function isWindow(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

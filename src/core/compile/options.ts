import { checkOptions, FLAG, LIST, NUMBER, orNull, shownValue, TEXTS, type Kind } from '../model/arguments.js';
import { canonicalJson } from '../model/canonical.js';
import { CompileOptionsError } from '../model/errors.js';
import type { JsonObject, JsonValue } from '../model/json.js';

const STRATEGIES = ['full', 'messages', 'adaptive'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** How a context is rendered (SPEC §5). `at` and `asOf` say which commit and are resolved before. */
export interface RenderOptions {
  readonly strategy?: Strategy;
  /** `adaptive`: how many of the last messages keep their text (default 5). */
  readonly k?: number;
  /** `adaptive`: the share of messages that keep their text, 0…1; at least one does. */
  readonly recentRatio?: number;
  readonly includeReasoning?: boolean;
  /** Adds ` [edited]` to edited messages. */
  readonly markEdits?: boolean;
  /** Messages that come first, in this order; the rest keep theirs. Refs where a person gives them, whole hashes here. */
  readonly order?: readonly string[];
  /** Replaces the `tools` setting of the history (Annex B.2). */
  readonly tools?: readonly JsonValue[];
}

const DEFAULT_K = 5;

const KINDS: Readonly<Record<string, Kind>> = {
  recentRatio: NUMBER,
  includeReasoning: FLAG,
  markEdits: FLAG,
  order: TEXTS,
  tools: orNull(LIST),
};

/** Callers from JavaScript are not held to the type. */
function isStrategy(name: unknown): name is Strategy {
  return (STRATEGIES as readonly unknown[]).includes(name);
}

/**
 * Validates and reduces options to those that differ from the defaults, so that equal renderings have equal keys.
 * @throws CompileOptionsError, InvalidArgumentError
 */
export function normalizeOptions(options: RenderOptions): { readonly options: RenderOptions; readonly key: string } {
  checkOptions(options, KINDS, 'Nothing was compiled.');
  const given: unknown = options.strategy ?? 'full';
  if (!isStrategy(given)) {
    throw new CompileOptionsError(
      `Invalid compile strategy '${shownValue(given).slice(0, 40)}'. Use ${STRATEGIES.join(', ')}.`,
    );
  }
  const strategy: Strategy = given;
  const { k, recentRatio } = options;
  if (k !== undefined && (!Number.isInteger(k) || k < 0))
    throw new CompileOptionsError('k must be a whole number of at least 0.');
  if (recentRatio !== undefined && !(recentRatio >= 0 && recentRatio <= 1))
    throw new CompileOptionsError('recentRatio must lie between 0 and 1.');
  const normalized: RenderOptions = {
    ...(strategy === 'full' ? {} : { strategy }),
    ...(strategy !== 'adaptive' ? {} : recentRatio !== undefined ? { recentRatio } : { k: k ?? DEFAULT_K }),
    ...(options.includeReasoning ? { includeReasoning: true } : {}),
    ...(options.markEdits ? { markEdits: true } : {}),
    ...(options.order && options.order.length > 0 ? { order: options.order } : {}),
    ...(options.tools ? { tools: options.tools } : {}),
  };
  return { options: normalized, key: Object.keys(normalized).length === 0 ? '' : canonicalJson(normalized) };
}

/** The options as a record keeps them: null for the default ones (SPEC §7). */
export function optionsOfKey(key: string): JsonObject | null {
  return key === '' ? null : (JSON.parse(key) as JsonObject);
}

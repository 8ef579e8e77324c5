import { checkOptions, TEXT, type Kind } from '../model/arguments.js';
import { ContentValidationError } from '../model/errors.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { PatternTest } from '../ports/pattern-test.js';

/** Longest pattern taken from a person (SPEC §17). */
const MAX_PATTERN = 500;
/** Longest text a pattern of a person's is run over. */
const MAX_SEARCHED = 20_000;

export interface RetentionRules {
  /** A summary must contain every text and match every pattern. */
  readonly match?: readonly (string | RegExp)[];
  readonly instructions?: string;
}

const MATCH: Kind = {
  says: 'a list of texts and regular expressions',
  accepts: (value) => Array.isArray(value) && value.every((rule) => typeof rule === 'string' || rule instanceof RegExp),
};

/**
 * Retention criteria as they are stored in an annotation (SPEC §9.4): patterns become `{regex, flags}`.
 * @throws ContentValidationError, InvalidArgumentError
 */
export function validateRetention(rules: RetentionRules): JsonObject {
  checkOptions(rules, { match: MATCH, instructions: TEXT });
  const match = (rules.match ?? []).map((rule): JsonValue =>
    typeof rule === 'string' ? rule : { regex: rule.source, flags: rule.flags },
  );
  if (match.includes(''))
    throw new ContentValidationError('retain.match takes non-empty texts and regular expressions. Nothing was stored.');
  for (const rule of match) patternOf(rule);
  return {
    ...(match.length > 0 ? { match } : {}),
    ...(rules.instructions === undefined ? {} : { instructions: rules.instructions }),
  };
}

/**
 * The rules that a summary does not keep, as texts for a person or a model.
 * @throws CompressionError when a pattern takes too long
 */
export function missedMatches(
  match: readonly JsonValue[],
  summary: string,
  testPattern: PatternTest,
): readonly string[] {
  return match
    .filter((rule) => !keeps(rule, summary, testPattern))
    .map((rule) => (typeof rule === 'string' ? rule : `/${patternOf(rule)?.source ?? ''}/`));
}

function keeps(rule: JsonValue, summary: string, testPattern: PatternTest): boolean {
  if (typeof rule === 'string') return summary.includes(rule);
  const pattern = patternOf(rule);
  return pattern === null || testPattern(pattern, summary.slice(0, MAX_SEARCHED));
}

function patternOf(rule: JsonValue): RegExp | null {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return null;
  const { regex, flags } = rule as JsonObject;
  if (typeof regex !== 'string' || regex.length > MAX_PATTERN)
    throw new ContentValidationError(
      `A pattern must be a text of at most ${MAX_PATTERN} characters. Nothing was stored.`,
    );
  try {
    return new RegExp(regex, typeof flags === 'string' ? flags.replace(/[gy]/g, '') : '');
  } catch (error) {
    throw new ContentValidationError(
      `Not a valid pattern: ${regex.slice(0, 60)}. Nothing was stored.`,
      {},
      { cause: error },
    );
  }
}

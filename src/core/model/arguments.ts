import { InvalidArgumentError } from './errors.js';

/** What an argument may be: a test, and the words that say it. Callers from JavaScript are not held to the types. */
export interface Kind {
  readonly says: string;
  readonly accepts: (value: unknown) => boolean;
}

const CHANGED = 'Nothing was changed.';

const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isModel = (value: unknown): boolean => isObject(value) && 'send' in value && typeof value.send === 'function';

export const TEXT: Kind = { says: 'a text', accepts: isText };
export const PATH: Kind = { says: 'a text that is not empty', accepts: (value) => isText(value) && value !== '' };
export const TEXTS: Kind = { says: 'a list of texts', accepts: isTexts };
export const TEXT_OR_TEXTS: Kind = {
  says: 'a text or a list of texts',
  accepts: (value) => isText(value) || isTexts(value),
};
/** Stored as it is, so it must be one that UTF-8 can hold. */
export const STORED_TEXT: Kind = {
  says: 'a text without lone surrogates',
  accepts: (value) => isText(value) && !/\p{Surrogate}/u.test(value),
};
/** Names something in a store. */
export const STORED_NAME: Kind = {
  says: 'a text that is not empty, without lone surrogates',
  accepts: (value) => STORED_TEXT.accepts(value) && value !== '',
};
export const FLAG: Kind = { says: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const LIST: Kind = { says: 'a list', accepts: Array.isArray };
export const OBJECT: Kind = { says: 'an object', accepts: isObject };
export const FUNCTION: Kind = { says: 'a function', accepts: (value) => typeof value === 'function' };
export const NUMBER: Kind = { says: 'a number', accepts: (value) => typeof value === 'number' };
/** Which times there are, `toTimestampIso` knows. */
export const TIME: Kind = { says: 'an ISO text or a Date', accepts: (value) => isText(value) || value instanceof Date };
export const SIGNAL: Kind = {
  says: 'an AbortSignal',
  accepts: (value) => isObject(value) && 'aborted' in value && 'addEventListener' in value,
};
/** A model of the caller's own (Annex A). */
export const MODEL: Kind = { says: 'a model with a send function', accepts: isModel };
export const MODEL_OR_NAME: Kind = {
  says: 'a model or the name of one',
  accepts: (value) => isText(value) || isModel(value),
};

export function wholeFrom(least: number): Kind {
  return {
    says: `a whole number of at least ${least}`,
    accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
  };
}

export function oneOf(words: readonly string[]): Kind {
  return { says: `one of ${words.join(', ')}`, accepts: (value) => isText(value) && words.includes(value) };
}

/** Null stands for left out. */
export function orNull({ says, accepts }: Kind): Kind {
  return { says, accepts: (value) => value === null || accepts(value) };
}

/** A value of any kind in a message for a person: of what is no text, number or flag, only its kind. Never throws. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return ['number', 'boolean', 'bigint', 'undefined'].includes(typeof value) || value === null
    ? String(value)
    : Array.isArray(value)
      ? 'a list'
      : `a value of type ${typeof value}`;
}

/** @throws InvalidArgumentError saying what `name` must be (SPEC Annex A) */
export function checkArgument(name: string, value: unknown, { says, accepts }: Kind, nothing = CHANGED): void {
  if (!accepts(value)) throw new InvalidArgumentError(`${name} must be ${says}. ${nothing}`);
}

/**
 * Checks the options that have a kind; others are not looked at. One that is undefined is left out.
 * @throws InvalidArgumentError naming the option (SPEC Annex A)
 */
export function checkOptions(options: unknown, kinds: Readonly<Record<string, Kind>>, nothing = CHANGED): void {
  checkArgument('options', options, OBJECT, nothing);
  for (const [name, value] of Object.entries(options as object) as [string, unknown][]) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind && value !== undefined) checkArgument(name, value, kind, nothing);
  }
}

import { checkOptions, FLAG, OBJECT, orNull, shownValue, STORED_TEXT, type Kind } from '../core/model/arguments.js';
import { InvalidArgumentError } from '../core/model/errors.js';
import { BRANCH_NAME } from '../core/operations/ref-name.js';
import type { Clock } from '../core/ports/clock.js';
import { checkOpsOptions } from '../ops/check-options.js';
import { checkContentTypes } from './check-content-types.js';
import type { OpenOptions } from './open-store.js';

const KINDS: Readonly<Record<string, Kind>> = {
  readOnly: FLAG,
  verifyCache: FLAG,
  application: STORED_TEXT,
  budget: orNull(OBJECT),
  defaultBranch: BRANCH_NAME,
  actor: STORED_TEXT,
  missionId: orNull(STORED_TEXT),
  wpId: orNull(STORED_TEXT),
  contentTypes: OBJECT,
};

/** @throws InvalidArgumentError for what no store or tract can be opened with (SPEC Annex A); before any file is touched */
export function checkOpenOptions(options: OpenOptions): void {
  if (!isObject(options)) refuse('The options', 'an object');
  checkOptions(options, KINDS, 'Nothing was opened.');
  const { directory, clock, tokenCounter, compileCacheSize, model, compiler, contentTypes, ops } = options;
  if (isObject(contentTypes)) checkContentTypes(contentTypes);
  if (directory !== undefined && (!isText(directory) || directory === '')) refuse('directory', 'the path of a folder');
  if (clock !== undefined && typeof clock !== 'function') refuse('clock', 'a function that returns a Date');
  if (tokenCounter !== undefined && !isText(tokenCounter) && !isFunction(tokenCounter) && !isCounter(tokenCounter))
    refuse('tokenCounter', "an encoding's name, a function, or an object with `id` and `count`");
  if (compileCacheSize !== undefined && !(Number.isSafeInteger(compileCacheSize) && Number(compileCacheSize) >= 0))
    refuse('compileCacheSize', 'a whole number of at least 0');
  if (isGiven(model) && !has(model, 'send')) refuse('model', 'an object with `id` and `send`');
  if (isGiven(compiler) && !has(compiler, 'compile')) refuse('compiler', 'an object with `compile`');
  if (isGiven(ops) && !(isObject(ops) && isText(ops['directory'])))
    refuse('ops', 'an object with `durability` and `directory`');
  if (isGiven(ops)) checkOpsOptions(ops);
}

/** A clock whose every answer is looked at: a Date that is none would end as a time nobody meant. */
export function checkedClock(clock: Clock): Clock {
  return () => {
    const now: unknown = clock();
    if (now instanceof Date && !Number.isNaN(now.getTime())) return now;
    throw new InvalidArgumentError(
      `The clock must give a valid Date, and gave ${now instanceof Date ? 'an invalid one' : shownValue(now).slice(0, 40)}. Nothing was changed.`,
    );
  };
}

/** A counter of the caller's own, whose every answer is looked at. */
export function checkedCounter(count: (text: string) => number): (text: string) => number {
  return (text) => {
    const tokens: unknown = count(text);
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0) return tokens;
    throw new InvalidArgumentError(
      `tokenCounter must give a whole number of at least 0, and gave ${shownValue(tokens).slice(0, 40)}. Nothing was changed.`,
    );
  };
}

function refuse(name: string, expected: string): never {
  throw new InvalidArgumentError(`${name} must be ${expected}. Nothing was opened.`);
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isCounter = (value: unknown): boolean => has(value, 'count') && isObject(value) && isText(value['id']);
const has = (value: unknown, method: string): boolean => isObject(value) && isFunction(value[method]);

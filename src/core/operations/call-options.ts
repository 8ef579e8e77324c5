import { InvalidArgumentError } from '../model/errors.js';
import type { GenerateOptions } from './generate.js';

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What each option of a call must be (SPEC Annex A); ranges that differ from provider to provider are the provider's to check. */
const CHECKS: Readonly<Record<string, readonly [string, (value: unknown) => boolean]>> = {
  model: [
    'a model or the name of one',
    (value) => isText(value) || (isObject(value) && 'send' in value && typeof value.send === 'function'),
  ],
  temperature: ['a number of at least 0', (value) => isNumber(value) && Number(value) >= 0],
  maxTokens: ['a whole number above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0],
  topP: ['a number from 0 to 1', (value) => isNumber(value) && Number(value) >= 0 && Number(value) <= 1],
  stop: ['a text or a list of texts', (value) => isText(value) || (Array.isArray(value) && value.every(isText))],
  seed: ['a whole number', (value) => Number.isSafeInteger(value)],
  params: ['an object', isObject],
  signal: ['an AbortSignal', (value) => isObject(value) && 'aborted' in value && 'addEventListener' in value],
  onEvent: ['a function', (value) => typeof value === 'function'],
  missionId: ['a text', isText],
  wpId: ['a text', isText],
};

/** @throws InvalidArgumentError for options no call can have (Annex A); before anything is written or sent */
export function checkCallOptions(options: GenerateOptions): void {
  if (!isObject(options)) throw new InvalidArgumentError('The options of a call must be an object. Nothing was sent.');
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
    if (value === undefined || check === undefined) continue;
    const [expected, holds] = check;
    if (!holds(value)) throw new InvalidArgumentError(`${name} must be ${expected}. Nothing was sent.`);
  }
}

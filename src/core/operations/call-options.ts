import {
  checkOptions,
  FUNCTION,
  MODEL_OR_NAME,
  OBJECT,
  SIGNAL,
  TEXT,
  TEXT_OR_TEXTS,
  type Kind,
} from '../model/arguments.js';
import type { GenerateOptions } from './generate.js';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isWhole = (value: unknown): value is number => isNumber(value) && Number.isSafeInteger(value);

/** What each option of a call must be (SPEC Annex A); ranges that differ from provider to provider are the provider's to check. */
const KINDS: Readonly<Record<string, Kind>> = {
  model: MODEL_OR_NAME,
  temperature: { says: 'a number of at least 0', accepts: (value) => isNumber(value) && value >= 0 },
  maxTokens: { says: 'a whole number above 0', accepts: (value) => isWhole(value) && value > 0 },
  topP: { says: 'a number from 0 to 1', accepts: (value) => isNumber(value) && value >= 0 && value <= 1 },
  stop: TEXT_OR_TEXTS,
  seed: { says: 'a whole number', accepts: isWhole },
  params: OBJECT,
  signal: SIGNAL,
  onEvent: FUNCTION,
  missionId: TEXT,
  wpId: TEXT,
};

/** @throws InvalidArgumentError for options no call can have (Annex A); before anything is written or sent */
export function checkCallOptions(options: GenerateOptions): void {
  checkOptions(options, KINDS, 'Nothing was sent.');
}

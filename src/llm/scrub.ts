import type { ModelRequest } from '../core/ports/model.js';

/** Longest part of a provider's own words that is repeated to a person, in code units. */
const MAX_DETAIL = 300;
/** A run this long that also stands in the request counts as an echo of the person's text. */
const ECHO_LENGTH = 12;
/** Shorter texts ("Hi") would blank out ordinary words. */
const MIN_WHOLE_TEXT = 4;
/** Above this much request text the search for echoes is not worth its time, and the provider's words are left out. */
const MAX_SEARCHED = 4_000_000;

const MASK = '…';

/** Keys as providers write them, authorization values, credentials in URLs. Linear: no nested repetition. */
const SECRET_SHAPES = [
  /\b(?:sk|pk|rk|key|org|proj|sess|gsk|xai|ghp|gho|hf)[-_][A-Za-z0-9*._-]{6,}/gi,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{4,}/gi,
  /\/\/[^\s/@]{1,200}@/g,
  /[A-Za-z0-9+/_-]{32,}={0,2}/g,
];

/** What must not come back in an error's text. */
export interface Unspeakable {
  readonly secrets: readonly string[];
  /** Every text of the request: messages, tool arguments. */
  readonly texts: readonly string[];
}

/**
 * A provider's own message, fit to be shown and logged (SPEC §17): bounded to 300 characters, on one line, without keys
 * and without what it repeats of the request. `''` when nothing is left to say.
 */
export function scrub(message: string, { secrets, texts }: Unspeakable): string {
  let text = message.slice(0, 4 * MAX_DETAIL);
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, MASK);
  text = withoutEchoes(text, texts);
  for (const shape of SECRET_SHAPES) text = text.replace(shape, MASK);
  // eslint-disable-next-line no-control-regex -- control characters are what is being removed
  text = text.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  if (!/[\p{L}\p{N}]{2}/u.test(text)) return '';
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}${MASK}` : text;
}

function withoutEchoes(message: string, texts: readonly string[]): string {
  const searched = texts.reduce((sum, text) => sum + text.length, 0);
  if (searched > MAX_SEARCHED) return '';
  const echoed = new Array<boolean>(message.length).fill(false);
  for (const text of texts) {
    if (text.length >= MIN_WHOLE_TEXT && text.length < ECHO_LENGTH) {
      for (let at = message.indexOf(text); at >= 0; at = message.indexOf(text, at + 1))
        echoed.fill(true, at, at + text.length);
    }
  }
  const joined = texts.join('\n');
  for (let at = 0; at + ECHO_LENGTH <= message.length; at += 1) {
    if (joined.includes(message.slice(at, at + ECHO_LENGTH))) echoed.fill(true, at, at + ECHO_LENGTH);
  }
  let kept = '';
  for (let at = 0; at < message.length; at += 1) {
    if (echoed[at] !== true) kept += message.charAt(at);
    else if (!kept.endsWith(MASK)) kept += MASK;
  }
  return kept;
}

/** Every text of a request, for `Unspeakable`. */
export function textsOf({ messages }: ModelRequest): string[] {
  return messages.flatMap(({ content, tool_calls }) => [
    ...(content === null ? [] : [content]),
    ...(tool_calls ?? []).map((call) => call.function.arguments),
  ]);
}

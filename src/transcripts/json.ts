/** Reading JSON whose shape nobody promised: every helper gives undefined instead of throwing. */
export type Dict = Readonly<Record<string, unknown>>;

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function dictAt(value: unknown, key: string): Dict | undefined {
  const found = isDict(value) ? value[key] : undefined;
  return isDict(found) ? found : undefined;
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = isDict(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** A text that says something: undefined when it is empty. */
export function nameAt(value: unknown, key: string): string | undefined {
  return textAt(value, key) || undefined;
}

export function listAt(value: unknown, key: string): readonly unknown[] | undefined {
  const found = isDict(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : undefined;
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = isDict(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** A surrogate escape in JSON source: only such a line can hold a lone surrogate, so only it is walked. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Lone surrogates become U+FFFD (SPEC §4). */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD');
}

/**
 * Parses JSON; `repaired` says that lone surrogates were replaced by U+FFFD, in keys or values.
 *
 * @throws SyntaxError as JSON.parse does.
 */
export function parseJson(source: string): { readonly value: unknown; readonly repaired: boolean } {
  if (!SURROGATE_ESCAPE.test(source)) return { value: JSON.parse(source) as unknown, repaired: false };
  let repaired = false;
  const repair = (text: string): string => {
    const whole = wellFormed(text);
    repaired ||= whole !== text;
    return whole;
  };
  const value: unknown = JSON.parse(source, (_key, item: unknown) => {
    if (typeof item === 'string') return repair(item);
    if (!isDict(item)) return item;
    if (Object.keys(item).every((key) => wellFormed(key) === key)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [repair(key), inner]));
  });
  return { value, repaired };
}

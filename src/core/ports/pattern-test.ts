/**
 * Whether a text matches a pattern that a person wrote. A backtracking pattern can run for hours, so the host ends it (SPEC §17).
 * @throws CompressionError when it ran for too long
 */
export type PatternTest = (pattern: RegExp, text: string) => boolean;

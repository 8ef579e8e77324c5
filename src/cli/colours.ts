import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** What decides about colours: the stream's nature and the two variables that people know. */
export interface ColourSource {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours only on a terminal; NO_COLOR (any value) turns them off, FORCE_COLOR (but 0) on. NO_COLOR wins. */
export function wantsColour({ isTTY, env }: ColourSource): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}

/** Colours a text, or leaves it. */
export type Paint = (style: Style, text: string) => string;

export function painter(colour: boolean): Paint {
  // The answer is already there: styleText must not look at a stream of its own.
  return colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

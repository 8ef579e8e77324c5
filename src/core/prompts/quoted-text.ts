/** A text of the person's or a model's, given to a model as material. */
export interface Material {
  /** One line that says what it is. */
  readonly label: string;
  readonly text: string;
}

export interface Quoted {
  /** The mark before each text, without its label. */
  readonly open: string;
  readonly close: string;
  readonly text: string;
}

/**
 * Texts between marks that occur in none of them: however a text is written, it cannot end its own quotation. Deterministic,
 * so that one compile gives one prompt; the mark grows until it is free, which one text can force only as often as it
 * holds such marks.
 */
export function quoted(materials: readonly Material[]): Quoted {
  const all = materials.map(({ text }) => text);
  let number = 0;
  let fence = 'MATERIAL';
  while (all.some((text) => text.includes(fence))) {
    number += 1;
    fence = `MATERIAL-${number}`;
  }
  const open = `<<<${fence}`;
  const close = `${fence}>>>`;
  const text = materials.map((item) => `${open} ${item.label}\n${item.text}\n${close}`).join('\n\n');
  return { open, close, text };
}

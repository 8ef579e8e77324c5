/** Counts the tokens of a text (SPEC §6). Implemented by `src/tokens`, or by the caller as `tokenCounter`. */
export interface Tokenizer {
  /** What `tokenSource` shows, e.g. `tiktoken:o200k_base`. */
  readonly id: string;
  /** Whole tokens ≥ 0; `""` → 0. Text that looks like a special token counts as text. */
  count(text: string): number;
}

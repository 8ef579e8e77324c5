/** A running SHA-256. `copy` makes contexts that share a prefix cost only what they add. */
export interface RunningHash {
  update(text: string): void;
  copy(): RunningHash;
  /** Lower-case hex; the state stays usable only through earlier copies. */
  digest(): string;
}

/** SHA-256 of UTF-8 text. `@noble/hashes` by default; a host may pass a faster one. */
export interface Hasher {
  sha256(text: string): string;
  start(): RunningHash;
}

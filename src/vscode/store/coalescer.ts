/** Turns many calls close together into one: after a quiet moment, or, while they keep coming, at the latest after a longer one. */
export class Coalescer {
  readonly #quietMs: number;
  readonly #longestMs: number;
  readonly #act: () => void;
  #timer: NodeJS.Timeout | undefined;
  #since = 0;

  constructor(quietMs: number, longestMs: number, act: () => void) {
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
    this.#act = act;
  }

  poke(): void {
    const now = Date.now();
    if (this.#timer === undefined) this.#since = now;
    clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(this.#quietMs, this.#since + this.#longestMs - now));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#act();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** How long a piece of work may hold the event loop before it lets others run, in milliseconds. */
const SLICE_MS = 8;

/**
 * Lets long synchronous work share the event loop: call the returned function between items. It gives a promise to await
 * when the slice is used up, and undefined (nothing to await) otherwise, so that small inputs pay nothing.
 */
export function createPacer(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let start = now();
  return () => {
    if (now() - start < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        start = now();
        resolve();
      }, 0);
    });
  };
}

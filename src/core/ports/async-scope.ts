/**
 * A value that travels with the calls made inside `run`, through awaits too (Node's AsyncLocalStorage). It lets a call on a tract
 * inside `batch` join the batch instead of waiting for it forever.
 */
export interface AsyncScope<T> {
  current(): T | undefined;
  run<R>(value: T, fn: () => Promise<R>): Promise<R>;
}

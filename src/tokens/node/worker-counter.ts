import { Worker } from 'node:worker_threads';
import { TractError } from '../../core/model/errors.js';
import type { BackgroundCounter, BackgroundOptions } from '../background-counter.js';
import { DEFAULT_ENCODING, toEncodingName } from '../encodings.js';
import type { CountAnswer, CountRequest, WorkerSetup } from './worker.js';

/** The counting thread stopped before it answered. Nothing but this count was lost; counting again starts a new thread. */
export class CountingStoppedError extends TractError {
  readonly code = 'COUNTING_STOPPED';

  constructor(reason: string, options?: ErrorOptions) {
    super(`Counting tokens in the background stopped: ${reason}. Nothing was changed; try again.`, options);
  }
}

interface Waiting {
  readonly resolve: (counts: number[]) => void;
  readonly reject: (error: Error) => void;
}

/** Counts in one worker thread, started at the first count. The thread does not keep the process alive. */
export class WorkerCounter implements BackgroundCounter {
  readonly #workerFile: string;
  readonly #setup: WorkerSetup;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /**
   * @param workerFile the built `src/tokens/node/worker.ts`
   * @param ranksDirectory where the rank files lie, see `rankFiles`
   */
  constructor(workerFile: string, ranksDirectory: string) {
    this.#workerFile = workerFile;
    this.#setup = { ranksDirectory };
  }

  countMany(texts: readonly string[], options: BackgroundOptions = {}): Promise<number[]> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const request: CountRequest = {
        id: ++this.#lastId,
        texts,
        encoding: toEncodingName(options.encoding ?? DEFAULT_ENCODING),
      };
      const abort = (): void => {
        this.#waiting.delete(request.id);
        reject(signal?.reason as Error);
      };
      const settle = <T>(done: (value: T) => void) => {
        return (value: T): void => {
          signal?.removeEventListener('abort', abort);
          done(value);
        };
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.set(request.id, { resolve: settle(resolve), reject: settle(reject) });
      this.#worker ??= this.#start();
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#rejectAll(new CountingStoppedError('it was closed'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#workerFile, { workerData: this.#setup });
    worker.on('message', ({ id, counts }: CountAnswer) => {
      this.#waiting.get(id)?.resolve(counts);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    const stop = (error: CountingStoppedError): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#rejectAll(error);
    };
    worker.on('error', (cause) => {
      stop(new CountingStoppedError(cause.message, { cause }));
    });
    worker.on('exit', (code) => {
      stop(new CountingStoppedError(`its thread ended with code ${code}`));
    });
    return worker;
  }

  #rejectAll(error: CountingStoppedError): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

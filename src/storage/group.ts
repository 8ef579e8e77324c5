import { FrameBuffers, FrameBuilder } from './journal/frame.js';
import type { Crc32 } from './journal/crc.js';
import type { FilePosition } from './medium.js';

/** The batches that will become durable together, with one frame and one sync (group commit). */
export class CommitGroup {
  readonly frame: FrameBuilder;
  /** Texts that lie nowhere else yet. */
  readonly texts = new Map<string, string>();
  readonly tractIds = new Set<string>();
  private refusal: { readonly error: unknown } | null = null;
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];

  /** @param buffers for its frame: ones that nobody else uses any more */
  constructor(
    readonly at: FilePosition,
    crc32: Crc32,
    readonly buffers = new FrameBuffers(),
  ) {
    this.frame = new FrameBuilder(at.file, at.offset, crc32, buffers);
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  /** The database did not take it after all: it may not count as written. */
  refuse(error: unknown): void {
    this.refusal = { error };
  }

  /** @throws the error that it was refused with */
  throwIfRefused(): void {
    if (this.refusal !== null) throw this.refusal.error;
  }

  resolve(): void {
    for (const { resolve } of this.waiting) resolve();
  }

  reject(error: unknown): void {
    for (const { reject } of this.waiting) reject(error);
  }
}

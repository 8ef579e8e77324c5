import { digestOf } from '../step.js';

/**
 * Recognises a text that comes over two channels: the second copy is no message of its own, while the same text said twice over one
 * channel is two messages.
 */
export class Twins {
  /** Per text: how many copies of one channel wait for their twin; items count up, events down. */
  private readonly unpaired = new Map<string, number>();

  isSecond(text: string, channel: 'item' | 'event'): boolean {
    const key = digestOf(text.trim());
    const count = this.unpaired.get(key) ?? 0;
    const step = channel === 'item' ? 1 : -1;
    this.unpaired.set(key, count + step);
    return count * step < 0;
  }

  clear(): void {
    this.unpaired.clear();
  }
}

import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds a window may take to come to what a test waits for, also on a busy machine. */
const LONGEST_MS = 20_000;

/** Tries until what is asserted is true; its last failure when it never is. */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  for (const giveUp = Date.now() + LONGEST_MS; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > giveUp) throw error;
    }
    await delay(50);
  }
}

/** {@link eventually} for what can be seen at once, in files and repositories. */
export function soon<T>(check: () => T): Promise<T> {
  return eventually(async () => {
    await Promise.resolve();
    return check();
  });
}

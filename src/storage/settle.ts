import type { FilePosition, StoreMedium } from './medium.js';

import type { Recovered } from './recover.js';

/**
 * Brings the files in order before the first write: the torn tail is cut, damaged snapshots are set aside. Returns where the next
 * frame goes. Every step may be cut off by a crash; the next open finds the same state and does it again.
 */
export async function settle(medium: StoreMedium, recovered: Recovered): Promise<FilePosition> {
  for (const name of recovered.badSnapshots) await medium.rename(name, setAsideName(name, new Date()));
  if (recovered.torn !== null && !recovered.badLogs.includes(recovered.torn.file)) await medium.cut(recovered.torn);
  return recovered.next;
}

/** The name of a damaged file that is kept for a person to look at. */
export function setAsideName(name: string, at: Date): string {
  return `${name}.damaged-${at.toISOString().replaceAll(/[:.]/g, '')}`;
}

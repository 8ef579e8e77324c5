import type { ContentPlace } from './journal/place.js';
import type { StoreMedium } from './medium.js';
import { logName } from './medium.js';
import { Recent } from './recent.js';
import { fromUtf8 } from './utf8.js';

/** Contents nearer to each other than this are fetched with one read, as long as the read stays below the other figure. */
const GAP = 16 * 1024;
const LONGEST_READ = 4 * 1024 * 1024;
/** UTF-16 bytes of texts kept, at least; twice as many at most. */
const CACHE_BYTES = 8 * 1024 * 1024;

export interface Missing {
  readonly place: ContentPlace;
  /** What the disk said; null when the bytes are there but damaged. */
  readonly error: unknown;
}

/** Reads contents from log files, neighbours together, and keeps the last used. */
export class ContentReader {
  private readonly cache = new Recent<string>(CACHE_BYTES, (text) => 2 * text.length + 128);

  constructor(private readonly medium: StoreMedium) {}

  cached(contentHash: string): string | undefined {
    return this.cache.get(contentHash);
  }

  remember(contentHash: string, text: string): void {
    this.cache.set(contentHash, text);
  }

  drop(contentHash: string): void {
    this.cache.delete(contentHash);
  }

  forget(): void {
    this.cache.clear();
  }

  /**
   * Adds the texts at `places` to `found`. A stretch that cannot be read, or does not match its checksum, gives nothing: damaged
   * text is never handed out. Returns the places that gave nothing, with the disk's error if it was that.
   */
  async read(places: readonly ContentPlace[], found: Map<string, string>): Promise<readonly Missing[]> {
    const missing: Missing[] = [];
    for (const run of runs(places)) {
      const first = run[0];
      const last = run.at(-1);
      if (first === undefined || last === undefined) continue;
      const length = last.offset + last.bytes - first.offset;
      let bytes: Uint8Array;
      try {
        bytes = length === 0 ? new Uint8Array(0) : await this.medium.read(logName(first.file), first.offset, length);
      } catch (error) {
        missing.push(...run.map((place) => ({ place, error })));
        continue;
      }
      for (const place of run) {
        const text = this.decode(bytes, place, first.offset);
        if (text === undefined) missing.push({ place, error: null });
        else {
          found.set(place.contentHash, text);
          this.cache.set(place.contentHash, text);
        }
      }
    }
    return missing;
  }

  private decode(bytes: Uint8Array, place: ContentPlace, base: number): string | undefined {
    const from = place.offset - base;
    const content = bytes.subarray(from, from + place.bytes);
    if (content.length !== place.bytes || this.medium.crc32(content) !== place.crc) return undefined;
    return fromUtf8(content);
  }
}

/** Places by file and offset, cut where the next is far away or the run long enough. */
function* runs(places: readonly ContentPlace[]): Generator<readonly ContentPlace[]> {
  const sorted = [...places].sort((a, b) => a.file - b.file || a.offset - b.offset);
  let run: ContentPlace[] = [];
  for (const place of sorted) {
    const first = run[0];
    const last = run.at(-1);
    if (first !== undefined && last !== undefined) {
      const end = last.offset + last.bytes;
      const far = place.file !== first.file || place.offset - end > GAP;
      if (far || place.offset + place.bytes - first.offset > LONGEST_READ) {
        yield run;
        run = [];
      }
    }
    run.push(place);
  }
  if (run.length > 0) yield run;
}

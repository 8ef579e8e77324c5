/** A file as it was when a summary was made from it. */
export interface SummarySource {
  readonly path: string;
  /** SHA-256 hex of the content the summary was made from. */
  readonly contentHash: string;
}

/** A summary of files (`Tract: Summarise File…`), of a session or of a branch. */
export interface Summary {
  readonly id: string;
  readonly kind: 'file' | 'session' | 'branch';
  /** Order in time among sessions and branches: higher is newer. */
  readonly number: number;
  readonly title: string;
  readonly text: string;
  /** The files it was made from; empty when it speaks of none. */
  readonly sources: readonly SummarySource[];
}

export interface HistoryPack {
  readonly text: string;
  /** The summaries that are wholly or, for a single too long one, partly in it; newest first. */
  readonly summaries: readonly Summary[];
}

/** Characters (UTF-16 units, so never more than this many code points either) of a pack. */
export const HISTORY_PACK_CHARACTERS = 10_000;
const SEPARATOR = '\n\n';
const CUT = '…';

/**
 * Recent session and branch summaries, newest first by number (100 is newer than 99), in at most 10,000 characters
 * (SPEC §12). It ends before the first that does not fit, so that it has no gaps; the newest alone is cut when it is too long.
 */
export function buildHistoryPack(summaries: readonly Summary[], limit = HISTORY_PACK_CHARACTERS): HistoryPack {
  const recent = summaries.filter(({ kind }) => kind !== 'file').toSorted((a, b) => b.number - a.number);
  const taken: Summary[] = [];
  let text = '';
  for (const summary of recent) {
    const section = `## ${summary.title}\n${summary.text}`;
    const longer = text === '' ? section : text + SEPARATOR + section;
    if (longer.length > limit) {
      if (text !== '') break;
      return { text: cut(section, limit), summaries: [summary] };
    }
    text = longer;
    taken.push(summary);
  }
  return { text, summaries: taken };
}

/** At most `limit` UTF-16 units, `…` included, never half a surrogate pair. */
function cut(text: string, limit: number): string {
  const head = text.slice(0, Math.max(0, limit - CUT.length));
  return `${/[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head}${CUT}`;
}

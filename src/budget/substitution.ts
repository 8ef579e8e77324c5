import picomatch from 'picomatch';
import { contentHashOf } from './content-hash.js';
import { estimateTokens } from './estimate.js';
import { buildHistoryPack, type HistoryPack, type Summary } from './history-pack.js';
import type { ContextFile } from './selection.js';

/** The three switches of SPEC §12; all off until asked for. */
export interface SubstitutionSwitches {
  /** A read-only file may be represented by a fresh summary of it. */
  readonly artifacts?: boolean;
  /** The history pack may represent files that its summaries were made from. Needs `artifacts`. */
  readonly historyPack?: boolean;
  /** Files that match `documentGlobs` may be replaced by the pack, which is built for them when needed. */
  readonly documentsOfRecord?: boolean;
}

export interface SubstitutionOptions {
  readonly files: readonly ContextFile[];
  readonly deliverables?: readonly string[];
  readonly scope?: Readonly<Record<string, { readonly category: string }>>;
  readonly summaries: readonly Summary[];
  /** Globs over workspace-relative paths; one without `/` matches the name in any folder. */
  readonly documentGlobs?: readonly string[];
  readonly switches?: SubstitutionSwitches;
  /** Tokens of a text; estimates without it. */
  readonly countTokens?: ((text: string) => number) | undefined;
}

/** One text that stands for one or more files. */
export interface Substitution {
  /** The files it stands for, in input order. The text goes into the context under the first. */
  readonly paths: readonly string[];
  readonly source: 'file' | 'history_pack' | 'session';
  /** The summary's id; null for the pack. */
  readonly summaryId: string | null;
  /** What compiles: the label and the summary. */
  readonly text: string;
  readonly artifactTokens: number;
  /** Tokens of the files it stands for, together. */
  readonly fullFileTokens: number;
}

export interface SubstitutionPlan {
  /** Input for the selection: untouched files, and each substitution once, in place of its first file. */
  readonly files: readonly ContextFile[];
  readonly substitutions: readonly Substitution[];
}

interface Replacement {
  readonly key: string;
  readonly source: Substitution['source'];
  readonly summaryId: string | null;
  readonly text: string;
}

const MOST_PATHS_IN_LABEL = 10;
/** A glob is compiled to a regular expression; longer ones are not patterns anybody wrote by hand. */
const LONGEST_GLOB = 500;

/**
 * Replaces read-only files by summaries where that is allowed (SPEC §12): the summary was made from this very content, its
 * labelled text has strictly fewer tokens than the file, and the file is neither deliverable nor modifiable. Files are
 * matched by exact path. One summary standing for several files is sent once. Sources in order: stored summary of the
 * file, history pack, session and branch summaries. A document of record has no summary of its own to be fresh: the
 * person's glob says that the pack replaces it; it too must be strictly smaller.
 */
export function substituteArtifacts(options: SubstitutionOptions): SubstitutionPlan {
  const { files, deliverables = [], scope = {}, summaries, switches = {}, countTokens = estimateTokens } = options;
  const { artifacts = false, historyPack = false, documentsOfRecord = false } = switches;
  const pack = historyPack || documentsOfRecord ? buildHistoryPack(summaries) : null;
  const isDocument = documentsOfRecord ? documentMatcher(options.documentGlobs ?? []) : () => false;
  const untouchable = new Set(deliverables);
  const bySource = artifacts ? indexBySource(summaries) : new Map<string, Summary[]>();
  const freshOf = ({ path, content }: ContextFile): readonly Summary[] => {
    const made = bySource.get(path);
    if (made === undefined) return [];
    const hash = contentHashOf(content);
    return made.filter(({ sources }) => sources.some((one) => one.path === path && one.contentHash === hash));
  };

  const chosen = new Map<string, { replacement: Replacement; files: ContextFile[] }>();
  const replacedBy = new Map<ContextFile, string>();
  for (const file of files) {
    if (untouchable.has(file.path) || isModifiable(scope, file.path)) continue;
    const fresh = freshOf(file);
    const packForFile = isDocument(file.path) ? pack : null;
    if (fresh.length === 0 && packForFile === null) continue;
    const fileTokens = countTokens(file.content);
    const replacement = replacements(fresh, historyPack ? pack : null, packForFile).find(
      ({ text }) => countTokens(label([file.path]) + text) < fileTokens,
    );
    if (replacement === undefined) continue;
    const group = chosen.get(replacement.key);
    if (group === undefined) chosen.set(replacement.key, { replacement, files: [file] });
    else group.files.push(file);
    replacedBy.set(file, replacement.key);
  }

  const substitutions = new Map<string, Substitution>();
  for (const [key, group] of chosen) {
    const paths = group.files.map(({ path }) => path);
    const text = label(paths) + group.replacement.text;
    const fullFileTokens = group.files.reduce((sum, { content }) => sum + countTokens(content), 0);
    const { source, summaryId } = group.replacement;
    substitutions.set(key, { paths, source, summaryId, text, artifactTokens: countTokens(text), fullFileTokens });
  }
  const sent = new Set<string>();
  const planned = files.flatMap((file): ContextFile[] => {
    const key = replacedBy.get(file);
    const substitution = key === undefined ? undefined : substitutions.get(key);
    if (key === undefined || substitution === undefined) return [file];
    if (sent.has(key)) return [];
    sent.add(key);
    return [{ path: file.path, content: substitution.text }];
  });
  return { files: planned, substitutions: [...substitutions.values()] };
}

/** The texts that may stand for one file, in the order of SPEC §12; `fresh` are the summaries made from this content. */
function replacements(
  fresh: readonly Summary[],
  pack: HistoryPack | null,
  packForDocument: HistoryPack | null,
): Replacement[] {
  const found: Replacement[] = [];
  const own = (summary: Summary, source: 'file' | 'session'): Replacement => ({
    key: `summary:${summary.id}`,
    source,
    summaryId: summary.id,
    text: summary.text,
  });
  found.push(...fresh.filter(({ kind }) => kind === 'file').map((summary) => own(summary, 'file')));
  const inPack = pack?.summaries.some((summary) => fresh.includes(summary)) ?? false;
  const usable = packForDocument ?? (inPack ? pack : null);
  if (usable !== null && usable.text !== '') {
    found.push({ key: 'history-pack', source: 'history_pack', summaryId: null, text: usable.text });
  }
  found.push(...fresh.filter(({ kind }) => kind !== 'file').map((summary) => own(summary, 'session')));
  return found;
}

/** Summaries by the path of each file they were made from; the newest first. */
function indexBySource(summaries: readonly Summary[]): Map<string, Summary[]> {
  const index = new Map<string, Summary[]>();
  for (const summary of summaries.toSorted((a, b) => b.number - a.number)) {
    for (const path of new Set(summary.sources.map((source) => source.path))) {
      const list = index.get(path);
      if (list === undefined) index.set(path, [summary]);
      else list.push(summary);
    }
  }
  return index;
}

function isModifiable(scope: Readonly<Record<string, { readonly category: string }>>, path: string): boolean {
  return Object.hasOwn(scope, path) && scope[path]?.category === 'modifiable';
}

function documentMatcher(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs
    .filter((glob) => glob !== '' && glob.length <= LONGEST_GLOB)
    .map((glob) => picomatch(glob, { dot: true, basename: !glob.includes('/') }));
  return (path) => matchers.some((matches) => matches(path));
}

/** Says to the model that it reads a summary. Control characters of a path cannot break the line. */
function label(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_PATHS_IN_LABEL).map((path) => path.replace(/\p{Cc}/gu, ' '));
  const more = paths.length - shown.length;
  return `[Summary in place of ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}; not the full text]\n`;
}

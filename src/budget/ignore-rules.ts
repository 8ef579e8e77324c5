import ignore, { type Ignore } from 'ignore';
import picomatch from 'picomatch';

/** A glob is compiled to a regular expression; longer ones are not patterns anybody wrote by hand. */
const LONGEST_GLOB = 500;
/** Folders of version control itself, which no tool lists. */
const NEVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn']);

/** Which files are left out, and why; null = not left out. `folder` paths are given without a `/` at the end. */
export interface IgnoreRules {
  reason(path: string, isFolder: boolean): Promise<'ignored' | 'excluded' | null>;
}

/**
 * `.gitignore` rules of a workspace, nested ones included, and `files.exclude` globs (SPEC §12). As in git a deeper
 * `.gitignore` overrules a higher one, and nothing below an ignored folder comes back. Each `.gitignore` is read once.
 * @param readGitignore text of the `.gitignore` directly in a folder (`''` = the workspace), null when there is none
 */
export function createIgnoreRules(
  readGitignore: (folder: string) => Promise<string | null>,
  excludeGlobs: readonly string[] = [],
): IgnoreRules {
  const rulesOf = new Map<string, Promise<Ignore | null>>();
  const folders = new Map<string, Promise<'ignored' | 'excluded' | null>>();
  const excluded = excludeGlobs
    .filter((glob) => glob !== '' && glob.length <= LONGEST_GLOB)
    .map((glob) => picomatch(glob, { dot: true }));

  const rulesIn = (folder: string): Promise<Ignore | null> => {
    let rules = rulesOf.get(folder);
    if (rules === undefined) {
      rules = readGitignore(folder).then((text) => (text === null ? null : ignore().add(text)));
      rulesOf.set(folder, rules);
    }
    return rules;
  };

  /** The verdict on one path, its folders being fine: the last rule that speaks, from the workspace's down. */
  const own = async (segments: readonly string[], isFolder: boolean): Promise<'ignored' | 'excluded' | null> => {
    const path = segments.join('/');
    if (NEVER.has(segments.at(-1) ?? '')) return 'ignored';
    if (excluded.some((matches) => matches(path))) return 'excluded';
    let ignored = false;
    for (let depth = 0; depth < segments.length; depth++) {
      const rules = await rulesIn(segments.slice(0, depth).join('/'));
      const verdict = rules?.test(segments.slice(depth).join('/') + (isFolder ? '/' : ''));
      if (verdict?.ignored === true) ignored = true;
      else if (verdict?.unignored === true) ignored = false;
    }
    return ignored ? 'ignored' : null;
  };

  const folderReason = (segments: readonly string[]): Promise<'ignored' | 'excluded' | null> => {
    if (segments.length === 0) return Promise.resolve(null);
    const path = segments.join('/');
    let reason = folders.get(path);
    if (reason === undefined) {
      reason = folderReason(segments.slice(0, -1)).then((above) => above ?? own(segments, true));
      folders.set(path, reason);
    }
    return reason;
  };

  return {
    async reason(path, isFolder) {
      const segments = path.split('/');
      if (isFolder) return folderReason(segments);
      return (await folderReason(segments.slice(0, -1))) ?? own(segments, false);
    },
  };
}

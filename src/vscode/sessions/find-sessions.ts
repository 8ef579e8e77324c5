import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** A coding agent's session of this workspace, found on this machine. */
export interface FoundSession {
  readonly path: string;
  readonly agent: 'Claude Code' | 'Codex';
  readonly title: string;
  readonly modified: Date;
  readonly bytes: number;
}

/** Most files offered, newest first. */
const OFFERED = 50;
/** Codex keeps all folders' sessions together: only the newest are looked into. */
const LOOKED_INTO = 300;
const HEAD_BYTES = 16 * 1024;

/** Sessions whose working folder is one of `folders` (SPEC §14), newest first. Missing folders and unreadable files are passed over. */
export async function findSessions(folders: readonly string[], home = homedir()): Promise<readonly FoundSession[]> {
  const found = await Promise.all([
    ...folders.map((folder) => claudeSessions(home, folder)),
    codexSessions(home, folders),
  ]);
  return found
    .flat()
    .sort((a, b) => b.modified.getTime() - a.modified.getTime())
    .slice(0, OFFERED);
}

/** `~/.claude/projects/<folder with dashes>/<session>.jsonl` */
async function claudeSessions(home: string, folder: string): Promise<FoundSession[]> {
  const directory = join(home, '.claude', 'projects', folder.replace(/[^A-Za-z0-9]/g, '-'));
  const names = await filesOf(directory, false);
  return sessions(
    names.filter((name) => !basename(name).startsWith('agent-')),
    'Claude Code',
  );
}

/** `~/.codex/sessions/<year>/<month>/<day>/rollout-*.jsonl`; the first line holds the working folder. */
async function codexSessions(home: string, folders: readonly string[]): Promise<FoundSession[]> {
  const names = await filesOf(join(home, '.codex', 'sessions'), true);
  const newest = names.sort((a, b) => basename(b).localeCompare(basename(a))).slice(0, LOOKED_INTO);
  const ours: string[] = [];
  for (const name of newest) {
    const head = await headOf(name);
    if (folders.some((folder) => head.includes(`"cwd":${JSON.stringify(folder)}`))) ours.push(name);
  }
  return sessions(ours, 'Codex');
}

async function filesOf(directory: string, recursive: boolean): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // No such agent on this machine.
    return [];
  }
}

async function sessions(paths: readonly string[], agent: FoundSession['agent']): Promise<FoundSession[]> {
  const found = await Promise.all(
    paths.map(async (path): Promise<FoundSession[]> => {
      try {
        const { mtime, size } = await stat(path);
        return size === 0
          ? []
          : [
              {
                path,
                agent,
                modified: mtime,
                bytes: size,
                title: titleOf(await headOf(path)) ?? basename(path, '.jsonl'),
              },
            ];
      } catch {
        // Gone since it was listed.
        return [];
      }
    }),
  );
  return found.flat();
}

/** The first prompt, as far as the beginning of the file holds it. */
function titleOf(head: string): string | null {
  const summary =
    /"(?:summary|aiTitle)":("(?:[^"\\]|\\.)*")/.exec(head)?.[1] ??
    /"role":"user","content":("(?:[^"\\]|\\.)*")/.exec(head)?.[1];
  if (summary === undefined) return null;
  const text = String(JSON.parse(summary)).replace(/\s+/g, ' ').trim();
  return text === '' || text.startsWith('<') ? null : text.slice(0, 80);
}

async function headOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}

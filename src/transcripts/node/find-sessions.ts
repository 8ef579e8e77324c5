import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { FollowFiles, GrowingFile } from '../follow.js';
import { dictAt, nameAt, parseJson } from '../json.js';
import { agentFiles } from './session-files.js';
import { fileBytes } from './file-bytes.js';

/** A session of a coding agent that worked in a folder. */
export interface FoundSession {
  readonly path: string;
  readonly format: 'claude-code' | 'codex';
  readonly sessionId: string;
  readonly bytes: number;
  /** Milliseconds since 1970: the newest is the one that may be running. */
  readonly modifiedAt: number;
}

export interface FindOptions {
  /** Where Claude Code keeps its data; by default `CLAUDE_CONFIG_DIR` or `~/.claude`. */
  readonly claudeHome?: string;
  /** Where Codex keeps its data; by default `CODEX_HOME` or `~/.codex`. */
  readonly codexHome?: string;
  /** Most sessions to return (default 20). */
  readonly limit?: number;
}

/** Rollouts looked into for their folder: Codex sorts them by day, not by folder. */
const MAX_ROLLOUTS = 300;
const HEAD_BYTES = 256 * 1024;
const ROLLOUT = /^rollout-.*\.jsonl$/;

/** The sessions of Claude Code and Codex in a folder, newest first (SPEC §14 Follow). What cannot be read is left out. */
export async function findSessions(folder: string, options: FindOptions = {}): Promise<readonly FoundSession[]> {
  const claudeHome = options.claudeHome ?? process.env['CLAUDE_CONFIG_DIR'] ?? join(homedir(), '.claude');
  const codexHome = options.codexHome ?? process.env['CODEX_HOME'] ?? join(homedir(), '.codex');
  const at = resolve(folder);
  const found = [...(await claudeSessions(claudeHome, at)), ...(await codexSessions(codexHome, at))];
  return found.sort((a, b) => b.modifiedAt - a.modifiedAt).slice(0, options.limit ?? 20);
}

/** The files of a found session, for a `SessionFollower`. */
export function followFiles({
  path,
  format,
  sessionId,
}: Pick<FoundSession, 'path' | 'format' | 'sessionId'>): FollowFiles {
  return {
    format,
    main: growingFile(path),
    agents: async () => {
      if (format !== 'claude-code') return [];
      const files = await agentFiles(path, sessionId);
      return files.map((file) => ({ agentId: file.agentId, file: growingFile(file.path) }));
    },
  };
}

function growingFile(path: string): GrowingFile {
  return {
    size: async () => (await describe(path))?.size,
    read: (from) => fileBytes(path, from),
  };
}

async function claudeSessions(home: string, folder: string): Promise<FoundSession[]> {
  // Claude Code names a project's folder after its path, everything but letters and digits replaced.
  const project = join(home, 'projects', folder.replace(/[^a-zA-Z0-9]/g, '-'));
  const names = (await list(project)).filter((name) => name.endsWith('.jsonl') && !name.startsWith('agent-'));
  const found = await Promise.all(names.map((name) => session(join(project, name), 'claude-code', name.slice(0, -6))));
  return found.filter((one) => one !== undefined);
}

async function codexSessions(home: string, folder: string): Promise<FoundSession[]> {
  const found: FoundSession[] = [];
  for (const path of await rollouts(join(home, 'sessions'))) {
    const meta = await rolloutMeta(path);
    if (meta?.cwd === undefined || resolve(meta.cwd) !== folder) continue;
    const one = await session(path, 'codex', meta.id);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** The newest rollouts, by the days of their folders. */
async function rollouts(root: string): Promise<string[]> {
  const paths: string[] = [];
  for (const year of newestFirst(await list(root))) {
    for (const month of newestFirst(await list(join(root, year)))) {
      for (const day of newestFirst(await list(join(root, year, month)))) {
        const folder = join(root, year, month, day);
        const names = newestFirst((await list(folder)).filter((name) => ROLLOUT.test(name)));
        paths.push(...names.map((name) => join(folder, name)));
        if (paths.length >= MAX_ROLLOUTS) return paths.slice(0, MAX_ROLLOUTS);
      }
    }
  }
  return paths;
}

async function rolloutMeta(
  path: string,
): Promise<{ readonly id: string; readonly cwd: string | undefined } | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
    const { value } = parseJson(line);
    const meta = dictAt(value, 'payload') ?? value;
    return { id: nameAt(meta, 'id') ?? basename(path, '.jsonl'), cwd: nameAt(meta, 'cwd') };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

async function session(
  path: string,
  format: FoundSession['format'],
  sessionId: string,
): Promise<FoundSession | undefined> {
  const found = await describe(path);
  return found && { path, format, sessionId, bytes: found.size, modifiedAt: found.mtimeMs };
}

async function describe(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

function newestFirst(names: readonly string[]): string[] {
  return [...names].sort().reverse();
}

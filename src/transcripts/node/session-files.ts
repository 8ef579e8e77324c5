import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AgentFile, TranscriptFiles } from '../import.js';
import { TranscriptFileError } from '../errors.js';
import { nameAt, parseJson } from '../json.js';
import { fileBytes } from './file-bytes.js';

const AGENT_FILE = /^agent-([A-Za-z0-9_-]{1,80})\.jsonl$/;
/** Older versions put sub-agents' files beside the session's: so many are looked into, so far, for whose they are. */
const MAX_SIBLINGS = 1_000;
const FIRST_LINE_BYTES = 64 * 1024;

/**
 * The files of a session: the transcript itself and, for Claude Code, those of its sub-agents: `<session>/subagents/agent-*.jsonl`,
 * or (older versions) `agent-*.jsonl` beside it whose first line names the session.
 *
 * @throws TranscriptFileError when the path is no readable file.
 */
export async function sessionFiles(path: string): Promise<TranscriptFiles> {
  const bytes = await sizeOf(path);
  const session = basename(path).replace(/\.jsonl$/i, '');
  const agents = path.toLowerCase().endsWith('.jsonl') ? await agentFiles(path, session) : [];
  const sizes = await Promise.all(agents.map((agent) => sizeOf(agent.path)));
  return {
    main: fileBytes(path),
    agents: agents.map(({ agentId, path: file }): AgentFile => ({ agentId, open: () => fileBytes(file) })),
    session,
    totalBytes: sizes.reduce((sum, size) => sum + size, bytes),
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw new TranscriptFileError(`Cannot read ${basename(path)}. Nothing was imported.`, { cause: error });
  }
  throw new TranscriptFileError(`${basename(path)} is not a file. Nothing was imported.`);
}

/** The files of a session’s sub-agents. */
export async function agentFiles(
  path: string,
  session: string,
): Promise<readonly { readonly agentId: string; readonly path: string }[]> {
  const inFolder = await named(join(path.replace(/\.jsonl$/i, ''), 'subagents'));
  const beside = AGENT_FILE.test(basename(path)) ? [] : await named(dirname(path));
  const known = new Set(inFolder.map(({ agentId }) => agentId));
  const own: { agentId: string; path: string }[] = [...inFolder];
  for (const file of beside.slice(0, MAX_SIBLINGS)) {
    if (!known.has(file.agentId) && (await sessionOf(file.path)) === session) own.push(file);
  }
  return own;
}

async function named(folder: string): Promise<{ agentId: string; path: string }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return [];
  }
  return names.sort().flatMap((name) => {
    const agentId = AGENT_FILE.exec(name)?.[1];
    return agentId === undefined ? [] : [{ agentId, path: join(folder, name) }];
  });
}

/** The session that the first line of a sub-agent's file names. */
async function sessionOf(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
    // A first line longer than that has its session before the message.
    return /"sessionId":"([^"]{1,100})"/.exec(line)?.[1] ?? nameAt(parseJson(line).value, 'sessionId');
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

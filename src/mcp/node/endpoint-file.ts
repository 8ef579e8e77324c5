import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TractError } from '../../core/model/errors.js';

/** Where the window that owns a store listens for MCP (Annex B.13). */
const endpointShape = z.strictObject({
  port: z.number().int().min(1).max(65_535),
  token: z.string().regex(/^[A-Za-z0-9_-]{20,200}$/),
  pid: z.number().int().positive(),
});
export type Endpoint = z.output<typeof endpointShape>;

/** The file that says where the window listens cannot be used, or there is none. */
export class EndpointError extends TractError {
  readonly code = 'MCP_ENDPOINT';
}

const NAME = 'mcp.json';
const MAX_BYTES = 4096;

export function endpointPath(directory: string): string {
  return join(directory, NAME);
}

/** Writes the file, mode 0600, beside the store's lock; whole or not at all. */
export async function writeEndpoint(directory: string, endpoint: Endpoint): Promise<void> {
  const temporary = join(directory, `.${NAME}.${randomBytes(6).toString('hex')}`);
  // Exclusive and without following links: nobody can have put something there to be written through.
  const file = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
    await file.writeFile(JSON.stringify(endpoint));
  } finally {
    await file.close();
  }
  await rename(temporary, endpointPath(directory));
}

/** Removes the file if it is still the one with this token: another window may have taken over. */
export async function removeEndpoint(directory: string, token: string): Promise<void> {
  const current = await readEndpoint(directory).catch(() => undefined);
  if (current?.token === token) await rm(endpointPath(directory), { force: true });
}

/**
 * The endpoint of the window that owns the store; undefined when there is none.
 * @throws EndpointError when the file is not what it must be: a plain file of this user's, readable by nobody else.
 */
export async function readEndpoint(directory: string): Promise<Endpoint | undefined> {
  const path = endpointPath(directory);
  // O_NOFOLLOW is missing on Windows, where links need rights of their own.
  const flags = constants.O_RDONLY | ((constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0);
  const file = await open(path, flags).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EndpointError(`${path} cannot be read.`);
  });
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    const mine = process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
    if (!stats.isFile() || stats.size > MAX_BYTES || !mine) {
      throw new EndpointError(
        `${path} is not a private file of yours, so it is not trusted. Delete it and reload the window.`,
      );
    }
    const parsed = endpointShape.safeParse(json(await readFile(file, 'utf8')));
    if (!parsed.success) throw new EndpointError(`${path} is damaged. Delete it and reload the window.`);
    return parsed.data;
  } finally {
    await file.close();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

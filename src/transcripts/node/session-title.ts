import { open } from 'node:fs/promises';

const HEAD_BYTES = 64 * 1024;
const MAX_TITLE = 80;

/** What a session is about, as far as the beginning of its file says: its title, else its first prompt. Null when it does not say. */
export async function sessionTitle(path: string): Promise<string | null> {
  const head = await beginningOf(path);
  const summary =
    /"(?:summary|aiTitle)":("(?:[^"\\]|\\.)*")/.exec(head)?.[1] ??
    /"role":"user","content":("(?:[^"\\]|\\.)*")/.exec(head)?.[1];
  if (summary === undefined) return null;
  const text = String(JSON.parse(summary)).replace(/\s+/g, ' ').trim();
  return text === '' || text.startsWith('<') ? null : text.slice(0, MAX_TITLE);
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    // A title is only a convenience.
    return '';
  } finally {
    await file.close();
  }
}

import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { FormatError } from '../core/model/errors.js';
import type { TextFiles } from '../core/ports/files.js';

/** Text files on this machine (SPEC §9.8 export and import). */
export const nodeTextFiles: TextFiles = {
  async write(path, chunks) {
    const temporary = `${path}.${process.pid}.tmp`;
    let stream: WriteStream | undefined;
    try {
      stream = createWriteStream(temporary, { flush: true });
      for await (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain');
      stream.end();
      await finished(stream);
      await rename(temporary, path);
    } catch (error) {
      stream?.destroy();
      // Where nothing could be made, nothing can be removed either; the first reason is the one to tell.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new FormatError(
        `The file ${path} could not be written: ${reason(error)}. What was there before is unchanged.`,
        { cause: error },
      );
    }
  },
  async *lines(path) {
    try {
      yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
    } catch (error) {
      throw new FormatError(`The file ${path} could not be read: ${reason(error)}. Nothing was imported.`, {
        cause: error,
      });
    }
  },
};

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

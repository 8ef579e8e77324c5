import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { FolderEntry, WorkspaceFileAccess } from '../workspace-files.js';

interface FileKind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: FileKind): FolderEntry['kind'] {
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}

/** The files below `root`, a folder on disk. */
export function nodeWorkspaceFiles(root: string): WorkspaceFileAccess {
  const onDisk = (path: string): string => join(root, ...path.split('/'));
  return {
    async list(folder) {
      const entries = await readdir(onDisk(folder), { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
    },
    async stat(path) {
      const stats = await lstat(onDisk(path));
      return { kind: kindOf(stats), size: stats.size };
    },
    async realpath(path) {
      const inside = relative(await realpath(root), await realpath(onDisk(path)));
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) return null;
      return inside.split(sep).join('/');
    },
    async read(path, limit) {
      // Not through a link put there after the checks, and not waiting for a pipe; Windows has neither flag (undefined, so 0 here).
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const file = await open(onDisk(path), flags);
      try {
        if (!(await file.stat()).isFile()) throw new Error('not a regular file');
        const bytes = new Uint8Array(limit);
        let length = 0;
        while (length < limit) {
          const { bytesRead } = await file.read(bytes, length, limit - length, length);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return bytes.subarray(0, length);
      } finally {
        await file.close();
      }
    },
  };
}

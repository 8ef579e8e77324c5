import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, unpackPackage } from './npm-package.js';
import { CACHE, WINDOWS } from './paths.js';

const NODE_VERSION = '24.21.0';

function runningNodeIsAtLeast(major: number, minor: number): boolean {
  const [runningMajor = 0, runningMinor = 0] = process.versions.node.split('.').map(Number);
  return runningMajor > major || (runningMajor === major && runningMinor >= minor);
}

/**
 * Path of a Node of at least the given version: the running one when it is new enough, else Node 24 out of the npm
 * registry, kept in the cache. The VS Code server needs 22.15, `node:sqlite` (a peer in benchmarks) 24.
 */
export async function nodeAtLeast(major: number, minor: number): Promise<string> {
  if (runningNodeIsAtLeast(major, minor)) return process.execPath;
  const directory = join(CACHE, `node-${NODE_VERSION}`);
  const executable = join(directory, 'bin', WINDOWS ? 'node.exe' : 'node');
  if (!existsSync(executable)) {
    console.log(`Fetching Node ${NODE_VERSION} from npm (once; this is ${process.versions.node}) …`);
    const platform = WINDOWS ? 'win' : process.platform;
    await installOnce(directory, (temporary) =>
      unpackPackage(`node-${platform}-${process.arch}@${NODE_VERSION}`, temporary, ['package/bin']),
    );
  }
  return executable;
}

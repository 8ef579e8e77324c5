import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../vscode/paths.js';
import type { Tally } from './tally.js';

/** A tier that passed, and what it passed on. */
interface Passed {
  readonly digest: string;
  readonly tally: Tally;
  /** ISO time of the run. */
  readonly at: string;
}

/**
 * Which tiers have passed on exactly this working tree, as `go test` remembers it: the digest covers every file that git
 * does not ignore, Node's version and the platform. A clean clone remembers nothing.
 */
export class PassedBefore {
  private readonly digest = treeDigest();

  /** @param file where it is remembered, below a folder that git ignores */
  constructor(private readonly file: string) {}

  /** The tier's last run, when it passed and nothing has changed since. */
  of(tier: string): Passed | undefined {
    const passed = this.read()[tier];
    return passed?.digest === this.digest ? passed : undefined;
  }

  /** Remembers a run without a failure, unless files changed under it. */
  remember(tier: string, tally: Tally): void {
    if (treeDigest() !== this.digest) return;
    mkdirSync(dirname(this.file), { recursive: true });
    const passed: Passed = { digest: this.digest, tally, at: new Date().toISOString() };
    writeFileSync(this.file, JSON.stringify({ ...this.read(), [tier]: passed }));
  }

  private read(): Record<string, Passed> {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as Record<string, Passed>) : {};
  }
}

/** SHA-256 over all that the tests can see of the working tree. Without git there is nothing to compare with. */
function treeDigest(): string {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`);
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  for (const name of listed
    .split('\0')
    .filter((one) => one !== '')
    .sort()) {
    const path = join(ROOT, name);
    const state = lstatSync(path, { throwIfNoEntry: false });
    const content = state?.isSymbolicLink() ? readlinkSync(path) : state?.isFile() ? readFileSync(path) : 'none';
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

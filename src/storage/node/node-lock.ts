import { randomBytes } from 'node:crypto';
import { link, open, readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { StoreOwner } from '../errors.js';
import { systemCodeOf } from '../errors.js';
import type { StoreLock } from '../lock.js';
import { isGone, ownIdentity } from './process-identity.js';

const Holder = z.object({
  pid: z.int(),
  host: z.string(),
  boot: z.nullable(z.string()),
  started: z.nullable(z.string()),
  nonce: z.string(),
  application: z.string(),
  since: z.string(),
  released: z.boolean(),
});
type Holder = z.infer<typeof Holder>;

const LOCK = /^lock-(\d{8})\.json$/;
/** A lock file without content: its owner died between making and writing it, if it stays so for this many ms. */
const UNWRITTEN = 10_000;

/**
 * The lock of a store's folder: files `lock-<n>.json`, of which the highest number counts. Its owner holds the store until it
 * marks the file as released, or is gone. To take over, a process makes number n + 1, which only one can do: the file appears
 * whole, by link(), under a name that must not exist. Nobody ever removes or changes a lock it does not own, so there is no moment
 * at which two see themselves as owner:
 *
 *   a slow process may still make a number that was used and tidied away; so it looks again after making one, and steps back when
 *   there is a higher number. The highest file is never removed (a released one stays), and tidying leaves the one before it, so
 *   that this second look cannot miss both.
 *
 * No clock decides anything (Annex B.13 lets other tools read the file: `application`, `pid`, `since` are for people).
 */
export class NodeLock implements StoreLock {
  owner: StoreOwner | null = null;
  private held: { readonly number: number; readonly holder: Holder } | null = null;
  private unwritten: { readonly name: string; readonly firstSeen: number } | null = null;

  constructor(
    private readonly directory: string,
    private readonly application: string,
  ) {}

  async tryTake(): Promise<boolean> {
    if (this.held !== null) return true;
    const top = (await this.numbers()).at(-1) ?? 0;
    if (top > 0 && !(await this.isFree(top))) return false;
    const number = top + 1;
    const identity = await ownIdentity();
    const holder: Holder = {
      ...identity,
      nonce: randomBytes(16).toString('hex'),
      application: this.application,
      since: new Date().toISOString(),
      released: false,
    };
    if (!(await this.make(number, holder))) {
      await this.look((await this.numbers()).at(-1) ?? number);
      return false;
    }
    const numbers = await this.numbers();
    if (numbers.at(-1) !== number) {
      await unlink(this.path(number)).catch(() => undefined);
      return false;
    }
    this.held = { number, holder };
    this.owner = null;
    for (const old of numbers.slice(0, -2)) await unlink(this.path(old)).catch(() => undefined);
    return true;
  }

  async release(): Promise<void> {
    const { held } = this;
    if (held === null) return;
    this.held = null;
    const temporary = join(this.directory, `lock-${held.holder.nonce}.tmp`);
    try {
      await writeFile(temporary, JSON.stringify({ ...held.holder, released: true }), { mode: 0o600 });
      await rename(temporary, this.path(held.number));
    } catch {
      // A full or vanished disk: the lock then counts as ours until this process ends, and as free from then on.
    }
  }

  private async isFree(number: number): Promise<boolean> {
    const holder = await this.look(number);
    if (holder === 'unwritten') {
      const name = this.path(number);
      if (this.unwritten?.name !== name) this.unwritten = { name, firstSeen: performance.now() };
      return performance.now() - this.unwritten.firstSeen > UNWRITTEN;
    }
    return holder === 'removed' || holder.released || (await isGone(holder));
  }

  private async look(number: number): Promise<Holder | 'unwritten' | 'removed'> {
    let text: string;
    try {
      text = await readFile(this.path(number), 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return 'removed';
      throw error;
    }
    try {
      const holder = Holder.parse(JSON.parse(text));
      this.owner = holder.released ? null : holder;
      return holder;
    } catch {
      this.owner = null;
      return 'unwritten';
    }
  }

  /** Makes the lock file of this number with its content, unless it is there. */
  private async make(number: number, holder: Holder): Promise<boolean> {
    const text = JSON.stringify(holder);
    const temporary = join(this.directory, `lock-${holder.nonce}.tmp`);
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    try {
      await link(temporary, this.path(number));
      return true;
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === 'EEXIST') return false;
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
      // No hard links here (FAT, some network folders): exclusive create is as exclusive, but the content comes after the name.
      return await this.makeWithoutLink(number, text);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  private async makeWithoutLink(number: number, text: string): Promise<boolean> {
    try {
      const handle = await open(this.path(number), 'wx', 0o600);
      try {
        await handle.writeFile(text);
      } finally {
        await handle.close();
      }
      return true;
    } catch (error) {
      if (systemCodeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  private async numbers(): Promise<number[]> {
    const names = await readdir(this.directory);
    return names
      .flatMap((name) => LOCK.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  private path(number: number): string {
    return join(this.directory, `lock-${String(number).padStart(8, '0')}.json`);
  }
}

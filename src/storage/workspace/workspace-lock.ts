import * as z from 'zod';
import type { StoreOwner } from '../errors.js';
import type { StoreLock } from '../lock.js';
import { fromUtf8, utf8 } from '../utf8.js';
import type { WorkspaceFiles } from './workspace-files.js';
import { isMissing, isThere } from './workspace-files.js';

/** The part of `navigator.locks` that is used; it tells windows of one browser apart without any file. */
export interface LockManager {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    hold: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

const OWNER_FILE = 'owner.json';
/** The owner shows that it lives this often, and counts as gone when it has not for the second figure; in ms. */
const RENEW = 5000;
const GONE = 20_000;

const Owner = z.object({
  nonce: z.string(),
  application: z.string(),
  since: z.string(),
  host: z.string(),
  pid: z.number().int(),
  beat: z.number().int(),
});
type Owner = z.infer<typeof Owner>;

/**
 * The lock where there are no processes to ask for (Annex B.14): `navigator.locks` where present; always an owner file, put in place
 * by a rename that must not overwrite, with a count that its owner moves on. Nobody compares clocks: a count that stood still for
 * 20 s of the observer's own time belongs to nobody. A writer that slept through that finds out at its next write.
 */
export class WorkspaceLock implements StoreLock {
  owner: StoreOwner | null = null;
  private held = false;
  private beat = 0;
  private seen: { readonly text: string; readonly at: number } | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private letGo: (() => void) | null = null;

  /** @param nonce 8 hex digits, different for every session */
  constructor(
    private readonly files: WorkspaceFiles,
    readonly nonce: string,
    private readonly application: string,
    private readonly locks: { readonly manager: LockManager; readonly name: string } | null = null,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async tryTake(): Promise<boolean> {
    if (this.held) return true;
    if (!(await this.takeBrowserLock())) return false;
    const there = await this.read();
    // Whoever holds the browser's lock is alone among its windows, but other machines may share the folder.
    if (there !== null && !this.isGone(there.text)) {
      this.owner = there.owner;
      this.letGo?.();
      return false;
    }
    try {
      if (there !== null) await this.files.delete(OWNER_FILE);
      await this.put();
    } catch (error) {
      this.letGo?.();
      if (isThere(error) || isMissing(error)) return false;
      throw error;
    }
    this.held = await this.isOurs();
    if (this.held) {
      this.owner = null;
      this.timer = setInterval(() => void this.renew(), RENEW);
      if (typeof this.timer === 'object') this.timer.unref();
    } else this.letGo?.();
    return this.held;
  }

  /** Asks the file, not the memory: another writer may have taken over while this one slept. */
  async isHeld(): Promise<boolean> {
    if (this.held && !(await this.isOurs())) {
      this.held = false;
      clearInterval(this.timer);
    }
    return this.held;
  }

  /** The nonce in the owner file; null when there is none. */
  async ownerNonce(): Promise<string | null> {
    return (await this.read())?.owner?.nonce ?? null;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    if (await this.isHeld().catch(() => false)) await this.files.delete(OWNER_FILE).catch(() => undefined);
    this.held = false;
    this.letGo?.();
    this.letGo = null;
  }

  private async takeBrowserLock(): Promise<boolean> {
    const { locks } = this;
    if (locks === null) return true;
    return new Promise((resolve, reject) => {
      locks.manager
        .request(locks.name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          if (lock === null) return undefined;
          return new Promise<void>((done) => {
            this.letGo = done;
          });
        })
        .catch(reject);
    });
  }

  private isGone(text: string): boolean {
    if (this.seen?.text !== text) {
      this.seen = { text, at: this.now() };
      return false;
    }
    return this.now() - this.seen.at > GONE;
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.isHeld())) return;
      this.beat++;
      await this.files.writeFile(OWNER_FILE, this.text());
    } catch {
      // Tried again at the next turn; the next write asks in any case.
    }
  }

  private async put(): Promise<void> {
    const temporary = `owner-${this.nonce}.tmp`;
    await this.files.writeFile(temporary, this.text());
    try {
      await this.files.rename(temporary, OWNER_FILE, { overwrite: false });
    } catch (error) {
      await this.files.delete(temporary).catch(() => undefined);
      throw error;
    }
  }

  private async isOurs(): Promise<boolean> {
    return (await this.read())?.owner?.nonce === this.nonce;
  }

  private async read(): Promise<{ readonly text: string; readonly owner: Owner | null } | null> {
    let text: string;
    try {
      text = fromUtf8(await this.files.readFile(OWNER_FILE));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
    try {
      const owner = Owner.parse(JSON.parse(text));
      if (owner.nonce !== this.nonce) this.owner = owner;
      return { text, owner };
    } catch {
      return { text, owner: null };
    }
  }

  private text(): Uint8Array {
    const owner: Owner = {
      nonce: this.nonce,
      application: this.application,
      since: new Date().toISOString(),
      host: 'another window',
      pid: 0,
      beat: this.beat,
    };
    return utf8(JSON.stringify(owner));
  }
}

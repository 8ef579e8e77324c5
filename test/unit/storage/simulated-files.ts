import type { FileLayer } from '../../../src/storage/file-layer.js';

type Step =
  | { readonly kind: 'create' | 'remove' | 'sync'; readonly name: string }
  | { readonly kind: 'write'; readonly name: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly name: string; readonly length: number }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'syncDirectory' };

/** What a crash did to a step that no sync had covered. */
export type Fate = 'kept' | 'dropped' | { readonly torn: number };

interface Inode {
  bytes: Uint8Array;
}

/**
 * A folder in memory that remembers every call. {@link crashed} gives the folder as a crash of the machine after so many calls may
 * leave it: what was synced is there; of the rest, writes and truncates of a file are each kept, dropped or torn, in any
 * combination, and changes of names are kept up to some point.
 */
export class SimulatedFiles implements FileLayer {
  readonly trace: Step[] = [];
  /** Called before every call takes effect, reads included; throws to make the call fail. */
  fault: ((call: string) => void) | null = null;
  private names: Map<string, Inode>;

  constructor(files: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.names = new Map([...files].map(([name, bytes]) => [name, { bytes: bytes.slice() }]));
  }

  async list(): Promise<readonly { readonly name: string; readonly size: number }[]> {
    await this.call('list');
    return [...this.names].map(([name, inode]) => ({ name, size: inode.bytes.length }));
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    await this.call('read');
    return this.inode(name).bytes.slice(offset, offset + length);
  }

  create(name: string): Promise<void> {
    return this.step({ kind: 'create', name });
  }

  write(name: string, offset: number, bytes: Uint8Array): Promise<void> {
    return this.step({ kind: 'write', name, offset, bytes: bytes.slice() });
  }

  async writeDurably(name: string, offset: number, bytes: Uint8Array): Promise<void> {
    await this.write(name, offset, bytes);
    await this.sync(name);
  }

  truncate(name: string, length: number): Promise<void> {
    return this.step({ kind: 'truncate', name, length });
  }

  sync(name: string): Promise<void> {
    return this.step({ kind: 'sync', name });
  }

  rename(from: string, to: string): Promise<void> {
    return this.step({ kind: 'rename', name: from, to });
  }

  remove(name: string): Promise<void> {
    return this.step({ kind: 'remove', name });
  }

  syncDirectory(): Promise<void> {
    return this.step({ kind: 'syncDirectory' });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The bytes of every file. */
  files(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.names].map(([name, inode]) => [name, inode.bytes]));
  }

  /**
   * @param calls how many calls of the trace had returned; the folder was empty before the first
   * @param fate decides over each step that nothing synced
   * @param names how many of the unsynced changes of names were kept, of `count`
   */
  crashed(calls: number, fate: (step: number) => Fate, names: (count: number) => number): SimulatedFiles {
    let directory = new Map<string, Inode>();
    const live = new Map<string, Inode>();
    const content = new Map<Inode, { durable: Uint8Array; pending: { step: Step; index: number }[] }>();
    let renames: ((directory: Map<string, Inode>) => void)[] = [];
    const change = (apply: (directory: Map<string, Inode>) => void): void => {
      apply(live);
      renames.push(apply);
    };
    for (const [index, step] of this.trace.slice(0, calls).entries()) {
      const inode = 'name' in step ? live.get(step.name) : undefined;
      const state = inode === undefined ? undefined : content.get(inode);
      switch (step.kind) {
        case 'create':
          // An existing file is emptied, which is a change of its content; else a name appears.
          if (state !== undefined)
            state.pending.push({ step: { kind: 'truncate', name: step.name, length: 0 }, index });
          else {
            const made: Inode = { bytes: new Uint8Array(0) };
            content.set(made, { durable: made.bytes, pending: [] });
            change((map) => map.set(step.name, made));
          }
          break;
        case 'write':
        case 'truncate':
          state?.pending.push({ step, index });
          break;
        case 'sync':
          if (state !== undefined) {
            for (const { step: one } of state.pending) state.durable = applyTo(state.durable, one, 'kept');
            state.pending = [];
          }
          break;
        case 'rename':
          change((map) => {
            const moved = map.get(step.name);
            map.delete(step.name);
            if (moved !== undefined) map.set(step.to, moved);
          });
          break;
        case 'remove':
          change((map) => map.delete(step.name));
          break;
        case 'syncDirectory':
          directory = new Map(live);
          renames = [];
          break;
      }
    }
    for (const apply of renames.slice(0, names(renames.length))) apply(directory);
    const files = new Map<string, Uint8Array>();
    for (const [name, inode] of directory) {
      const state = content.get(inode);
      if (state === undefined) continue;
      let bytes = state.durable;
      for (const { step, index } of state.pending) bytes = applyTo(bytes, step, fate(index));
      files.set(name, bytes);
    }
    return new SimulatedFiles(files);
  }

  private async call(name: string): Promise<void> {
    // As on a real disk, the answer comes later.
    await Promise.resolve();
    this.fault?.(name);
  }

  private async step(step: Step): Promise<void> {
    await this.call(step.kind);
    this.trace.push(step);
    switch (step.kind) {
      case 'create': {
        const there = this.names.get(step.name);
        if (there === undefined) this.names.set(step.name, { bytes: new Uint8Array(0) });
        else there.bytes = new Uint8Array(0);
        break;
      }
      case 'write':
      case 'truncate': {
        const inode = this.inode(step.name);
        inode.bytes = applyTo(inode.bytes, step, 'kept');
        break;
      }
      case 'rename': {
        const inode = this.inode(step.name);
        this.names.delete(step.name);
        this.names.set(step.to, inode);
        break;
      }
      case 'remove':
        this.inode(step.name);
        this.names.delete(step.name);
        break;
      case 'sync':
      case 'syncDirectory':
        break;
    }
  }

  private inode(name: string): Inode {
    const inode = this.names.get(name);
    if (inode === undefined) throw Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' });
    return inode;
  }
}

function applyTo(bytes: Uint8Array, step: Step, fate: Fate): Uint8Array {
  if (fate === 'dropped') return bytes;
  if (step.kind === 'truncate') {
    const cut = new Uint8Array(step.length);
    cut.set(bytes.subarray(0, step.length));
    return cut;
  }
  if (step.kind !== 'write') return bytes;
  // Torn: the file has its new length, but only the first part of the bytes came through; the rest reads as zeros.
  const part = fate === 'kept' ? step.bytes : step.bytes.subarray(0, Math.floor(step.bytes.length * fate.torn));
  const grown = new Uint8Array(Math.max(bytes.length, step.offset + step.bytes.length));
  grown.set(bytes);
  grown.set(part, step.offset);
  return grown;
}

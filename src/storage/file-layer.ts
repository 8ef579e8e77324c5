/**
 * Every call that a store makes to its folder, so that tests can record, replay and break them. Names are plain. Nothing is
 * durable before `sync` (a file's bytes and length) or `syncDirectory` (names) has resolved.
 */
export interface FileLayer {
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** Up to `length` bytes, fewer at the end of the file. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>;
  /** Makes an empty file, or empties the one that is there. */
  create(name: string): Promise<void>;
  write(name: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** A `write` and its `sync`. Where it can, the disk is at work when the call returns. */
  writeDurably(name: string, offset: number, bytes: Uint8Array): Promise<void>;
  truncate(name: string, length: number): Promise<void>;
  sync(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  syncDirectory(): Promise<void>;
  /** Lets go of open files. */
  close(): Promise<void>;
}

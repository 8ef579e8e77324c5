/** Where the lines of ops are kept: one text per op. Implemented by plain files and, for `store`, by memory. */
export interface OpFiles {
  /** Makes the op's file with these lines, durably. @throws OpCollisionError when there is one */
  create(opId: string, lines: string): Promise<void>;
  /** Adds one line, durably, after a newline if a crash left the last line torn. */
  append(opId: string, line: string): Promise<void>;
  /** The file's text; undefined when there is none. */
  read(opId: string): Promise<string | undefined>;
  /** All ids, oldest first. */
  ids(): Promise<string[]>;
  /** Adds lines to a local log; never fails. */
  note(log: string, lines: string): Promise<void>;
  hasLog(log: string): Promise<boolean>;
  /** Absolute path of the op's file, when it is one. */
  path(opId: string): string | undefined;
}

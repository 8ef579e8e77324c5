import type { Writable } from 'node:stream';
import type { Paint } from './colours.js';

/** What a command says: lines for a person, or one JSON value (`--json`), never both. */
export class Output {
  constructor(
    private readonly stdout: Writable,
    private readonly stderr: Writable,
    readonly paint: Paint,
    /** One JSON value on stdout instead of text. */
    readonly json: boolean,
    /** A person watches: progress may be shown, control characters of contents may not reach the terminal. */
    readonly terminal: { readonly stdout: boolean; readonly stderr: boolean },
  ) {}

  /** The result: `value` with `--json`, else what `print` prints. */
  result(value: unknown, print: () => void): void {
    if (this.json) this.raw(`${JSON.stringify(value, null, 2)}\n`);
    else print();
  }

  line(text = ''): void {
    this.raw(`${text}\n`);
  }

  /** As it stands: exports, which other programs read. */
  raw(text: string): void {
    this.stdout.write(text);
  }

  /** For a person, beside the result: notes, problems. */
  note(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** One line that replaces itself, on a terminal only; the empty text ends it. */
  progress(text: string): void {
    if (this.terminal.stderr && !this.json) this.stderr.write(`\r\u001b[K${text}`);
  }

  /** A text from a store: on a terminal without the control characters that could move its cursor or change its title. */
  safe(text: string): string {
    if (!this.terminal.stdout) return text;
    // eslint-disable-next-line no-control-regex -- control characters are what this removes
    return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
  }

  /** The first line of a text, cut to `length` characters. */
  oneLine(text: string, length = 72): string {
    const [first = ''] = text.trim().split('\n', 1);
    const characters = Array.from(this.safe(first));
    return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
  }
}

import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { builtRun } from './built-cli.js';

/** Any: that `--version` prints the one of package.json is seen of the built command. */
export const VERSION = '1.2.3-test';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built `tract` in a folder, as `src/bin.ts` does but in this process, where a command takes a tenth of the time: not on a terminal, with nothing of this machine's settings.
 */
export async function tract(
  cwd: string,
  args: readonly string[],
  { env = {}, stdin = '' }: RunOptions = {},
): Promise<Run> {
  const { runCli } = await builtRun();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const code = await runCli(args, {
    version: VERSION,
    ...{ stdin: () => Readable.from([Buffer.from(stdin)]), stdout, stderr, env, cwd },
    runBridge: () => Promise.reject(new Error('The bridge needs a process of its own.')),
  });
  stdout.end();
  stderr.end();
  const [out, error] = await said;
  return { code, stdout: out, stderr: error };
}

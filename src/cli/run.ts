import { CommanderError } from 'commander';
import { CancelledError, MergeError, TractError } from '../core/model/errors.js';
import type { Cli, CliHost } from './cli.js';
import { painter, wantsColour } from './colours.js';
import { Output } from './output.js';
import { buildProgram } from './program.js';

/** What git exits with for a command line that it does not understand. */
const USAGE = 129;
const FAILED = 1;
/** What shells give a command that Ctrl+C ended. */
const INTERRUPTED = 130;

/**
 * Runs one command line and gives its exit code: 0, 1 for what Tract refuses or finds wrong, 129 for a command line that cannot be
 * understood, 130 for what Ctrl+C ended. With `--json` an error is `{error: {code, message}}` on stdout, beside the message on stderr.
 */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const { stdout, stderr, env } = host;
  const terminal = { stdout: stdout.isTTY === true, stderr: stderr.isTTY === true };
  const json = argv.includes('--json');
  const out = new Output(stdout, stderr, painter(wantsColour({ isTTY: terminal.stdout, env })), json, terminal);
  const program = buildProgram(host, (options): Cli => ({ ...host, ...options, out, exitCode: 0 }));
  try {
    return await program.run(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (json) report(out, 'USAGE', error.message);
      return error.code === 'commander.help' ? FAILED : USAGE;
    }
    const message = error instanceof Error ? error.message : String(error);
    out.progress('');
    out.note(message);
    const conflicts = error instanceof MergeError ? { conflicts: error.conflicts } : {};
    if (json) report(out, error instanceof TractError ? error.code : 'INTERNAL', message, conflicts);
    return error instanceof CancelledError ? INTERRUPTED : FAILED;
  }
}

function report(out: Output, code: string, message: string, more: Readonly<Record<string, unknown>> = {}): void {
  out.raw(`${JSON.stringify({ error: { code, message, ...more } })}\n`);
}

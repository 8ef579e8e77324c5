import { Command } from 'commander';
import { withCounts } from './arguments.js';
import type { Cli, CliHost, Register } from './cli.js';
import { branch } from './commands/branch.js';
import { checkout } from './commands/checkout.js';
import { compile } from './commands/compile.js';
import { diff } from './commands/diff.js';
import { doctor } from './commands/doctor.js';
import { exportCommand } from './commands/export.js';
import { gc } from './commands/gc.js';
import { importCommand } from './commands/import.js';
import { init } from './commands/init.js';
import { log } from './commands/log.js';
import { mcp } from './commands/mcp.js';
import { merge } from './commands/merge.js';
import { records } from './commands/records.js';
import { reset } from './commands/reset.js';
import { search } from './commands/search.js';
import { show } from './commands/show.js';
import { status } from './commands/status.js';

const COMMANDS: readonly Register[] = [
  ...[init, importCommand, log, status, show, diff, compile, branch, checkout, reset, merge],
  ...[records, search, exportCommand, gc, doctor, mcp],
];

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly store: string | undefined;
  readonly tract: string | undefined;
}

/** The command line as a whole; `start` makes what a command is given once its options are known. */
export function buildProgram(
  { version, stdout, stderr }: Pick<CliHost, 'version' | 'stdout' | 'stderr'>,
  start: (options: GlobalOptions) => Cli,
): { run(argv: readonly string[]): Promise<number> } {
  const program = new Command('tract')
    .description('Git for LLM context: browse, branch, rewind and account for what a model gets to see.')
    .version(version)
    .option('--store <dir>', 'the folder of the store (else TRACT_STORE, else .tract/ here or above)')
    .option('--tract <id>', 'id, beginning of an id, or name of a tract (else the one worked on last)')
    .option('--json', 'print one JSON value')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride();
  let cli: Cli | undefined;
  const current = (): Cli => {
    const options = program.opts<{ store?: string; tract?: string }>();
    cli ??= start({ store: options.store, tract: options.tract });
    return cli;
  };
  for (const register of COMMANDS) register(program, current);
  return {
    async run(argv) {
      await program.parseAsync(withCounts(argv), { from: 'user' });
      return cli?.exitCode ?? 0;
    },
  };
}

import { Option } from 'commander';
import { count } from '../arguments.js';
import { withTract, type Register } from '../cli.js';
import { decorations, printCommit, type Decorations } from '../commit-lines.js';
import { short } from '../figures.js';
import type { Output } from '../output.js';
import { NavigationError } from '../../core/model/errors.js';
import { PRIORITIES, type Operation, type Priority } from '../../core/model/commit.js';
import type { LogEntry } from '../../core/operations/log.js';

interface LogFlags {
  readonly number?: number;
  readonly oneline?: boolean;
  readonly operation?: Operation;
  readonly type?: string;
  readonly tag?: string;
  readonly grep?: string;
  readonly priority?: Priority;
  readonly minTokens?: number;
  readonly maxTokens?: number;
  readonly author?: string;
}

const OPERATIONS: readonly Operation[] = ['append', 'edit', 'annotate', 'compress', 'reorder', 'merge'];

/** `tract log [ref]`: history newest first along the graph (SPEC §8). */
export const log: Register = (program, cli) => {
  program
    .command('log')
    .description('commits, newest first')
    .argument('[ref]', 'where to start', 'HEAD')
    .option('-n, --number <count>', 'at most so many (default: 20)', count)
    .option('--oneline', 'one line a commit')
    .addOption(new Option('--operation <name>', 'only one operation').choices(OPERATIONS))
    .option('--type <name>', 'only one content type')
    .option('--tag <name>', 'only commits with this tag')
    .option('--grep <text>', 'only commits whose text or message holds this, without regard to case')
    .addOption(new Option('--priority <name>', 'only one priority').choices(PRIORITIES))
    .option('--min-tokens <count>', 'only commits of at least so many tokens', count)
    .option('--max-tokens <count>', 'only commits of at most so many tokens', count)
    .option('--author <name>', 'only commits of this author or model')
    .action(async (ref: string, flags: LogFlags) => {
      const { out } = cli();
      await withTract(cli(), 'read', async (tract, store) => {
        if (tract.head === null) throw new NavigationError('There are no commits yet.');
        const { number, oneline: _oneline, grep, ...rest } = flags;
        const entries = await tract.log({
          ...rest,
          from: ref,
          ...(number === undefined ? {} : { limit: number }),
          ...(grep === undefined ? {} : { text: grep }),
        });
        out.result(entries, () => {
          printEntries(out, entries, decorations(store, tract), flags.oneline ?? false);
        });
      });
    });
};

function printEntries(out: Output, entries: readonly LogEntry[], refs: Decorations, oneline: boolean): void {
  for (const [i, entry] of entries.entries()) {
    if (oneline) {
      const hash = out.paint('yellow', short(entry.commitHash));
      out.line(`${hash}${refs(entry.commitHash, out.paint)} ${out.oneLine(entry.message)}`);
      continue;
    }
    if (i > 0) out.line();
    printCommit(out, entry, refs);
    out.line();
    for (const line of out.safe(entry.message).trimEnd().split('\n')) out.line(`    ${line}`);
  }
}

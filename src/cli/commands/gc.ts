import { amount } from '../arguments.js';
import { withTract, type Register } from '../cli.js';
import { bytes, plural, short } from '../figures.js';

interface GcFlags {
  readonly dryRun?: boolean;
  readonly olderThan?: number;
}

/** `tract gc`: removes commits that nothing needs any more (SPEC §9.6); without `--older-than` never anything. */
export const gc: Register = (program, cli) => {
  program
    .command('gc')
    .description('remove commits that no branch, tag, record or undo needs any more')
    .option('-n, --dry-run', 'only list them')
    .option('--older-than <days>', 'those that were not needed for so many days (default: never)', amount)
    .action(async ({ dryRun = false, olderThan }: GcFlags) => {
      const { out } = cli();
      const options = { dryRun, ...(olderThan === undefined ? {} : { olderThanDays: olderThan }) };
      const result = await withTract(cli(), dryRun ? 'read' : 'write', (tract) => tract.gc(options));
      out.result(result, () => {
        for (const { commitHash, bytes: size } of result.removed)
          out.line(`${dryRun ? 'Would remove' : 'Removed'} ${out.paint('yellow', short(commitHash))} (${bytes(size)})`);
        const total = result.removed.reduce((sum, removed) => sum + removed.bytes, 0);
        out.line(`${plural(result.removed.length, 'commit')}, ${bytes(total)} ${dryRun ? 'would be freed' : 'freed'}`);
        if (olderThan === undefined) out.note('Nothing is ever removed without --older-than DAYS.');
      });
    });
};

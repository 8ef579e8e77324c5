import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { amount } from '../arguments.js';
import { withStore, type Cli, type Register } from '../cli.js';
import { plural } from '../figures.js';
import { OPS_FOLDER } from '../../ops/paths.js';

interface OpsFlags {
  readonly closeStale?: number;
  readonly directory?: string;
}

/** `tract doctor` (SPEC §9.8) and `tract doctor ops` (§13): both exit with 1 when something is wrong. */
export const doctor: Register = (program, cli) => {
  const command = program
    .command('doctor')
    .description('check every object, ref and record of the store; repair what loses nothing')
    .action(() => checkStore(cli()));
  command
    .command('ops')
    .description('operations that were started and never completed')
    .option('--close-stale <hours>', 'close those that began at least so many hours ago as abandoned', amount)
    .option('-C, --directory <dir>', `the folder that holds ${OPS_FOLDER}/ (default: here or above)`)
    .action((flags: OpsFlags) => checkOps(cli(), flags));
};

async function checkStore(cli: Cli): Promise<void> {
  const { out } = cli;
  const report = await withStore(cli, 'repair', (store) => store.doctor());
  if (!report.ok) cli.exitCode = 1;
  out.result(report, () => {
    for (const { severity, code, detail, repaired } of report.problems)
      out.line(
        `${out.paint(severity === 'error' ? 'red' : 'yellow', severity)} ${code}: ${out.oneLine(detail, 300)}${repaired ? ' (repaired)' : ''}`,
      );
    if (report.ok) out.line(report.problems.length === 0 ? 'No problems found.' : 'Nothing that needs you.');
  });
}

async function checkOps(cli: Cli, { closeStale, directory }: OpsFlags): Promise<void> {
  const { out, cwd } = cli;
  const { openOps } = await import('../../ops/node/open-ops.js');
  // Reads the files whatever durability is set to, and never commits.
  const ops = openOps({
    directory: directory === undefined ? opsFolder(cwd) : resolve(cwd, directory),
    durability: 'store',
  });
  const closed = closeStale === undefined ? [] : await ops.closeStale({ olderThanHours: closeStale });
  const orphans = await ops.doctor();
  if (orphans.length > 0) cli.exitCode = 1;
  out.result({ orphans, ...(closeStale === undefined ? {} : { closed }) }, () => {
    for (const { path } of closed) out.line(`Closed as abandoned: ${relative(cwd, path)}`);
    for (const { path } of orphans) out.line(`${out.paint('red', 'orphan')} ${relative(cwd, path)}`);
    out.line(orphans.length === 0 ? 'No orphans.' : `${plural(orphans.length, 'operation')} never completed.`);
  });
}

/** The nearest folder with op records, here or above; else this one. */
function opsFolder(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, OPS_FOLDER))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

import { withTract, type Cli, type Register } from '../cli.js';
import { grouped, short } from '../figures.js';
import { InvalidArgumentError } from '../../core/model/errors.js';
import type { Branch } from '../../core/operations/branch.js';
import type { Output } from '../output.js';

interface BranchFlags {
  readonly delete?: boolean;
  readonly forceDelete?: boolean;
  readonly move?: boolean;
}

/** `tract branch`: lists, makes, deletes and renames branches (SPEC §9.1). */
export const branch: Register = (program, cli) => {
  program
    .command('branch')
    .description('list branches; make, delete or rename one')
    .argument('[name]', 'the branch to make (without checking it out), delete or rename')
    .argument('[start]', 'where it begins (default: HEAD); with -m its new name')
    .option('-d, --delete', 'delete the branch, if its commits are on another one')
    .option('-D, --force-delete', 'delete the branch')
    .option('-m, --move', 'rename the branch (with one name: the current one)')
    .action(async (name: string | undefined, start: string | undefined, flags: BranchFlags) => {
      const here = cli();
      if (name === undefined) await list(here, flags);
      else if (flags.delete || flags.forceDelete) await remove(here, name, flags.forceDelete ?? false);
      else if (flags.move) await rename(here, name, start);
      else await create(here, name, start);
    });
};

async function list(cli: Cli, flags: BranchFlags): Promise<void> {
  if (flags.delete || flags.forceDelete || flags.move) throw new InvalidArgumentError('Which branch? Give its name.');
  const { out } = cli;
  await withTract(cli, 'read', async (tract) => {
    const branches = await tract.branches();
    out.result(branches, () => {
      if (tract.isDetached && tract.head !== null)
        out.line(`* ${out.paint('green', `(HEAD detached at ${short(tract.head)})`)}`);
      const width = Math.max(0, ...branches.map(({ name }) => name.length));
      for (const one of branches) printBranch(out, one, width);
    });
  });
}

function printBranch(out: Output, { name, head, current, ahead, behind, tokens }: Branch, width: number): void {
  const apart = [...(ahead > 0 ? [`ahead ${ahead}`] : []), ...(behind > 0 ? [`behind ${behind}`] : [])].join(', ');
  const label = name.padEnd(width);
  const shown = current ? `* ${out.paint('green', label)}` : `  ${label}`;
  out.line(`${shown} ${out.paint('yellow', short(head))} ~${grouped(tokens)} tok${apart === '' ? '' : ` [${apart}]`}`);
}

async function create(cli: Cli, name: string, from: string | undefined): Promise<void> {
  const options = { checkout: false, ...(from === undefined ? {} : { from }) };
  const head = await withTract(cli, 'write', (tract) => tract.branch(name, options));
  cli.out.result({ name, head }, () => {
    cli.out.line(`Branch '${name}' is at ${short(head)}`);
  });
}

async function remove(cli: Cli, name: string, force: boolean): Promise<void> {
  const head = await withTract(cli, 'write', async (tract) => {
    const found = (await tract.branches()).find((one) => one.name === name);
    await tract.deleteBranch(name, { force });
    return found?.head ?? '';
  });
  cli.out.result({ name, head, deleted: true }, () => {
    cli.out.line(`Deleted branch ${name} (was ${short(head)}).`);
  });
}

async function rename(cli: Cli, first: string, second: string | undefined): Promise<void> {
  const { from, to } = await withTract(cli, 'write', async (tract) => {
    const old = second === undefined ? tract.currentBranch : first;
    if (old === null) throw new InvalidArgumentError('No branch is checked out. Say which one to rename.');
    const next = second ?? first;
    await tract.renameBranch(old, next);
    return { from: old, to: next };
  });
  cli.out.result({ from, to }, () => {
    cli.out.line(`Renamed branch ${from} to ${to}.`);
  });
}

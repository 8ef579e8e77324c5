import { Option } from 'commander';
import { withTract, type Cli, type Register } from '../cli.js';
import { short } from '../figures.js';
import { InvalidArgumentError, MergeError, NothingToMergeError } from '../../core/model/errors.js';
import type { MergeOptions } from '../../core/operations/merge.js';

interface MergeFlags {
  readonly strategy?: 'ours' | 'theirs';
  /** `--no-ff` */
  readonly ff: boolean;
  readonly resolve?: readonly string[];
}

type Resolutions = NonNullable<MergeOptions['resolutions']>;

/** `tract merge`: another branch into the current one (SPEC §9.2). */
export const merge: Register = (program, cli) => {
  program
    .command('merge')
    .description('merge a branch into the current one')
    .argument('<branch>', 'the branch (or any ref) to merge')
    .addOption(new Option('--strategy <side>', 'settles every conflict').choices(['ours', 'theirs']))
    .option('--no-ff', 'a merge commit also where a fast-forward would do')
    .option('--resolve <target=side...>', "settles one conflict: TARGET=ours, TARGET=theirs or 'TARGET=text:…'")
    .action(async (branch: string, flags: MergeFlags) => {
      try {
        await mergeBranch(cli(), branch, flags);
      } catch (error) {
        if (error instanceof NothingToMergeError) {
          cli().out.result({ commit: null, fastForward: false, alreadyUpToDate: true, advisories: [] }, () => {
            cli().out.line('Already up to date.');
          });
          return;
        }
        if (error instanceof MergeError && !cli().out.json) {
          for (const { kind, target, ours, theirs } of error.conflicts) {
            cli().out.line(`CONFLICT (${kind}): ${short(target)}`);
            cli().out.line(`  ours:   ${cli().out.oneLine(ours)}`);
            cli().out.line(`  theirs: ${cli().out.oneLine(theirs)}`);
          }
        }
        throw error;
      }
    });
};

async function mergeBranch(cli: Cli, branch: string, { strategy, ff, resolve }: MergeFlags): Promise<void> {
  const { out } = cli;
  const options: MergeOptions = {
    noFf: !ff,
    ...(strategy === undefined ? {} : { strategy }),
    ...(resolve === undefined ? {} : { resolutions: resolutionsOf(resolve) }),
  };
  await withTract(cli, 'write', async (tract) => {
    const before = tract.head;
    const { commit, fastForward, advisories } = await tract.merge(branch, options);
    out.result({ commit, fastForward, alreadyUpToDate: false, advisories }, () => {
      if (fastForward) {
        out.line(`Updating ${before === null ? '(empty)' : short(before)}..${short(commit.commitHash)}`);
        out.line('Fast-forward');
      } else out.line(`${short(commit.commitHash)} ${out.oneLine(commit.message)}`);
      for (const { target } of advisories)
        out.note(`Note: ${short(target)} was edited on one side while the other went on; the edit is in the merge.`);
    });
  });
}

function resolutionsOf(given: readonly string[]): Resolutions {
  return Object.fromEntries(
    given.map((one): [string, Resolutions[string]] => {
      const at = one.indexOf('=');
      const [target, side] = [one.slice(0, at), one.slice(at + 1)];
      if (at > 0 && (side === 'ours' || side === 'theirs')) return [target, side];
      if (at > 0 && side.startsWith('text:')) return [target, { text: side.slice('text:'.length) }];
      throw new InvalidArgumentError(
        `Cannot understand --resolve ${one.slice(0, 60)}: it is TARGET=ours, TARGET=theirs or TARGET=text:…. Nothing was merged.`,
      );
    }),
  );
}

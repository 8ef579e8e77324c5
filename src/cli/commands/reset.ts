import { withTract, type Cli, type Register } from '../cli.js';
import { ForceRequiredError } from '../errors.js';
import { plural, short } from '../figures.js';
import { commitsBetween } from '../../core/graph/history.js';
import { commitOf } from '../../core/graph/ancestry.js';

interface ResetFlags {
  readonly soft?: boolean;
  readonly hard?: boolean;
  readonly force?: boolean;
}

/** `tract reset`: moves the current branch, or detached HEAD, to a commit (SPEC §8). */
export const reset: Register = (program, cli) => {
  program
    .command('reset')
    .description('move the current branch to a commit; ORIG_HEAD keeps where it was')
    .argument('[ref]', 'the commit', 'HEAD')
    .option('--soft', 'the default')
    .option('--hard', 'discard what comes after; needs --force')
    .option('-f, --force', 'for --hard: do it')
    .action(async (ref: string, flags: ResetFlags) => {
      const mode = flags.hard && !flags.soft ? 'hard' : 'soft';
      if (mode === 'hard' && !flags.force) await refuse(cli(), ref);
      const { out } = cli();
      await withTract(cli(), 'write', async (tract) => {
        const before = tract.head;
        const head = await tract.reset(ref, { mode });
        out.result({ head, before, mode, branch: tract.currentBranch }, () => {
          out.line(`HEAD is now at ${short(head)} (${mode} reset)`);
        });
      });
    });
};

/** Says what would leave the branch, and that it takes `--force`. */
async function refuse(cli: Cli, ref: string): Promise<never> {
  const { out } = cli;
  await withTract(cli, 'read', async (tract, store) => {
    if (tract.head === null || out.json) return;
    const target = await tract.resolveCommit(ref);
    const leaving = commitsBetween(store.storage, commitOf(store.storage, tract.head), commitOf(store.storage, target));
    const tokens = leaving.reduce((sum, { textTokens }) => sum + textTokens, 0);
    const place = tract.currentBranch ?? 'HEAD';
    out.line(`${plural(leaving.length, 'commit')} (~${plural(tokens, 'token')}) would leave ${place}.`);
  });
  throw new ForceRequiredError('Hard reset requires --force flag.');
}

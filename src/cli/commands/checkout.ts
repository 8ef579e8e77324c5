import { withTract, type Register } from '../cli.js';
import { short } from '../figures.js';

/** `tract checkout`: a branch attaches HEAD, anything else detaches it, `-` goes back (SPEC §8). */
export const checkout: Register = (program, cli) => {
  program
    .command('checkout')
    .description("go to a branch, a commit, or back ('-')")
    .argument('<ref>', "a branch, a commit, a tag, or '-'; with -b the new branch's name")
    .argument('[start]', 'with -b: where the new branch begins (default: HEAD)')
    .option('-b', 'make a branch of this name and go there')
    .action(async (ref: string, start: string | undefined, flags: { readonly b?: boolean }) => {
      const { out } = cli();
      await withTract(cli(), 'write', async (tract, store) => {
        const before = tract.currentBranch;
        if (flags.b) await tract.branch(ref, start === undefined ? {} : { from: start });
        else await tract.checkout(ref);
        const { head, currentBranch, isDetached } = tract;
        out.result({ head, branch: currentBranch, detached: isDetached }, () => {
          const message = out.oneLine(store.storage.commit(head ?? '')?.message ?? '');
          if (isDetached) {
            out.note(
              "Note: HEAD is detached. 'tract checkout -' goes back; 'tract checkout -b NAME' makes a branch here.",
            );
            out.line(`HEAD is now at ${short(head ?? '')} ${message}`);
          } else if (flags.b) out.line(`Switched to a new branch '${currentBranch ?? ''}'`);
          else if (before === currentBranch) out.line(`Already on '${currentBranch ?? ''}'`);
          else out.line(`Switched to branch '${currentBranch ?? ''}'`);
        });
      });
    });
};

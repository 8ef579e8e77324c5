import { count } from '../arguments.js';
import { withTract, type Cli, type Register } from '../cli.js';
import { budgetBar, short, tokens } from '../figures.js';
import type { Store } from '../../core/store.js';
import type { Tract } from '../../core/tract.js';

interface StatusOptions {
  readonly budget?: number;
  readonly reserve?: number;
  readonly all?: boolean;
}

/** `tract status`: where HEAD stands, what its context costs, and the last three commits (SPEC §8). */
export const status: Register = (program, cli) => {
  program
    .command('status')
    .description('where HEAD stands and what its context costs')
    .option('--budget <tokens>', 'the most tokens a context may have', count)
    .option('--reserve <tokens>', 'tokens of the budget kept free for the answer', count)
    .option('-a, --all', 'also the other tracts of the store')
    .action(async (options: StatusOptions) => {
      const { budget, reserve } = options;
      const open =
        budget === undefined
          ? {}
          : { budget: { maxTokens: budget, ...(reserve === undefined ? {} : { reserveOutput: reserve }) } };
      await withTract(cli(), 'read', (tract, store) => printStatus(cli(), tract, store, options), open);
    });
};

async function printStatus({ out }: Cli, tract: Tract, store: Store, { all = false }: StatusOptions): Promise<void> {
  const found = await tract.status();
  const { paint } = out;
  const name = store.tracts().find(({ tractId }) => tractId === tract.tractId)?.name ?? tract.tractId;
  const others = all ? { tracts: store.tracts() } : {};
  out.result({ tractId: tract.tractId, name, ...found, ...others }, () => {
    out.line(found.text);
    if (found.budget) out.line(budgetBar(found.tokenCount, found.budget.maxTokens, paint));
    if (found.head !== null) {
      const kind = found.tokenSource.startsWith('api:') ? 'reported' : 'estimated';
      const unseen = found.unseenTokens > 0 ? ` + ~${found.unseenTokens} that no commit holds` : '';
      out.line(`Tokens: ${tokens(found.tokenCount, found.tokenSource)}${unseen} (${kind}, ${found.tokenSource})`);
      out.line();
      for (const { commitHash, message } of found.recent)
        out.line(`  ${paint('yellow', short(commitHash))} ${out.oneLine(message)}`);
    }
    if (store.tracts().length > 1 || all) out.line();
    if (!all && store.tracts().length > 1)
      out.line(`Tract ${out.oneLine(name)}, one of ${store.tracts().length} ('tract status --all' lists them).`);
    if (!all) return;
    for (const one of store.tracts()) {
      const mark = one.tractId === tract.tractId ? paint('green', '*') : ' ';
      const child = one.spawn === null ? '' : '  (child)';
      out.line(`${mark} ${paint('yellow', out.safe(one.tractId))}  ${out.oneLine(one.name)}${child}`);
    }
  });
}

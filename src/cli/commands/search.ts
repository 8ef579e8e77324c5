import { count } from '../arguments.js';
import { withTract, type Register } from '../cli.js';
import { short } from '../figures.js';

interface SearchFlags {
  readonly number?: number;
  readonly type?: string;
  readonly tag?: string;
  readonly branch?: string;
}

/** `tract search`: commits of any branch by text, type or tag (SPEC §8); exits with 1 when there are none, as `git grep`. */
export const search: Register = (program, cli) => {
  program
    .command('search')
    .description('find commits on any branch')
    .argument('[text]', 'part of the text or the message, without regard to case')
    .option('-n, --number <count>', 'at most so many (default: 100)', count)
    .option('--type <name>', 'only one content type')
    .option('--tag <name>', 'only the commit with this tag')
    .option('--branch <name>', 'only commits of this branch')
    .action(async (text: string | undefined, { number, ...rest }: SearchFlags) => {
      const { out } = cli();
      const query = {
        ...rest,
        ...(text === undefined ? {} : { text }),
        ...(number === undefined ? {} : { limit: number }),
      };
      const hits = await withTract(cli(), 'read', (tract) => tract.search(query));
      if (hits.length === 0) cli().exitCode = 1;
      out.result(hits, () => {
        for (const { commitHash, excerpt } of hits)
          out.line(`${out.paint('yellow', short(commitHash))} ${out.oneLine(excerpt.replace(/\s+/g, ' '), 120)}`);
      });
    });
};

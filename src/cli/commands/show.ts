import { withTract, type Register } from '../cli.js';
import { decorations, printCommit } from '../commit-lines.js';
import { short } from '../figures.js';
import { NavigationError } from '../../core/model/errors.js';
import { textOf } from '../../core/operations/log.js';

/** `tract show [ref]`: one commit with its text, its edits and the records made on it. */
export const show: Register = (program, cli) => {
  program
    .command('show')
    .description('one commit with its text')
    .argument('[ref]', 'a hash, the beginning of one, a branch, a tag, HEAD~2 …', 'HEAD')
    .action(async (ref: string) => {
      const { out } = cli();
      await withTract(cli(), 'read', async (tract, store) => {
        if (tract.head === null) throw new NavigationError('There are no commits yet.');
        const [entry] = await tract.log({ from: ref, limit: 1 });
        const stored = entry && store.storage.commit(entry.commitHash);
        if (!entry || !stored) return;
        const contents = await store.storage.contents([stored.contentHash]);
        const content: unknown = JSON.parse(contents.get(stored.contentHash) ?? 'null');
        const text = await textOf(store.storage, store.env, stored);
        out.result({ ...entry, text, content }, () => {
          printCommit(out, entry, decorations(store, tract));
          if (stored.editTarget !== null) out.line(`Edits:  ${short(stored.editTarget)}`);
          out.line(`Message: ${out.oneLine(entry.message)}`);
          out.line();
          out.line(out.safe(text === '' ? JSON.stringify(content, null, 2) : text));
        });
      });
    });
};

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { STORE_FOLDER } from '../../node/store-folder.js';
import { hintsOf, withStore, type Register } from '../cli.js';
import { namedStore } from '../find-store.js';

/** `tract init [dir]`: makes `.tract/` with an empty tract in it; an existing store stays as it is. */
export const init: Register = (program, cli) => {
  program
    .command('init')
    .description('make a store: .tract/ in this folder (or in DIR)')
    .argument('[dir]', 'the folder that gets .tract/')
    .action(async (dir: string | undefined) => {
      const here = cli();
      const named = dir === undefined ? namedStore(hintsOf(here)) : undefined;
      const directory = named ?? join(resolve(here.cwd, dir ?? '.'), STORE_FOLDER);
      const existed = existsSync(directory);
      await mkdir(directory, { recursive: true });
      // Contexts hold what people said to a model: they are not to slip into a repository by `git add .`.
      if (!existed) await writeFile(join(directory, '.gitignore'), '*\n');
      const tractId = await withStore({ ...here, store: directory }, 'write', async (store) => {
        const first = store.tracts()[0];
        return first?.tractId ?? (await store.create({ name: 'main' })).tractId;
      });
      here.out.result({ store: directory, tractId, created: !existed }, () => {
        here.out.line(`${existed ? 'Reinitialized existing' : 'Initialized empty'} Tract store in ${directory}`);
      });
    });
};

import { build as bundle, type Plugin } from 'esbuild';

const RANK_MODULE = /^js-tiktoken\/ranks\/(\w+)$/;

/**
 * Keeps js-tiktoken's rank data (megabytes) out of every bundle: `import('js-tiktoken/ranks/NAME')` becomes an import
 * of `./ranks/NAME.mjs`, one file that extension, workers, library and CLI share and load when they first count.
 * The names met are added to `used`.
 */
export function externalRanks(used: Set<string>): Plugin {
  return {
    name: 'external-ranks',
    setup(build) {
      build.onResolve({ filter: RANK_MODULE }, ({ path, kind, importer }) => {
        if (kind !== 'dynamic-import') {
          return { errors: [{ text: `${importer} must load ${path} with import(): start-up must not pay for it.` }] };
        }
        const name = RANK_MODULE.exec(path)?.[1] ?? '';
        used.add(name);
        return { path: `./ranks/${name}.mjs`, external: true };
      });
    },
  };
}

/** Writes `<outdir>/ranks/NAME.mjs` for every name. */
export async function writeRanks(names: ReadonlySet<string>, outdir: string): Promise<void> {
  await bundle({
    entryPoints: Object.fromEntries([...names].map((name) => [`ranks/${name}`, `js-tiktoken/ranks/${name}`])),
    outdir,
    bundle: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    minify: true,
  });
}

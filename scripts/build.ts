/**
 * Builds everything that ships into `dist/`, and the integration tests into `dist/test/`.
 *
 *   npm run build [-- --production] [-- --watch] [-- --no-types]
 *
 * Every package is bundled: the extension needs no node_modules. Entry points that do not exist are left out.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build, context, type BuildOptions } from 'esbuild';
import { hostTestBundle, modelExtensionBundle, productBundles } from './build/bundles.js';
import { writeRankFiles } from './build/rank-files.js';
import { DIST, ROOT } from './vscode/paths.js';

const { values: flags } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    /** Leaves out the declarations of the library, which take three times as long as the rest. */
    'no-types': { type: 'boolean', default: false },
  },
});

/** Files that ship as they are: path in node_modules → path in dist. */
const COPIES: readonly (readonly [source: string, target: string])[] = [['sql.js/dist/sql-wasm.wasm', 'sql-wasm.wasm']];

function copyAssets(): void {
  for (const [source, target] of COPIES) {
    mkdirSync(dirname(join(DIST, target)), { recursive: true });
    copyFileSync(join(ROOT, 'node_modules', source), join(DIST, target));
  }
}

/** One declaration file for the library, with the types of the packages it bundles written in. */
function writeDeclarations(): void {
  const library = join(ROOT, 'src', 'library.ts');
  if (!existsSync(library)) return;
  const [declarations] = generateDtsBundle(
    [{ filePath: library, output: { noBanner: true, exportReferencedTypes: false } }],
    // Types are checked by `npm run typecheck`; a second time here would be half of the build.
    { preferredConfigPath: join(ROOT, 'scripts', 'build', 'declarations.json') },
  );
  const needed = /^(?:import|export) .* from '(?!node:)(.+)';$/m.exec(declarations ?? '');
  if (needed) throw new Error(`core.d.ts needs the package ${String(needed[1])}, which nobody who uses it has.`);
  writeFileSync(join(DIST, 'core.d.ts'), declarations ?? '');
}

function printSizes(): void {
  for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.endsWith('.map') || path.startsWith(join(DIST, 'test'))) continue;
    console.log(`${(statSync(path).size / 1024).toFixed(0).padStart(7)} KB  dist/${relative(DIST, path)}`);
  }
}

const shared: BuildOptions = { logLevel: 'warning' };
const product: BuildOptions = {
  ...shared,
  minify: flags.production,
  sourcemap: flags.production ? false : 'linked',
  define: { 'process.env.NODE_ENV': flags.production ? '"production"' : '"development"' },
};
const bundles = [
  ...productBundles().map((bundle) => ({ ...product, ...bundle, define: { ...product.define, ...bundle.define } })),
  ...(flags.production ? [] : [hostTestBundle(), modelExtensionBundle()].map((bundle) => ({ ...shared, ...bundle }))),
];

rmSync(DIST, { recursive: true, force: true });
copyAssets();
writeRankFiles(join(DIST, 'ranks'));
if (flags.watch) {
  for (const bundle of bundles) {
    const watched = await context({ ...bundle, logLevel: 'info' });
    await watched.rebuild();
    await watched.watch();
  }
  console.log('Watching. Ctrl+C ends it.');
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
  if (!flags['no-types']) writeDeclarations();
  printSizes();
}

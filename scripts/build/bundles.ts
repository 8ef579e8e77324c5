import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { DIST, ROOT } from '../vscode/paths.js';

/** Paths of the files below `folder` (relative to the repository) whose name fits; none when there is no such folder. */
function filesIn(folder: string, name: RegExp, options: { recursive: boolean }): string[] {
  const directory = join(ROOT, folder);
  if (!existsSync(directory)) return [];
  const found = readdirSync(directory, { recursive: options.recursive, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const NODE: BuildOptions = { platform: 'node', target: 'node20', bundle: true, keepNames: true };

/** What CommonJS packages expect to find, in an ES module. */
const COMMONJS_NAMES = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `import { dirname as __dirnameOf } from 'node:path';`,
  `import { fileURLToPath as __fileURLToPath } from 'node:url';`,
  `const require = __createRequire(import.meta.url);`,
  `const __filename = __fileURLToPath(import.meta.url);`,
  `const __dirname = __dirnameOf(__filename);`,
].join('\n');

/** The one thing that ES modules expect to find, in CommonJS. */
const IMPORT_META_URL = `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;`;

const esModule = (entry: string, file: string): BuildOptions => ({
  ...NODE,
  entryPoints: [entry],
  outfile: join(DIST, file),
  format: 'esm',
  banner: { js: COMMONJS_NAMES },
});

const commonJs: BuildOptions = {
  ...NODE,
  format: 'cjs',
  external: ['vscode'],
  banner: { js: IMPORT_META_URL },
  define: { 'import.meta.url': '__importMetaUrl' },
};

/** `src/tokens/node/worker.ts` → `tokens-worker.mjs`. */
function workerFile(entry: string): string {
  const folder = dirname(entry);
  return `${basename(basename(folder) === 'node' ? dirname(folder) : folder)}-worker.mjs`;
}

/** The bundles that ship, one per entry point that exists. */
export function productBundles(): BuildOptions[] {
  const bundles: BuildOptions[] = [];
  const when = (entry: string, bundle: (path: string) => BuildOptions) => {
    const path = join(ROOT, entry);
    if (existsSync(path)) bundles.push(bundle(path));
  };
  when('src/extension.ts', (path) => ({ ...commonJs, entryPoints: [path], outfile: join(DIST, 'extension.cjs') }));
  when('src/library.ts', (path) => esModule(path, 'core.mjs'));
  when('src/bin.ts', (path) => esModule(path, 'cli.mjs'));
  for (const path of filesIn('src', /^worker\.ts$/, { recursive: true }))
    bundles.push(esModule(path, workerFile(path)));
  const webviews = filesIn('webview', /(?<!\.d)\.(ts|css)$/, { recursive: false });
  if (webviews.length > 0) {
    bundles.push({
      entryPoints: webviews,
      outdir: join(DIST, 'webview'),
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      bundle: true,
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
    });
  }
  return bundles;
}

/** The integration tests and the entry that VS Code calls, for the extension host. */
export function hostTestBundle(): BuildOptions {
  const entry = join(ROOT, 'scripts', 'test', 'extension-host.ts');
  return {
    ...commonJs,
    entryPoints: [entry, ...filesIn('test/integration', /\.test\.ts$/, { recursive: true })],
    outdir: join(DIST, 'test'),
    outbase: ROOT,
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  };
}

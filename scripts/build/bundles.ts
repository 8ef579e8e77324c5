import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { DIST, MODEL_EXTENSION, ROOT } from '../vscode/paths.js';

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

/** An ES module for Node with every package in it. */
export const NODE_MODULE: BuildOptions = { ...NODE, format: 'esm', banner: { js: COMMONJS_NAMES } };

/** `src/tokens/node/worker.ts` → `tokens-worker`. */
function workerFile(entry: string): string {
  const folder = dirname(entry);
  return `${basename(basename(folder) === 'node' ? dirname(folder) : folder)}-worker`;
}

/** Entry points that exist, by the name of their file in `dist/`. */
function nodeEntries(): Record<string, string> {
  const roots = { extension: 'src/extension.ts', core: 'src/library.ts', cli: 'src/bin.ts' };
  const workers = filesIn('src', /^worker\.ts$/, { recursive: true }).map((path) => [workerFile(path), path] as const);
  const existing = Object.entries(roots)
    .map(([name, path]) => [name, join(ROOT, path)] as const)
    .filter(([, path]) => existsSync(path));
  return Object.fromEntries([...existing, ...workers]);
}

/** The bundles that ship: everything for Node in one, the webview in another. */
export function productBundles(): BuildOptions[] {
  const bundles: BuildOptions[] = [
    {
      ...NODE_MODULE,
      entryPoints: nodeEntries(),
      outdir: DIST,
      outExtension: { '.js': '.mjs' },
      external: ['vscode'],
      // What extension, library, CLI and workers share is written once, and what is imported with import() is loaded
      // when it is needed. The chunks lie beside the entries: code finds its files next to import.meta.url.
      splitting: true,
      chunkNames: 'chunk-[hash]',
    },
  ];
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
    ...NODE,
    format: 'cjs',
    entryPoints: [entry, ...filesIn('test/integration', /\.test\.ts$/, { recursive: true })],
    outdir: join(DIST, 'test'),
    outbase: ROOT,
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  };
}

/** The extension that gives integration tests models of `vscode.lm`: its code and its manifest. */
export function modelExtensionBundle(): BuildOptions {
  const folder = join(ROOT, 'test', 'integration', 'model-extension');
  return {
    ...NODE,
    format: 'cjs',
    entryPoints: [join(folder, 'extension.ts'), join(folder, 'package.json')],
    outdir: MODEL_EXTENSION,
    outExtension: { '.js': '.cjs' },
    loader: { '.json': 'copy' },
    external: ['vscode'],
  };
}

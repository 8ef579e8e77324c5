// @ts-check
/**
 * The layer law as an ESLint rule: which folder may import what. One table, no configuration; CONTRIBUTING.md draws
 * the same picture. `test/unit/architecture/layers.test.ts` breaks every line of it on purpose.
 */
import { builtinModules } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';

/**
 * @typedef {object} Layer
 * @property {readonly string[] | 'any'} imports layers it may import besides itself
 * @property {readonly string[]} [never] layers it must not import, where `imports` is 'any'
 * @property {readonly string[]} [packages] the only npm packages it may import: pure ones; absent = any
 * @property {'everywhere' | 'node-folder' | 'nowhere'} node where it may import Node's built-in modules
 * @property {boolean} [vscode] whether it may import `vscode`
 */

const DOMAIN = ['core', 'tokens'];

/** @type {Readonly<Record<string, Layer>>} */
export const LAYERS = {
  core: {
    imports: [],
    packages: [
      '@noble/hashes',
      'diff',
      'fastest-levenshtein',
      'immutable',
      'lru-cache',
      'node-diff3',
      'picomatch',
      'ulid',
      'zod',
    ],
    node: 'nowhere',
  },
  tokens: { imports: ['core'], packages: ['js-tiktoken', 'jsonc-parser', 'lru-cache', 'yaml'], node: 'node-folder' },
  storage: { imports: DOMAIN, node: 'node-folder' },
  budget: { imports: DOMAIN, node: 'node-folder' },
  ops: { imports: DOMAIN, node: 'node-folder' },
  transcripts: { imports: DOMAIN, node: 'node-folder' },
  llm: { imports: DOMAIN, node: 'node-folder' },
  node: { imports: ['core', 'tokens', 'storage', 'ops'], node: 'everywhere' },
  shared: { imports: [], node: 'nowhere' },
  webview: { imports: ['shared'], node: 'nowhere' },
  library: { imports: 'any', never: ['vscode', 'cli', 'mcp', 'webview', 'extension'], node: 'everywhere' },
  bin: { imports: 'any', never: ['vscode', 'webview', 'extension'], node: 'everywhere' },
  cli: { imports: 'any', never: ['vscode', 'mcp', 'webview', 'extension'], node: 'everywhere' },
  mcp: { imports: 'any', never: ['vscode', 'cli', 'webview', 'extension'], node: 'everywhere' },
  vscode: { imports: 'any', never: ['cli', 'mcp', 'webview', 'extension'], node: 'everywhere', vscode: true },
  extension: { imports: 'any', never: ['cli', 'webview'], node: 'everywhere', vscode: true },
};

/**
 * The layer of a file: the folder below `src/`, `webview`, or the name of a composition root.
 * @param {string} root
 * @param {string} file
 */
function layerOf(root, file) {
  const [top, second] = relative(root, file).split(sep);
  if (top === 'webview') return 'webview';
  return top === 'src' ? second?.replace(/\.[jt]s$/, '') : undefined;
}

/** @param {string} specifier */
const isNodeBuiltin = (specifier) =>
  specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '');

/** @param {string} specifier */
const packageName = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/**
 * What the law says against an import; undefined when nothing.
 * @param {string} root the repository
 * @param {string} file the importing file
 * @param {string} specifier as written
 * @returns {string | undefined}
 */
function violation(root, file, specifier) {
  const name = layerOf(root, file);
  if (name === undefined) return undefined;
  const layer = LAYERS[name];
  if (layer === undefined) return `src/${name} is no layer: add it to scripts/lint/layers.mjs.`;
  if (specifier.startsWith('.')) {
    const target = layerOf(root, resolve(dirname(file), specifier));
    if (target === undefined) return `${name} must not import what lies outside src and webview (${specifier}).`;
    if (target === name) return undefined;
    const allowed = layer.imports === 'any' ? !layer.never?.includes(target) : layer.imports.includes(target);
    return allowed ? undefined : `${name} must not import ${target}.`;
  }
  if (specifier === 'vscode') return layer.vscode ? undefined : `${name} must not import vscode.`;
  if (isNodeBuiltin(specifier)) {
    if (layer.node === 'everywhere') return undefined;
    if (layer.node === 'nowhere') return `${name} must not import Node's built-in modules (${specifier}).`;
    const inNodeFolder = relative(root, dirname(file)).split(sep).includes('node');
    return inNodeFolder ? undefined : `${name} may import ${specifier} only inside a folder called node.`;
  }
  if (layer.packages && !layer.packages.includes(packageName(specifier))) {
    return `${name} must not import ${packageName(specifier)}: only packages known to be pure (scripts/lint/layers.mjs).`;
  }
  return undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const layers = {
  meta: { type: 'problem', schema: [], messages: { law: '{{ reason }}' } },
  create(context) {
    /** @param {import('estree').Node | null | undefined} source */
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const reason = violation(context.cwd, context.filename, source.value);
      if (reason !== undefined) context.report({ node: source, messageId: 'law', data: { reason } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** `import('x').T` in a type. @param {{ source: import('estree').Node }} node */
      TSImportType: (node) => check(node.source),
    };
  },
};

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeAtLeast } from './node-runtime.js';
import { installOnce, npm, unpackPackage } from './npm-package.js';
import { CACHE } from './paths.js';
import { NATIVE_STAND_INS } from './server-stand-ins.js';

/** code-server 4.139.1 carries VS Code 1.139.1. Only the VS Code inside it is used, not code-server's own wrapper. */
const CODE_SERVER_VERSION = '4.139.1';

/** Dependencies that are heavy or need a compiler, and that neither the workbench nor an extension misses. */
const UNUSED_DEPENDENCIES = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
];

/** The two files that start a VS Code server. */
export interface InstalledServer {
  readonly node: string;
  readonly main: string;
}

async function installInto(directory: string): Promise<void> {
  await unpackPackage(`code-server@${CODE_SERVER_VERSION}`, directory, ['package/lib']);
  const vscode = join(directory, 'lib', 'vscode');
  const manifestFile = join(vscode, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { dependencies: Record<string, string> };
  const dependencies = Object.entries(manifest.dependencies).filter(([name]) => !UNUSED_DEPENDENCIES.includes(name));
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, dependencies: Object.fromEntries(dependencies) }, null, 2));
  // npm-shrinkwrap.json inside the package pins every version.
  await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], vscode);
  for (const [file, text] of Object.entries(NATIVE_STAND_INS)) writeFileSync(join(vscode, 'node_modules', file), text);
}

/**
 * A real VS Code server from the npm registry alone: no other download and no compiler. Installed once into the
 * cache (about 10 s, 470 MB).
 */
export async function installServer(): Promise<InstalledServer> {
  const directory = join(CACHE, `code-server-${CODE_SERVER_VERSION}`);
  const main = join(directory, 'lib', 'vscode', 'out', 'server-main.js');
  const [node] = await Promise.all([nodeAtLeast(22, 15), existsSync(main) || installMain(directory)]);
  return { node, main };
}

async function installMain(directory: string): Promise<void> {
  console.log(`Installing the VS Code server of code-server ${CODE_SERVER_VERSION} from npm (once) …`);
  const start = Date.now();
  await installOnce(directory, installInto);
  console.log(`Installed the VS Code server in ${((Date.now() - start) / 1000).toFixed(1)} s.`);
}

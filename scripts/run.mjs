// @ts-check
/**
 * `node scripts/run.mjs NAME …` runs `scripts/NAME.ts`.
 * The one script that must work in a fresh clone: it uses nothing but Node, and installs the locked
 * dependencies when they are missing or no longer what package-lock.json says.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */

/**
 * @param {string} file a package-lock.json, or the copy of it that npm keeps in node_modules
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** True when every package of the lock file is installed in its locked version. */
function dependenciesInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = lockedPackages(installedFile);
  return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(
    ([path, locked]) => path === '' || locked.optional || installed[path]?.version === locked.version,
  );
}

function installDependencies() {
  console.log('Installing the locked dependencies (npm ci) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows,
  });
  if (result.status !== 0) {
    console.error('npm ci failed: without its dependencies Tract cannot be built. The lines above say why.');
    process.exit(1);
  }
}

const [name, ...args] = process.argv.slice(2);
if (!name || !existsSync(join(root, 'scripts', `${name}.ts`))) {
  console.error(`There is no script "${name ?? ''}" in scripts/.`);
  process.exit(1);
}
if (!dependenciesInstalled()) installDependencies();

const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'scripts', `${name}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl+C reaches the child by itself (same terminal); a signal sent to this process alone is handed on.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { productBundles } from '../../../scripts/build/bundles.js';
import { writeRankFiles } from '../../../scripts/build/rank-files.js';
import { ROOT } from '../../../scripts/vscode/paths.js';
import type { runCli } from '../../../src/cli/run.js';
import type { Run, RunOptions } from './tract.js';

let built: Promise<string> | undefined;

/** The folder of the command as it ships, bundled once for all tests of this run. */
function builtFolder(): Promise<string> {
  built ??= buildCli();
  return built;
}

/** The script that a person runs. */
export async function builtCli(): Promise<string> {
  return join(await builtFolder(), 'cli.mjs');
}

/** What that script calls, from the same bundle. */
export async function builtRun(): Promise<{ readonly runCli: typeof runCli }> {
  const { href } = pathToFileURL(join(await builtFolder(), 'run.mjs'));
  return (await import(href)) as { readonly runCli: typeof runCli };
}

async function buildCli(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tract-cli-built-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  copyFileSync(join(ROOT, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(dist, 'sql-wasm.wasm'));
  writeRankFiles(join(dist, 'ranks'));
  const bundle = productBundles().find(({ platform }) => platform === 'node');
  const entryPoints = { cli: join(ROOT, 'src/bin.ts'), run: join(ROOT, 'src/cli/run.ts') };
  await build({ ...bundle, entryPoints, outdir: dist, logLevel: 'warning' });
  return dist;
}

/** Runs the built `tract` in a folder as a process of its own, not on a terminal, with nothing of this machine's settings. */
export async function tractProcess(
  cwd: string,
  args: readonly string[],
  { env = {}, stdin = '' }: RunOptions = {},
): Promise<Run> {
  const child = spawn(process.execPath, [await builtCli(), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

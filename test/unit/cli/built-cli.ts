import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { productBundles } from '../../../scripts/build/bundles.js';
import { writeRankFiles } from '../../../scripts/build/rank-files.js';
import { ROOT } from '../../../scripts/vscode/paths.js';

let built: Promise<string> | undefined;

/** The command as it ships, bundled once for all tests of this run, in a folder of its own. */
export function builtCli(): Promise<string> {
  built ??= buildCli();
  return built;
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
  await build({ ...bundle, entryPoints: { cli: join(ROOT, 'src/bin.ts') }, outdir: dist, logLevel: 'warning' });
  return join(dist, 'cli.mjs');
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tract` in a folder as a process of its own, not on a terminal, with nothing of this machine's settings. */
export async function tract(
  cwd: string,
  args: readonly string[],
  { env = {}, stdin = '' }: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
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

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../test/run-process.js';
import { HarnessError } from '../vscode/errors.js';
import { ROOT } from '../vscode/paths.js';

/**
 * Packs `dist/` and what belongs to it into a VSIX and returns its path (by default `tract-<version>.vsix` in the
 * repository). Throws a {@link HarnessError} when vsce warns about anything.
 */
export async function packVsix(file = join(ROOT, `tract-${manifestVersion()}.vsix`)): Promise<string> {
  const vsce = join('node_modules', '@vscode', 'vsce', 'vsce');
  const { code, output } = await runNode(
    [vsce, 'package', '--no-dependencies', '--no-rewrite-relative-links', '--out', file],
    { output: 'keep' },
  );
  if (code !== 0 || /warning/i.test(output)) throw new HarnessError(`vsce package was not content:\n${output}`);
  return file;
}

function manifestVersion(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

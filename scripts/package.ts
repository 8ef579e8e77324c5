/** `npm run package`: builds for production and writes `tract-<version>.vsix`. Any warning of vsce is an error. */
import { statSync } from 'node:fs';
import { packVsix } from './build/vsix.js';
import { runNode, typescript } from './test/run-process.js';
import { describeFailure, HarnessError } from './vscode/errors.js';

try {
  const { code, output } = await runNode(typescript('build.ts', '--production'), { output: 'keep' });
  if (code !== 0) throw new HarnessError(`The build failed:\n${output}`);
  const vsix = await packVsix();
  console.log(`${vsix} (${(statSync(vsix).size / 1e6).toFixed(2)} MB)`);
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

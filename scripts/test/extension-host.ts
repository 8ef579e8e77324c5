import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { runMocha } from './run-mocha.js';

/** Where the test run that started VS Code wants the output. A window has no standard output. */
function fileFromEnvironment(variable: string): string {
  const file = process.env[variable];
  if (file === undefined) throw new Error(`${variable} is not set: start the integration tests with npm test.`);
  return file;
}

/** What VS Code calls in the extension host (`extensionTestsPath`). A rejection fails the run. */
export async function run(): Promise<void> {
  const outputFile = fileFromEnvironment('TRACT_TEST_OUTPUT');
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    appendFileSync(outputFile, `${format(...args)}\n`);
  };
  // dist/test/scripts/test/extension-host.cjs → dist/test/test/integration/**
  const folder = join(__dirname, '..', '..', 'test', 'integration');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.cjs') && file.includes(process.env['TRACT_TEST_PATTERN'] ?? ''))
    .sort()
    .map((file) => join(folder, file));
  const resultFile = fileFromEnvironment('TRACT_TEST_RESULT');
  const { failed } = await runMocha({ files, timeout: 30_000, resultFile });
  if (failed > 0) throw new Error(`${failed} integration test(s) failed.`);
}

/**
 * Runs the integration tests inside a real VS Code: `integration-tier.ts RESULT_FILE [PATTERN]`.
 * The desktop one (@vscode/test-electron) where it can be had, else the server from npm with a headless browser;
 * VSCODE_TEST=desktop|server insists on one.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { launchBrowser } from '../vscode/browser.js';
import { downloadDesktop, hasDisplay, vsCodeChoice } from '../vscode/desktop.js';
import { describeFailure, HarnessError } from '../vscode/errors.js';
import { CACHE, DIST, MODEL_EXTENSION, ROOT, SAMPLE } from '../vscode/paths.js';
import { startServer } from '../vscode/server.js';
import { readRunResult } from './run-result.js';

/** A host that hangs or dies says nothing, so silence ends the run. */
const LONGEST_SILENCE_MS = 90_000;

const [resultFile = '', pattern = ''] = process.argv.slice(2);
const temporary = mkdtempSync(join(tmpdir(), 'tract-integration-'));
const workspace = join(temporary, 'workspace');
const outputFile = join(temporary, 'output.txt');
const env = { TRACT_TEST_OUTPUT: outputFile, TRACT_TEST_RESULT: resultFile, TRACT_TEST_PATTERN: pattern };
const extensionTestsPath = join(DIST, 'test', 'scripts', 'test', 'extension-host.cjs');

/** Prints what the tests have written since the last call; true when that was anything. */
function printNewOutput(): boolean {
  if (!existsSync(outputFile)) return false;
  const text = readFileSync(outputFile, 'utf8');
  const added = text.slice(printed);
  printed = text.length;
  process.stdout.write(added);
  return added !== '';
}
let printed = 0;

async function runOnDesktop(vscodeExecutablePath: string): Promise<void> {
  const userData = ['--user-data-dir', join(temporary, 'user-data')];
  const launchArgs = [workspace, '--disable-extensions', '--enable-proposed-api=tract-test.test-models', ...userData];
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: [ROOT, MODEL_EXTENSION],
    extensionTestsPath,
    extensionTestsEnv: env,
    launchArgs,
  });
}

async function runOnServer(): Promise<void> {
  // `@tract` is asked through the real chat.
  const server = await startServer({
    env,
    develops: true,
    linkExtension: MODEL_EXTENSION,
    settings: { 'chat.disableAIFeatures': false },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text().slice(0, 500));
    });
    const finished = new Promise<number>((resolve) => {
      // The workbench calls these two when run() settles.
      void page.exposeFunction('codeAutomationExit', resolve);
      void page.exposeFunction('codeAutomationLog', () => undefined);
    });
    const extensionDevelopmentPath = ROOT;
    await page.goto(
      server.url({ folder: workspace, extensionDevelopmentPath, extensionTestsPath, enableProposedApi: true }),
    );
    const code = await Promise.race([finished, silence()]);
    if (code === 0) return;
    const screenshot = join(CACHE, 'screenshots', 'integration.png');
    await page.screenshot({ path: screenshot }).catch(() => undefined);
    if (code === 'silence') console.error([...errors.slice(-10), server.log().slice(-1500)].join('\n'));
    throw new HarnessError(
      code === 'silence'
        ? `The extension host said nothing for ${LONGEST_SILENCE_MS / 1000} s.`
        : 'Integration tests failed.',
    );
  } finally {
    await browser.close();
    await server.stop();
  }
}

function silence(): Promise<'silence'> {
  return new Promise((resolve) => {
    let lastOutput = Date.now();
    const timer = setInterval(() => {
      if (printNewOutput()) lastOutput = Date.now();
      if (Date.now() - lastOutput < LONGEST_SILENCE_MS) return;
      clearInterval(timer);
      resolve('silence');
    }, 250);
    timer.unref();
  });
}

/** A desktop VS Code that can be shown here, unless the server was asked for. */
async function findDesktop(): Promise<string | undefined> {
  const choice = vsCodeChoice('VSCODE_TEST');
  if (choice === 'server') return undefined;
  if (choice === 'auto' && !hasDisplay()) return undefined;
  return downloadDesktop(choice);
}

try {
  cpSync(SAMPLE, workspace, { recursive: true });
  const desktop = await findDesktop();
  await (desktop === undefined ? runOnServer() : runOnDesktop(desktop));
} catch (error) {
  process.exitCode = 1;
  printNewOutput();
  console.error(describeFailure(error));
}
printNewOutput();
// A killed host can look like success: only the result proves that the tests ran to their end.
if (readRunResult(resultFile) === undefined) {
  process.exitCode = 1;
  console.error('The integration tests were cut off: the extension host ended before they did.');
}
rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

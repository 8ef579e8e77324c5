/**
 * Builds the extension and opens it in a real VS Code: `npm start [-- FOLDER]` (the sample workspace by default).
 * Desktop where there is one or one can be downloaded, else the VS Code server from npm in a browser on 127.0.0.1.
 *
 *   START=desktop|server   insists on one         PORT   of the server (8123, or a free one when that is taken)
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { runNode, typescript } from './test/run-process.js';
import { commandWorks, downloadDesktop, hasDisplay, vsCodeChoice } from './vscode/desktop.js';
import { describeFailure, HarnessError } from './vscode/errors.js';
import { CACHE, ROOT, SAMPLE, WINDOWS } from './vscode/paths.js';
import { startServer } from './vscode/server.js';

const DEFAULT_PORT = 8123;

async function findDesktop(): Promise<string | undefined> {
  const choice = vsCodeChoice('START');
  if (choice === 'server' || (choice === 'auto' && !hasDisplay())) return undefined;
  return commandWorks('code', '--version') ? 'code' : downloadDesktop(choice);
}

function openOnDesktop(executable: string, folder: string): void {
  // User data of its own: neither settings nor extensions of the person's VS Code take part.
  const args = [
    '--new-window',
    `--extensionDevelopmentPath=${ROOT}`,
    '--user-data-dir',
    join(CACHE, 'start', 'desktop'),
    folder,
  ];
  spawn(executable, args, { stdio: 'ignore', shell: WINDOWS, detached: !WINDOWS }).unref();
  console.log(`Opened ${folder} in a desktop VS Code with Tract.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
      .once('error', () => {
        done(false);
      })
      .listen(port, '127.0.0.1', () =>
        probe.close(() => {
          done(true);
        }),
      );
  });
}

async function choosePort(): Promise<number> {
  const wanted = Number(process.env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
    throw new HarnessError(`PORT must be a port number, not "${process.env['PORT'] ?? ''}".`);
  }
  if (await isFree(wanted)) return wanted;
  console.log(`Port ${wanted} is taken (by another npm start?); using a free one.`);
  return 0;
}

const newToken = () => randomBytes(16).toString('hex');

/** The same secret for every start on this data folder, so that a browser tab that is still open gets back in. */
function keptToken(dataDir: string): string {
  const file = join(dataDir, 'connection-token');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, newToken(), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

function openBrowser(url: string): void {
  const command = WINDOWS ? 'explorer' : process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore' }).on('error', () => undefined); // the address is printed anyway
}

async function openInBrowser(folder: string): Promise<void> {
  const port = await choosePort();
  // A data folder per port, since what a window remembers belongs to its address; for a port by chance, a temporary one.
  const dataDir = port === 0 ? undefined : join(CACHE, 'start', String(port));
  const server = await startServer({
    ...(dataDir !== undefined && { dataDir }),
    port,
    linkExtension: ROOT,
    connectionToken: dataDir === undefined ? newToken() : keptToken(dataDir),
    settings: { 'chat.disableAIFeatures': false, 'workbench.startupEditor': 'readme' },
  });
  const url = server.url({ folder });
  console.log(`\n  VS Code with Tract: ${url}\n  (Ctrl+C ends it)\n`);
  if (hasDisplay()) openBrowser(url);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      void server.stop().then(() => process.exit(0));
    });
  }
}

try {
  const { code, output } = await runNode(typescript('build.ts'), { output: 'keep' });
  if (code !== 0) throw new HarnessError(`The build failed:\n${output}`);
  const folder = resolve(process.argv[2] ?? SAMPLE);
  const desktop = await findDesktop();
  if (desktop === undefined) await openInBrowser(folder);
  else openOnDesktop(desktop, folder);
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

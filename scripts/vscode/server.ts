import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from './errors.js';
import { WINDOWS } from './paths.js';
import { installServer, type InstalledServer } from './server-install.js';

export type Settings = Readonly<Record<string, unknown>>;

/** Nothing that opens, asks, fetches or moves by itself while a test looks at the window. */
const QUIET_SETTINGS: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Trust is asked for by nothing but a test. */
const RESTRICTED_SETTINGS: Settings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};

export interface ServerOptions {
  /** Folder for everything the server and its windows write. Without one: a temporary folder, removed by `stop`. */
  readonly dataDir?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** A folder with an extension's manifest, installed by a link, so that a reload runs the latest build. */
  readonly linkExtension?: string;
  /** Windows may run an extension from a folder (`extensionDevelopmentPath`); VS Code shows no toasts then. */
  readonly develops?: boolean;
  /** VSIX files to install before the start. */
  readonly installExtensions?: readonly string[];
  /** User settings on top of the quiet ones, written when the data folder is new. */
  readonly settings?: Settings | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Folders open in restricted mode; otherwise workspace trust is off and every folder counts as trusted. */
  readonly restricted?: boolean;
  /** Secret that a browser must present; without one whoever reaches the port gets in. */
  readonly connectionToken?: string;
}

export interface WorkbenchUrl {
  /** A folder, or a `.code-workspace` file. */
  readonly folder: string;
  /** Folder of an extension to run as an Extension Development Host. Not together with an installed copy of it. */
  readonly extensionDevelopmentPath?: string;
  /** All extensions may use the proposed API that their manifests name. */
  readonly enableProposedApi?: boolean;
  /** Module whose `run()` the extension host calls. */
  readonly extensionTestsPath?: string;
}

export interface RunningServer {
  readonly port: number;
  readonly dataDir: string;
  /** File of the user settings of every window on this server. */
  readonly settingsFile: string;
  url(what: WorkbenchUrl): string;
  /** What the server printed so far. */
  log(): string;
  /** Once no window is left: removes what they wrote, and gives the next ones these user settings on top of the quiet ones. */
  renew(settings?: Settings): void;
  /** Ends the server with all its extension hosts; also done when this process exits. */
  stop(): Promise<void>;
}

/** Folder of settings, storage and histories. */
const userDir = (dataDir: string) => join(dataDir, 'data', 'User');

function writeSettings(dataDir: string, { restricted, settings }: ServerOptions): string {
  const file = join(userDir(dataDir), 'settings.json');
  mkdirSync(userDir(dataDir), { recursive: true });
  if (!existsSync(file))
    writeFileSync(
      file,
      JSON.stringify({ ...QUIET_SETTINGS, ...(restricted && RESTRICTED_SETTINGS), ...settings }, null, 2),
    );
  return file;
}

/** Settings, storage, and the logs of extension hosts; the server goes on with its own logs and what it has read of extensions. */
function removeWindowData(dataDir: string): void {
  const logs = join(dataDir, 'data', 'logs');
  const ofHosts = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^[^\\/]+[\\/]exthost\d+$/.test(path),
  );
  for (const path of [userDir(dataDir), join(dataDir, 'data', 'Machine'), ...ofHosts.map((path) => join(logs, path))])
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function linkExtension(extensions: string, source: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  mkdirSync(extensions, { recursive: true });
  // Only what an earlier start left here: rmSync removes the link, never what it points to.
  for (const entry of readdirSync(extensions)) rmSync(join(extensions, entry), { recursive: true });
  symlinkSync(source, join(extensions, `${publisher}.${name}-${version}`), 'junction');
}

function installVsix({ node, main }: InstalledServer, dataDir: string, vsix: string): void {
  const result = spawnSync(node, [main, '--server-data-dir', dataDir, '--install-extension', vsix, '--force'], {
    encoding: 'utf8',
    env: { ...process.env, EXTENSIONS_GALLERY: '{}' },
  });
  if (result.status !== 0) throw new HarnessError(`VS Code cannot install ${vsix}:\n${result.stdout}${result.stderr}`);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (WINDOWS) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, signal);
  } catch {
    // gone between the check and the signal
  }
}

function listening(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new HarnessError(`The VS Code server did not start within 60 s.\n${output()}`));
    }, 60_000);
    const look = () => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new HarnessError(`The VS Code server ended with exit code ${String(code)}.\n${output().slice(-3000)}`));
    });
  });
}

/** Installs (once) and starts a VS Code server on 127.0.0.1. Resolves when it listens, after about half a second. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const installed = await installServer();
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tract-vscode-'));
  const settingsFile = writeSettings(dataDir, options);
  if (options.linkExtension) linkExtension(join(dataDir, 'extensions'), options.linkExtension);
  for (const vsix of options.installExtensions ?? []) installVsix(installed, dataDir, vsix);

  const token = options.connectionToken;
  const args = [
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--server-data-dir', dataDir],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...(options.restricted ? [] : ['--disable-workspace-trust']),
    ...(token === undefined ? ['--without-connection-token'] : ['--connection-token', token]),
    // Without it VS Code ignores extensionDevelopmentPath in the URL without a word.
    ...(options.develops === true ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(installed.node, [installed.main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !WINDOWS, // a process group of its own, so that its extension hosts end with it
    env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...options.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const killNow = () => {
    killGroup(child, 'SIGKILL');
  };
  process.on('exit', killNow);
  const stop = async () => {
    const exited =
      child.exitCode === null && child.signalCode === null
        ? new Promise((done) => child.once('exit', done))
        : undefined;
    killGroup(child, 'SIGTERM');
    const impatient = setTimeout(killNow, 5000);
    await exited;
    clearTimeout(impatient);
    process.off('exit', killNow);
    if (options.dataDir === undefined)
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  let port: number;
  try {
    port = await listening(child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  const renew = (settings: Settings = {}) => {
    removeWindowData(dataDir);
    writeSettings(dataDir, { ...options, settings });
  };
  return {
    port,
    dataDir,
    settingsFile,
    renew,
    stop,
    log: () => output,
    url: (what) => workbenchUrl(port, token, what),
  };
}

function workbenchUrl(port: number, token: string | undefined, what: WorkbenchUrl): string {
  const authority = `127.0.0.1:${port}`;
  const remote = (path: string) => {
    const slashed = path.replaceAll('\\', '/').replace(/^(?=[a-z]:)/i, '/');
    return `vscode-remote://${authority}${encodeURI(slashed)}`;
  };
  const url = new URL(`http://${authority}/`);
  if (token !== undefined) url.searchParams.set('tkn', token);
  url.searchParams.set(what.folder.endsWith('.code-workspace') ? 'workspace' : 'folder', what.folder);
  const payload = [['skipWelcome', 'true']];
  if (what.extensionDevelopmentPath) payload.push(['extensionDevelopmentPath', remote(what.extensionDevelopmentPath)]);
  if (what.enableProposedApi) payload.push(['enableProposedApi', '']);
  if (what.extensionTestsPath) payload.push(['extensionTestsPath', remote(what.extensionTestsPath)]);
  if (payload.length > 1) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

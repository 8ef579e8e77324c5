import { rm, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { ConsoleMessage, Page } from 'playwright-core';
import { productBundles } from '../../../scripts/build/bundles.js';
import { panelCsp } from '../../../src/shared/panel-csp.js';
import { parseToHost, type ToHost, type ToPanel } from '../../../src/shared/protocol.js';
import { BODY_CLASS, THEMES, type ThemeName } from './vscode-themes.js';

const ORIGIN = 'http://panel.invalid';
const CSP = panelCsp(ORIGIN, 'test');
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', ttf: 'font/ttf' };

/** The panel's bundle on disk, built as it ships. */
export interface PanelBundle {
  readonly directory: string;
  dispose(): Promise<void>;
}

export async function buildPanel(): Promise<PanelBundle> {
  const directory = await mkdtemp(join(tmpdir(), 'tract-panel-'));
  const webview = productBundles().find((bundle) => bundle.platform === 'browser');
  if (!webview) throw new Error('The build has no webview bundle');
  await build({ ...webview, outdir: directory, define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error' });
  return { directory, dispose: () => rm(directory, { recursive: true, force: true }) };
}

/** The panel in a plain page with a host that only listens. */
export interface PanelPage {
  readonly page: Page;
  /** CSP violations and errors of the page so far. */
  readonly problems: readonly string[];
  /** Sends as the extension host would. */
  send(...messages: readonly ToPanel[]): Promise<void>;
  /** Sends something that need not fit the protocol. */
  sendRaw(message: unknown): Promise<void>;
  /** Requests of the panel so far, each of which fits the protocol. */
  requests(): Promise<readonly ToHost[]>;
  /** What the panel remembers. */
  savedState(): Promise<unknown>;
  close(): Promise<void>;
}

export interface PanelPageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What an earlier page remembered. */
  readonly state?: unknown;
}

/**
 * Opens the bundle in a page under the shipped CSP with VS Code's theme variables. Nothing leaves the machine: every request is
 * answered here. The page may be that of a panel that was closed.
 */
export async function openPanel(page: Page, bundle: PanelBundle, options: PanelPageOptions = {}): Promise<PanelPage> {
  const theme = options.theme ?? 'dark';
  await page.setViewportSize({ width: options.width ?? 900, height: options.height ?? 800 });
  const problems: string[] = [];
  const onError = (error: Error) => problems.push(error.message);
  const onConsole = (message: ConsoleMessage) => {
    if (message.type() === 'error') problems.push(message.text());
  };
  page.on('pageerror', onError).on('console', onConsole);
  await page.route('**/*', async (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    if (name === '') {
      const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${CSP}">
        <script nonce="test">${hostScript({ variables: THEMES[theme], state: options.state })}</script>
        <link rel="stylesheet" href="panel.css"><title>Tract</title></head><body class="${BODY_CLASS[theme]}"><script nonce="test" src="panel.js"></script></body></html>`;
      await route.fulfill({ contentType: 'text/html', body });
      return;
    }
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (type === undefined) await route.abort();
    else await route.fulfill({ contentType: type, body: await readFile(join(bundle.directory, name)) });
  });
  await page.goto(`${ORIGIN}/`);
  return {
    page,
    problems,
    send: (...messages) => page.evaluate(post, JSON.stringify(messages)),
    sendRaw: (message) => page.evaluate(post, JSON.stringify([message])),
    requests: async () => {
      const posted = await page.evaluate(() => window.posted);
      return posted.map((data) => {
        const parsed = parseToHost(data);
        if (!parsed.ok) throw new Error(`The panel sent what does not fit: ${parsed.detail}`);
        return parsed.value;
      });
    },
    savedState: () => page.evaluate(() => window.saved),
    close: async () => {
      await page.goto('about:blank');
      await page.unrouteAll({ behavior: 'wait' });
      page.off('pageerror', onError).off('console', onConsole);
    },
  };
}

interface Given {
  readonly variables: Readonly<Record<string, string>>;
  readonly state: unknown;
}

/** {@link installHost} as the first script of the page. tsx marks functions with a helper that the page has not. */
const hostScript = (given: Given): string =>
  `globalThis.__name = (value) => value; (${installHost.toString()})(${JSON.stringify(given).replaceAll('<', '\\u003c')})`;

declare global {
  interface Window {
    posted: unknown[];
    saved: unknown;
    acquireVsCodeApi: () => unknown;
  }
}

/** Runs in the page, before its scripts: VS Code's API and theme. */
function installHost(given: Given): void {
  window.posted = [];
  window.saved = given.state;
  window.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => window.posted.push(message),
    getState: () => window.saved,
    setState: (state: unknown) => {
      window.saved = state;
    },
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  const apply = (): void => {
    for (const [name, value] of Object.entries(given.variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  };
  document.addEventListener('readystatechange', apply, { once: true });
}

/** Runs in the page; as JSON, because Playwright takes seconds for large objects. Resolves after the panel has drawn. */
async function post(json: string): Promise<void> {
  for (const message of JSON.parse(json) as unknown[]) window.postMessage(message, '*');
  await new Promise((resolve) => setTimeout(resolve, 0));
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

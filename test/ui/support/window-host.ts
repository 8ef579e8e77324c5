import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/vscode/browser.js';
import { startServer, type RunningServer, type ServerOptions } from '../../../scripts/vscode/server.js';
import { soon } from './eventually.js';
import { extensionHosts } from './extension-hosts.js';

/** What makes a window dear: a server, and a page of a browser, that may have VS Code's code compiled already. */
export interface WindowHost {
  readonly server: RunningServer;
  readonly page: Page;
  /** What the server was started with, and cannot change. */
  readonly serverOptions: FixedOptions;
}

type FixedOptions = Omit<ServerOptions, 'settings'>;

/** Size of a window that starts. */
export const VIEWPORT = { width: 1440, height: 900 };

let browser: Promise<Browser> | undefined;
/** Left by a window for the next one. */
let spare: WindowHost | undefined;

/** Only mocha tells of the end of its run. Elsewhere nothing may outlive a window, or the process would not end. */
const isMochaRun = 'after' in globalThis;
if (isMochaRun) after(endSpare);

/** The one browser of this process. */
export function sharedBrowser(): Promise<Browser> {
  return (browser ??= launchBrowser());
}

async function endBrowser(): Promise<void> {
  const ending = browser;
  browser = undefined;
  await (await ending)?.close();
}

async function endSpare(): Promise<void> {
  if (spare) await endHost(spare);
  else await endBrowser();
}

/**
 * A server and a page that nothing is left on, by an earlier window of this process or a new one: no setting, no storage on
 * the server's disk or in the browser, no extension host. The code VS Code consists of stays compiled, also on a new server
 * as long as its address is the same. One at a time.
 */
export async function takeHost({ settings, ...serverOptions }: ServerOptions): Promise<WindowHost> {
  const found = spare;
  spare = undefined;
  if (found === undefined) {
    const server = await startServer({ ...serverOptions, settings });
    const context = await (await sharedBrowser()).newContext({ viewport: VIEWPORT });
    return { page: await context.newPage(), server, serverOptions };
  }
  await clearStorage(found);
  if (isDeepStrictEqual(found.serverOptions, serverOptions)) {
    found.server.renew(settings);
    return found;
  }
  await found.server.stop();
  const { page, server } = found;
  return { page, server: await startServer({ ...serverOptions, settings, port: server.port }), serverOptions };
}

/** Storage of a page that VS Code has left; of code that came over HTTP and is compiled nothing is removed. */
async function clearStorage({ server, page }: WindowHost): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: `http://127.0.0.1:${server.port}`,
    storageTypes: 'cookies,file_systems,indexeddb,local_storage,websql,cache_storage',
  });
  await session.detach();
}

/**
 * Leaves the window, closes those beside it, and keeps the host for the next one when the extension hosts have ended; a host
 * that does not come to rest is ended.
 */
export async function giveBack(host: WindowHost): Promise<void> {
  if (!isMochaRun || spare || !(await isAtRest(host))) await endHost(host);
  else spare = host;
}

async function isAtRest({ server, page }: WindowHost): Promise<boolean> {
  try {
    await page.goto('about:blank');
    for (const other of page.context().pages()) if (other !== page) await other.close();
    await page.setViewportSize(VIEWPORT);
    await soon(() => {
      assert.deepEqual(extensionHosts(server.dataDir), []);
    });
    return true;
  } catch {
    return false;
  }
}

/** Ends server and browser, as after a failure: who knows what the next window would find in them. */
export async function endHost({ server }: WindowHost): Promise<void> {
  await endBrowser();
  await server.stop();
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { HarnessError } from './errors.js';

const INSTALLED_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const isRoot = () => process.getuid?.() === 0;

function findBrowser(): string | undefined {
  const candidates = [process.env['CHROME_PATH'] ?? '', ...INSTALLED_BROWSERS, chromium.executablePath()];
  return candidates.find((path) => path !== '' && existsSync(path));
}

function installOnDebian(): void {
  console.log('Installing Chromium for the tests that need a browser (apt-get, once) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const result = spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (result.status !== 0) throw new HarnessError(`apt-get ${args.join(' ')} failed:\n${result.stderr.slice(-2000)}`);
  }
}

/**
 * Path of a Chromium, Chrome or Edge: $CHROME_PATH, the system's, or Playwright's. As root on Debian a missing one is
 * installed; elsewhere a {@link HarnessError} says what is missing.
 */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (isRoot() && existsSync('/etc/debian_version')) {
    installOnDebian();
    const installed = findBrowser();
    if (installed !== undefined) return installed;
  }
  throw new HarnessError(
    'No Chromium, Chrome or Edge found: install one (Debian: apt-get install chromium; elsewhere: npx playwright-core install chromium) or set CHROME_PATH.',
  );
}

/** Starts a headless browser that talks to nobody but the pages it is given. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureBrowser(),
    args: [
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
      ...(isRoot() ? ['--no-sandbox'] : []), // Chromium refuses its sandbox to root
    ],
  });
}

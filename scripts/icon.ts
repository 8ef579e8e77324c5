/** `node scripts/run.mjs icon`: draws `media/icon.png` (256 × 256, what the marketplace wants) from `media/icon.svg`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from './vscode/browser.js';
import { ROOT } from './vscode/paths.js';

const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<style>body { margin: 0 }</style>${readFileSync(join(ROOT, 'media', 'icon.svg'), 'utf8')}`);
await page.screenshot({ path: join(ROOT, 'media', 'icon.png'), omitBackground: true });
await browser.close();

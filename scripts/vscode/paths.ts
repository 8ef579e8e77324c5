import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Everything the scripts download or leave behind (servers, screenshots). Ignored by git, safe to delete. */
export const CACHE = join(ROOT, '.vscode-test');
/** What `scripts/build.ts` writes. */
export const DIST = join(ROOT, 'dist');
/** Where the extension that registers models for the integration tests is built. */
export const MODEL_EXTENSION = join(DIST, 'test', 'model-extension');
/** The workspace that `npm start` opens. */
export const SAMPLE = join(ROOT, 'sample');

export const WINDOWS = process.platform === 'win32';

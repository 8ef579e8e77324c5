import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../../scripts/vscode/paths.js';
import { readmeBlock } from '../readme.js';

/** What the lines of the example say that they print. */
const PROMISED = /console\.log\(.*\); \/\/ → (.*)$/gm;

describe('the example in README.md (SPEC §18, issue 3)', () => {
  it('runs and prints what stands behind its lines', async () => {
    const example = readmeBlock('As a library', 'js');
    const library = pathToFileURL(join(ROOT, 'src/library.ts')).href;
    const promised = [...example.matchAll(PROMISED)].map(([, text = '']) => text);
    assert.equal(promised.length, example.split('console.log').length - 1);
    const folder = mkdtempSync(join(tmpdir(), 'tract-example-'));
    const printed: string[] = [];
    const original = console.log;
    try {
      const file = join(folder, 'example.mjs');
      writeFileSync(file, example.replace("from 'tract'", `from '${library}'`));
      console.log = (...values: unknown[]) => printed.push(values.join(' '));
      await import(pathToFileURL(file).href);
    } finally {
      console.log = original;
      rmSync(folder, { recursive: true, force: true });
    }
    assert.deepEqual(printed, promised);
  });
});

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/vscode/paths.js';
import { readmeBlock } from '../readme.js';
import { builtCli, tractProcess } from './built-cli.js';

describe('the script in README.md (issue 8)', function () {
  this.timeout(300_000);

  it('runs as it stands: 20 commands, each exits with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tract-readme-'));
    try {
      await builtCli();
      cpSync(join(ROOT, 'sample'), folder, { recursive: true });
      const lines = readmeBlock('The command line', 'sh').split('\n');
      assert.equal(lines.length, 20);
      for (const line of lines) {
        const [name, ...args] = line.replace(/\s+#.*$/, '').split(' ');
        assert.equal(name, 'tract');
        const run = await tractProcess(folder, args);
        assert.equal(run.code, 0, `${line}: ${run.stderr}`);
        assert.notEqual(run.stdout, '', line);
      }
      assert.match(readFileSync(join(folder, 'context.md'), 'utf8'), /csv-parse/);
      assert.match(readFileSync(join(folder, 'history.jsonl'), 'utf8'), /^\{"format":"tract-export"/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

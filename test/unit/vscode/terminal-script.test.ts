import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellScript, windowsScript } from '../../../src/vscode/store/terminal-script.js';

describe('Annex B.13: the tract command in terminals', () => {
  it('runs the module with its arguments as they are, whatever its path looks like', () => {
    const folder = mkdtempSync(join(tmpdir(), "tract ü 'quoted' $HOME-"));
    try {
      const module = join(folder, 'cli.mjs');
      writeFileSync(
        module,
        'console.log(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)])); process.exitCode = 3;',
      );
      const script = join(folder, 'tract');
      writeFileSync(script, shellScript(process.execPath, module), { mode: 0o755 });
      const args = ['log', '--grep', "it's $HOME *", ''];
      const env = { PATH: process.env['PATH'] };
      assert.throws(
        () => execFileSync(script, args, { encoding: 'utf8', env }),
        (error: { status?: unknown; stdout?: unknown }) => {
          assert.deepEqual(JSON.parse(String(error.stdout)), ['1', ...args]);
          assert.equal(error.status, 3);
          return true;
        },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('on Windows: quoted paths, a percent sign that names no variable', () => {
    assert.equal(
      windowsScript('C:\\Program Files\\Code.exe', 'C:\\100%\\cli.mjs'),
      '@echo off\r\nsetlocal\r\nset ELECTRON_RUN_AS_NODE=1\r\n"C:\\Program Files\\Code.exe" "C:\\100%%\\cli.mjs" %*\r\n',
    );
  });
});

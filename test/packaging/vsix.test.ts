import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packVsix } from '../../scripts/build/vsix.js';
import { runNode, typescript } from '../../scripts/test/run-process.js';
import { ROOT } from '../../scripts/vscode/paths.js';
import { Workbench } from '../ui/support/workbench.js';

const LARGEST_VSIX_BYTES = 3_000_000;

/** A piece of the rank data of o200k_base and of cl100k_base that nothing else holds: their last tokens. */
function lastRanks(): string[] {
  const ranks = join(ROOT, 'dist', 'ranks');
  return readdirSync(ranks).map((file) => readFileSync(join(ranks, file), 'latin1').trimEnd().slice(-200));
}

describe('the packaged extension', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'tract-vsix-'));
  const vsix = join(temporary, 'tract.vsix');
  let workbench: Workbench | undefined;

  before(async () => {
    const { code, output } = await runNode(typescript('build.ts', '--production'), { output: 'keep' });
    assert.equal(code, 0, output);
  });
  afterEach(async function () {
    await workbench?.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench?.stop();
    rmSync(temporary, { recursive: true, force: true });
  });

  it('packs without a warning into at most 3 MB (DESIGN, Speed)', async () => {
    await packVsix(vsix);
    const { size } = statSync(vsix);
    console.log(`      VSIX: ${(size / 1e6).toFixed(2)} MB`);
    assert.ok(size <= LARGEST_VSIX_BYTES, `${size} bytes`);
  });

  it('has the rank data of each encoding exactly once', () => {
    const files = readdirSync(join(ROOT, 'dist'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const copies = lastRanks().map((piece) => files.filter((text) => text.includes(piece)).length);
    assert.deepEqual(copies, [1, 1]);
  });

  it('installs into a fresh VS Code, activates, and imports a session into its store', async () => {
    workbench = await Workbench.start({ vsix: [vsix] });
    await workbench.runCommand('Tract: Import Session…');
    await workbench.chooseFile('sessions/first-session.jsonl', 'Import');
    await workbench.statusBarItem(/main\s/).waitFor();
  });

  it('says in Running Extensions how long its activation took', async () => {
    assert.ok(workbench, 'the window of the test before');
    // High enough for the whole list, which is sorted by that time and holds only the rows in sight.
    await workbench.page.setViewportSize({ width: 1440, height: 3000 });
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Tract' });
    const text = await row.locator('.activation-time').innerText();
    console.log(`      ${text}`);
    assert.match(text, /\d+ms/);
  });
});

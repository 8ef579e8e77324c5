import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStore } from '../../../src/library.js';
import { importTranscript } from '../../../src/transcripts/node/import-transcript.js';
import { bundleProgram, startProgram } from '../support/programs.js';
import { ClaudeLines, text } from './claude-lines.js';

const PROCESS = new URL('../../fixtures/import-process.ts', import.meta.url);
const TURNS = 1_500;

/** A session long enough to be killed in the middle of. */
function longSession(): string {
  const lines = new ClaudeLines();
  for (let turn = 0; turn < TURNS; turn++) {
    lines.user(`u${turn}`, `question ${turn} ${'word '.repeat(40)}`);
    lines.assistant(`a${turn}`, `msg_${turn}`, text(`answer ${turn} ${'word '.repeat(40)}`));
  }
  return lines.text;
}

describe('import and kill -9 (SPEC §14, §16)', function () {
  this.timeout(120_000);

  it('keeps every commit that was reported, opens clean, and goes on where it stopped', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tract-import-'));
    try {
      const file = join(folder, 'session.jsonl');
      await writeFile(file, longSession());
      const directory = join(folder, 'store');
      const child = startProgram(await bundleProgram(PROCESS), directory, file);
      child.stderr.pipe(process.stderr);
      let reported = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        assert.notEqual(line, 'done', 'the import was over before it could be killed');
        reported = Number(line);
        if (reported > 0) break;
      }
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;

      const store = await openStore({ directory });
      const kept = [...store.storage.commitHashes()].length;
      assert.ok(kept >= reported && kept < 2 * TURNS, `${kept} commits kept, ${reported} reported`);
      assert.deepEqual((await store.doctor()).problems, []);
      await importTranscript(file, { store });
      assert.equal([...store.storage.commitHashes()].length, 2 * TURNS);
      const [tract] = store.tracts();
      assert.equal((await store.tract(tract?.tractId ?? '').compileRecords({ limit: 10_000 })).length, TURNS);
      await store.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

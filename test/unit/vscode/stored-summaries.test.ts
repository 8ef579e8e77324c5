import assert from 'node:assert/strict';
import { openStore } from '../../../src/library.js';
import type { Tract } from '../../../src/core/tract.js';
import { committedFiles } from '../../../src/vscode/workspace-files/committed-files.js';
import { FILE_SUMMARY, storedSummaries } from '../../../src/vscode/workspace-files/stored-summaries.js';

const attach = (tract: Tract, path: string, hash: string) =>
  tract.commit(
    { content_type: 'artifact', artifact_type: 'file', content: `text ${hash}` },
    { metadata: { path, role: 'user', content_hash: hash } },
  );

describe('summaries in the store that may stand for files (§12)', () => {
  it('are those of files, sessions and compressions of every tract, numbered by time', async () => {
    let second = 0;
    const store = await openStore({ clock: () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)) });
    const other = await store.create({ name: 'other' });
    await other.commit({ content_type: 'session', session_type: 'end', summary: 'what was done' });
    const tract = await store.create({ name: 'active' });
    await tract.commit({
      content_type: 'metadata',
      kind: FILE_SUMMARY,
      path: 'a.ts',
      data: { content_hash: 'h1', text: 'about a' },
    });
    await tract.commit({ content_type: 'metadata', kind: 'note', path: 'a.ts', data: { text: 'no summary' } });
    const { commitHash } = await attach(tract, 'b.ts', 'h2');
    await tract.edit(
      commitHash,
      { content_type: 'artifact', artifact_type: 'file', content: 'text h3' },
      { metadata: { path: 'b.ts', content_hash: 'h3' } },
    );
    await tract.compress({ range: [commitHash], text: 'b' });

    const found = await storedSummaries(store, tract.tractId);
    assert.deepEqual(
      found.map(({ kind, number, sources }) => [kind, number, sources]),
      [
        ['session', 1, []],
        ['file', 2, [{ path: 'a.ts', contentHash: 'h1' }]],
        // Made from the edited version, so that only that one is fresh.
        ['branch', 4, [{ path: 'b.ts', contentHash: 'h3' }]],
      ],
    );
    assert.match(found[0]?.text ?? '', /what was done/);
    await store.close();
  });
});

describe('files in the context (§12, issue 7)', () => {
  it('are the visible ones with the hash of their latest version; edited by hand: none', async () => {
    const store = await openStore();
    const tract = await store.create({ name: 't' });
    const first = await attach(tract, 'a.ts', 'h1');
    const second = await attach(tract, 'b.ts', 'h2');
    const third = await attach(tract, 'c.ts', 'h3');
    await tract.commit({ content_type: 'artifact', artifact_type: 'image', content: 'no file' });
    const text = { content_type: 'artifact', artifact_type: 'file', content: 'newer' };
    await tract.edit(first.commitHash, text, { metadata: { content_hash: 'h1b' } });
    await tract.edit(second.commitHash, { ...text, content: 'by hand' });
    await tract.annotate(third.commitHash, 'skip');
    assert.deepEqual(
      (await committedFiles(store, tract.head)).map(({ path, commitHash, contentHash }) => [
        path,
        commitHash,
        contentHash,
      ]),
      [
        ['a.ts', first.commitHash, 'h1b'],
        ['b.ts', second.commitHash, null],
      ],
    );
    await tract.undo();
    assert.equal((await committedFiles(store, tract.head)).length, 3);
    assert.deepEqual(await committedFiles(store, null), []);
    await store.close();
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importTranscript, openStore } from '../../../src/library.js';
import { useTemporaryFolders } from './support.js';

describe('§13 which operations are ops (Annex B.7)', () => {
  const temporary = useTemporaryFolders();

  it('generate, usage report, reset, checkout, merge, rebase, compress, import, gc, undo: one op each, one file each; others none', async () => {
    const directory = temporary();
    const store = await openStore({
      ops: { directory, durability: 'files' },
      model: {
        id: 'test/one-word',
        async *send() {
          await Promise.resolve();
          yield { type: 'text', text: 'answer' };
          yield { type: 'usage', usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } };
        },
      },
    });
    const tract = await store.create({ name: 'demo' });
    const made = () => store.storage.ops({ limit: 100 }).map(({ action }) => action);

    // Commits, edits, annotations, branches and tags are in the ref log only.
    const first = await tract.user('one');
    await tract.user('two '.repeat(40));
    await tract.edit(first.commitHash, { content_type: 'dialogue', role: 'user', text: 'One' });
    await tract.annotate(first.commitHash, 'important');
    await tract.tag('v1');
    await tract.branch('side', { checkout: false });
    await tract.batch(async (batch) => {
      await batch.user('three');
    });
    assert.deepEqual(made(), []);

    await tract.recordUsage({ prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 });
    await tract.generate();
    await tract.reset('HEAD~1');
    await tract.undo();
    await tract.checkout('side');
    await tract.user('on side');
    await tract.checkout('main');
    await tract.merge('side');
    await tract.branch('topic', { from: 'side' });
    await tract.user('on topic');
    await tract.rebase('main');
    await tract.compress({ text: 'all of it' });
    await tract.gc({ olderThanDays: 0 });
    const chat = join(temporary(), 'chat.json');
    writeFileSync(chat, JSON.stringify([{ role: 'user', content: 'Hello' }]));
    await importTranscript(chat, { store });
    const expected = [
      'usage',
      'generate',
      'reset',
      'undo',
      'checkout',
      'checkout',
      'merge',
      'rebase',
      'compress',
      'gc',
    ];
    assert.deepEqual(made().reverse(), [...expected, 'import']);

    const ops = store.storage.ops({ limit: 100 });
    await store.close();
    const names = readdirSync(join(directory, 'tract-ops')).filter((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name));
    assert.deepEqual(names.sort(), ops.map(({ opId }) => `${opId}.jsonl`).sort());
    for (const { opId, action, headAfter, usage } of ops) {
      const lines = readFileSync(join(directory, 'tract-ops', `${opId}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n');
      const [started, completed] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(lines.length, 2, action);
      assert.deepEqual([started?.['event'], started?.['action']], ['started', action]);
      assert.deepEqual(
        [completed?.['event'], completed?.['outcome'], completed?.['closed_by']],
        ['completed', 'done', 'user'],
      );
      assert.equal(completed?.['head_after'] ?? null, headAfter, action);
      assert.equal('usage' in (completed ?? {}), usage !== null, action);
    }
  });

  it('§9.8, §13: importing a tract is one op; those it brings along were done elsewhere and get no files here', async () => {
    const there = await openStore();
    const exported = await there.create({ name: 'demo' });
    await exported.user('one');
    await exported.user('two');
    await exported.reset('HEAD~1');
    const file = join(temporary(), 'demo.tract');
    await exported.exportTo(file);

    const directory = temporary();
    const here = await openStore({ ops: { directory, durability: 'files' } });
    const { tractId, head } = await here.importTract(file);
    const ops = here.storage.ops({ tractId, limit: 10 });
    assert.deepEqual(
      ops.map(({ action, headBefore, headAfter, outcome }) => [action, headBefore, headAfter, outcome]),
      [
        ['import', null, head, 'done'],
        ['reset', there.storage.ops({ limit: 1 })[0]?.headBefore, head, 'done'],
      ],
    );
    await here.importTract(file);
    assert.equal(here.storage.ops({ limit: 10 }).length, 2, 'importing the same again adds nothing');
    await exported.user('three');
    await exported.exportTo(file);
    here.configure({ missionId: 'MISSION-1', wpId: null });
    await here.importTract(file);
    await here.tract(tractId, { actor: 'agent', wpId: 'WP-1' }).gc({ olderThanDays: 0 });
    assert.deepEqual(
      here.storage.ops({ limit: 2 }).map(({ action, headBefore, headAfter, missionId, wpId, actor }) => ({
        ...{ action, missionId, wpId, actor },
        stays: headBefore === head && headAfter === head,
      })),
      [
        { action: 'gc', missionId: 'MISSION-1', wpId: 'WP-1', actor: 'agent', stays: true },
        { action: 'import', missionId: 'MISSION-1', wpId: null, actor: 'user', stays: true },
      ],
    );
    await here.close();
    const actions = readdirSync(join(directory, 'tract-ops'))
      .filter((name) => /^[0-9A-Z]{26}\.jsonl$/.test(name))
      .sort()
      .map((name) => {
        const [line = ''] = readFileSync(join(directory, 'tract-ops', name), 'utf8').split('\n');
        return (JSON.parse(line) as { readonly action: string }).action;
      });
    assert.deepEqual(actions, ['import', 'import', 'gc']);
  });
});

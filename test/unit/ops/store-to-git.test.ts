import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../../src/core/ports/model.js';
import { openStore, Tract } from '../../../src/library.js';
import { TestRepository, useTemporaryFolders } from './support.js';

const model: Model = {
  id: 'test/answers',
  async *send() {
    await Promise.resolve();
    yield { type: 'text', text: 'SECRET ANSWER' };
  },
};

describe("§13 a store's op log and git", function () {
  this.slow(2000);
  const temporary = useTemporaryFolders();

  it('B.7 what git clean -fdx took before git had it is committed by the next session, and nothing from before', async () => {
    const repository = TestRepository.create(temporary());
    const directory = temporary();
    const open = (since?: string) =>
      Tract.open({
        directory,
        ops: { directory: repository.directory, durability: 'git', ...(since === undefined ? {} : { since }) },
      });
    const early = await Tract.open({ directory });
    await early.user('SECRET QUESTION');
    await early.user('and more');
    await early.reset('HEAD~1');
    await early.close();

    const since = new Date().toISOString();
    repository.git('checkout', '-q', '--detach');
    const tract = await open(since);
    await tract.undo();
    await tract.close();
    repository.git('clean', '-qfdx');
    repository.git('checkout', '-q', 'main');
    await (await open()).close();
    assert.equal(repository.subjects().length, 1);
    await (await open(since)).close();
    assert.match(repository.subjects()[0] ?? '', /^op\(undo\): /);
    assert.equal(repository.subjects().length, 2);
    await (await open(since)).close();
    assert.equal(repository.subjects().length, 2);
    assert.equal(repository.git('status', '--porcelain', '--untracked-files=all'), '');
  });

  it('mission_id and wp_id of the store and of the call; no message text in any file or commit', async () => {
    const repository = TestRepository.create(temporary());
    const tract = await Tract.open({
      directory: temporary(),
      model,
      missionId: 'M-1',
      wpId: 'W-1',
      ops: { directory: repository.directory, durability: 'git' },
    });
    await tract.user('SECRET QUESTION');
    await tract.generate();
    await tract.generate({ missionId: 'M-2', wpId: 'W-2' });
    await tract.close();
    const lines = repository
      .git('log', '--format=', '--name-only', '-2')
      .split('\n')
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map(
        (name) => JSON.parse(repository.git('show', `HEAD:${name}`).split('\n')[0] ?? '') as Record<string, unknown>,
      );
    assert.deepEqual(
      lines.map((line) => [line['mission_id'], line['wp_id']]),
      [
        ['M-1', 'W-1'],
        ['M-2', 'W-2'],
      ],
    );
    const everything =
      repository.git('log', '-p', '--all', '--format=raw') + repository.git('grep', '-h', '', '--', 'tract-ops');
    assert.doesNotMatch(everything, /SECRET/);
    assert.ok(everything.includes(join('tract-ops', '.gitattributes')));
  });

  it('no message text reaches a file or a commit, whatever is committed, answered, compressed or merged', async () => {
    const repository = TestRepository.create(temporary());
    const marker = 'ATTACK AT DAWN';
    const store = await openStore({
      directory: join(temporary(), 'store'),
      ops: { directory: repository.directory, durability: 'git' },
      model: {
        id: 'test/echo',
        async *send() {
          await Promise.resolve();
          yield { type: 'text', text: `${marker} answered` };
        },
      },
    });
    const tract = await store.create({ name: `${marker} (a name)` });
    await tract.system(`${marker} system`);
    await tract.user(`${marker} user`);
    await tract.chat(`${marker} asked`);
    await tract.branch('side');
    await tract.user(`${marker} side`);
    await tract.checkout('main');
    await tract.user(`${marker} main`);
    await tract.merge('side');
    await tract.compress({ text: [marker] });
    await tract.reset('HEAD~1');
    await tract.undo();
    await store.close();
    const files = readdirSync(repository.path('tract-ops')).map((name) => repository.read(`tract-ops/${name}`));
    const history = repository.git('log', '-p', '--format=fuller');
    assert.ok(files.length > 8, String(files.length));
    for (const action of ['generate', 'checkout', 'merge', 'compress', 'reset', 'undo'])
      assert.match(history, new RegExp(`op\\(${action}\\): `));
    assert.doesNotMatch(files.join('') + history, /ATTACK|DAWN/i);
  });
});

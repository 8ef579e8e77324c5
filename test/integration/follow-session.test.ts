import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TractApi } from '../../src/extension.js';
import { behindSession } from '../../src/vscode/sessions/behind-session.js';
import { ClaudeLines, text } from '../unit/transcripts/claude-lines.js';

/** A running session that grows while it is followed (SPEC §14 Follow, Annex B.9). */
describe('following a running session', () => {
  let api: TractApi;
  let folder: string;
  const run = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`tract.${command}`, ...args) as Promise<T>;
  const texts = async () => (await (await api.store.requireActive()).compile()).messages.map(({ content }) => content);
  const eventually = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 100 && !(await holds()); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await holds(), true);
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<TractApi>('tract.tract');
    assert.ok(extension);
    api = await extension.activate();
    folder = await mkdtemp(join(tmpdir(), 'tract-follow-'));
  });
  after(async () => {
    await run('stopFollowing');
    await rm(folder, { recursive: true });
  });

  it('brings what the agent writes; a branch with own work stays and says how far behind it is', async () => {
    const path = join(folder, 'running.jsonl');
    const lines = new ClaudeLines('running');
    const grow = async (from: number) => {
      await appendFile(
        path,
        lines.lines
          .slice(from)
          .map((line) => `${line}\n`)
          .join(''),
      );
    };
    lines.user('u1', 'go').assistant('a1', 'm1', text('one')).user('u2', 'on');
    await writeFile(path, lines.text);
    const session = { path, format: 'claude-code', sessionId: 'running' };
    const tractId = await run<string>('followSession', session);
    assert.deepEqual(api.following.session, session);
    assert.equal(api.following.follows(tractId), true);
    assert.equal((await api.store.requireActive()).tractId, tractId);
    assert.deepEqual(await texts(), ['go', 'one', 'on']);

    lines.assistant('a2', 'm2', text('two')).user('u3', 'and on');
    await grow(3);
    await eventually(async () => (await texts()).length === 5);
    const tract = await api.store.requireActive();
    assert.equal((await tract.compileRecords()).length, 2);
    const store = await api.store.open();
    assert.equal(behindSession(store, tractId, 'main'), null);

    await run('commitText', { text: 'my own' });
    lines.assistant('a3', 'm3', text('three')).user('u4', 'more');
    await grow(5);
    await eventually(() => Promise.resolve(behindSession(store, tractId, 'main')?.commits === 2));
    assert.deepEqual(await texts(), ['go', 'one', 'on', 'two', 'and on', 'my own']);
    await run('merge', { kind: 'session', tractId, commitHash: behindSession(store, tractId, 'main')?.tip });
    assert.equal(behindSession(store, tractId, 'main'), null);
    assert.equal((await texts()).length, 8);
  });

  it('is not followed any more once the person stops it', async () => {
    await run('stopFollowing');
    assert.equal(api.following.session, null);
    assert.equal(api.following.remembered, undefined);
  });

  it('a file that is not there yet is followed from when it appears', async () => {
    const path = join(folder, 'later.jsonl');
    assert.equal(await run('followSession', { path, format: 'claude-code', sessionId: 'later' }), undefined);
    await writeFile(path, new ClaudeLines('later').user('l1', 'late').text);
    await eventually(() => Promise.resolve(api.following.follows('later')));
    await run('switchTract', 'later');
    assert.deepEqual(await texts(), ['late']);
  });
});

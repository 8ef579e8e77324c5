import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/library.js';
import { SessionFollower, type FollowUpdate } from '../../../src/transcripts/follow.js';
import { findSessions, followFiles } from '../../../src/transcripts/node/find-sessions.js';
import { importTranscript } from '../../../src/transcripts/node/import-transcript.js';
import { ClaudeLines, text, tool } from './claude-lines.js';

describe('Following a running session (§14, Annex B.7, B.9)', () => {
  let folder: string;
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'tract-follow-'));
    folder = join(home, 'projects', '-w-my-app');
    await mkdir(folder, { recursive: true });
  });

  afterEach(() => rm(home, { recursive: true }));

  const open = () => openStore({ tokenCounter: (value: string) => value.length, verifyCache: true });

  it('finds the sessions of a folder, newest first, Codex by what their first line says', async () => {
    const codex = join(home, 'codex', 'sessions', '2026', '05', '11');
    await mkdir(codex, { recursive: true });
    await writeFile(join(folder, 's-1.jsonl'), '{}\n');
    await writeFile(join(folder, 'agent-a.jsonl'), '{}\n');
    const meta = (id: string, cwd: string): string => JSON.stringify({ type: 'session_meta', payload: { id, cwd } });
    await writeFile(join(codex, 'rollout-1-x.jsonl'), `${meta('x', '/w/my.app')}\n`);
    await writeFile(join(codex, 'rollout-2-y.jsonl'), `${meta('y', '/elsewhere')}\n`);
    await utimes(join(codex, 'rollout-1-x.jsonl'), 1, 1);
    const found = await findSessions('/w/my.app', { claudeHome: home, codexHome: join(home, 'codex') });
    assert.deepEqual(
      found.map(({ format, sessionId }) => [format, sessionId]),
      [
        ['claude-code', 's-1'],
        ['codex', 'x'],
      ],
    );
    assert.deepEqual(await findSessions('/nowhere', { claudeHome: home, codexHome: home }), []);
  });

  it('commits what is certain as the file grows, and gives what an import of the whole gives', async () => {
    const path = join(folder, 's-1.jsonl');
    const file = new ClaudeLines('s-1');
    const store = await open();
    const updates: FollowUpdate[] = [];
    const follower = new SessionFollower({
      store,
      files: followFiles({ path, format: 'claude-code', sessionId: 's-1' }),
      onUpdate: (update) => updates.push(update),
    });
    assert.equal(await follower.poll(), false);
    file.user('u1', 'go').assistant('a1', 'm1', tool('t1', 'Task', { prompt: 'Look' }));
    await writeFile(path, file.text);
    assert.equal(await follower.poll(), true);
    const tract = store.tract('s-1');
    assert.equal((await tract.status()).commitCount, 2);

    // Half a line is not read yet; a sub-agent's file appears.
    file.result('r1', 't1', 'Seen.', { toolUseResult: { agentId: 'abc', status: 'completed' } });
    const line = `${file.lines.at(-1) ?? ''}\n`;
    await appendFile(path, line.slice(0, 20));
    assert.equal(await follower.poll(), false);
    await mkdir(join(folder, 's-1', 'subagents'), { recursive: true });
    const agent = new ClaudeLines('s-1').user('s1', 'Look', { isSidechain: true, agentId: 'abc' });
    await writeFile(join(folder, 's-1', 'subagents', 'agent-abc.jsonl'), agent.text);
    await appendFile(path, line.slice(20));
    assert.equal(await follower.poll(), true);
    assert.equal((await tract.status()).commitCount, 2);
    assert.equal(updates.at(-1)?.pending, 1);
    assert.deepEqual(updates.at(-1)?.tracts, ['s-1', 's-1.abc']);

    file.assistant('a2', 'm2', text('Done.'));
    await appendFile(path, `${file.lines.at(-1) ?? ''}\n`);
    await follower.poll();
    assert.equal((await tract.status()).commitCount, 4);
    assert.deepEqual(updates.at(-1)?.added, { commits: 5, records: 2 });
    await follower.stop();
    assert.deepEqual(
      store.storage.ops({ limit: 10 }).map(({ action, outcome }) => [action, outcome]),
      [['follow', 'done']],
    );

    const whole = await open();
    await importTranscript(path, { store: whole });
    assert.deepEqual([...store.storage.commitHashes()].sort(), [...whole.storage.commitHashes()].sort());
    assert.deepEqual([...store.storage.refs('s-1')], [...whole.storage.refs('s-1')]);
    assert.deepEqual((await importTranscript(path, { store })).added, { commits: 0, records: 0 });
  });

  it('starts over when the file was written anew', async () => {
    const path = join(folder, 's-1.jsonl');
    const store = await open();
    const follower = new SessionFollower({
      store,
      files: followFiles({ path, format: 'claude-code', sessionId: 's-1' }),
    });
    await writeFile(path, new ClaudeLines('s-1').user('u1', 'one').assistant('a1', 'm1', text('A')).text);
    await follower.poll();
    await writeFile(path, new ClaudeLines('s-1').user('v1', 'two').text);
    await follower.poll();
    await follower.stop();
    assert.equal((await store.tract('s-1').branches()).length, 2);
  });
});

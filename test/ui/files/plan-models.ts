import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingsServer } from '../../fixtures/embeddings-server.js';
import { answer, type LlmServer } from '../../fixtures/llm-server.js';
import { eventually } from '../support/eventually.js';
import type { Workbench } from '../support/workbench.js';

/** No real one, and nothing else looks like it. */
const KEY = 'sk-embeddings-KEEP-9a8b7c6d';

export interface PlanWindow {
  readonly workbench: Workbench;
  readonly embeddings: EmbeddingsServer;
  readonly llm: LlmServer;
}

/** Issue 7: what workspace files ask of models, against loopback servers: the key of the embeddings, a summary of a file. */
export function planModels(window: () => PlanWindow): void {
  describe('models for workspace files (§12)', () => {
    let embeddings: EmbeddingsServer;
    let llm: LlmServer;
    let workbench: Workbench;
    before(async () => {
      ({ workbench, embeddings, llm } = window());
      workbench.writeWorkspaceSettings({
        'tract.files.budgetTokens': 200,
        'tract.files.substitute.summaries': true,
      });
      await workbench.turnOnSetting('tract.embeddings.enabled');
      const folder = join(workbench.folder, 'modelled');
      mkdirSync(folder);
      writeFileSync(join(folder, 'short.ts'), 'login form '.repeat(8));
      writeFileSync(join(folder, 'long.ts'), 'export function login(name: string): void; '.repeat(40));
    });

    const panel = () => workbench.webview();
    const row = (name: string) => panel().getByRole('row', { name: new RegExp(`modelled/${name}`) });
    const ask = (query: string) => panel().getByRole('textbox', { name: 'What you want to do' }).fill(query);
    const authorizations = async (count: number) =>
      eventually(async () => {
        await Promise.resolve();
        assert.equal(embeddings.requests.length, count);
        return embeddings.requests.map(({ authorization }) => authorization);
      });
    const setKey = async (key: string) => {
      await workbench.runCommand('Tract: Set Embeddings API Key…');
      await workbench.page.locator('.quick-input-widget input[type=password]').waitFor();
      await workbench.type(key);
      await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    };

    it('the embeddings key goes to its endpoint, and an empty one takes it away', async () => {
      await setKey(KEY);
      await workbench.runCommand('Tract: Add Workspace Files to Context…');
      await panel().locator('.plan-toolbar').waitFor();
      await panel().getByRole('button', { name: 'whole workspace' }).click();
      await workbench.pick(/modelled$/);
      await row('short.ts').waitFor();
      // Without a query there is nothing to rank, so nothing was sent.
      await panel().locator('.plan-bar').getByText('lexical: nothing_to_rank').waitFor();
      assert.equal(embeddings.requests.length, 0);
      await ask('login');
      await panel().locator('.plan-bar').getByText('semantic').waitFor();
      assert.deepEqual(await authorizations(1), [`Bearer ${KEY}`]);
      await setKey('');
      await ask('log out');
      assert.deepEqual(await authorizations(2), [`Bearer ${KEY}`, undefined]);
    });

    it('the key is in no log, setting or store of the window', () => {
      const files = readdirSync(workbench.dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(log|json|jsonl|tract|sqlite|db)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));
      assert.ok(files.some((file) => file.endsWith('embeddings.sqlite')));
      assert.deepEqual(
        files.filter((file) => readFileSync(file).includes(KEY)),
        [],
      );
    });

    it('a model writes the summary of a file, the person keeps it, and the plan takes it in its place', async () => {
      await workbench.runCommand('Tract: Set API Key…');
      await workbench.pick(/^local/);
      await workbench.type('sk-test-none');
      await workbench.openFile('modelled/long.ts');
      llm.enqueue(answer({ text: 'Declares login(name).' }));
      await workbench.runCommand('Tract: Summarise File…');
      await workbench.pick(/Let local\/fake-1 write the summary/);
      await llm.received(1);
      const sent = llm.requests[0]?.body.toString('utf8') ?? '';
      assert.match(sent, /modelled\/long\.ts/);
      await workbench.page.locator('.editor-instance').getByText('Declares login(name).').first().waitFor();
      await workbench.screenshot('summarise file');
      await workbench.page.getByRole('button', { name: 'Keep Summary' }).click();
      await workbench.runCommand('Tract: Add Workspace Files to Context…');
      await panel().getByRole('button', { name: 'whole workspace' }).click();
      await workbench.pick(/modelled$/);
      // 430 tokens whole; the label and the model's words are 19.
      await row('long.ts, kept, 19 tokens, Fits the budget, summary, saves 411').waitFor();
      await workbench.screenshot('plan with a summary');
      await panel().getByRole('button', { name: 'Commit 2 Files' }).click();
      await panel().getByText('[Summary in place of modelled/long.ts; not the full text]').first().waitFor();
    });

    it('a file that changed has no summary any more: the plan takes it whole, or not at all', async () => {
      writeFileSync(join(workbench.folder, 'modelled', 'long.ts'), 'export function logout(): void; '.repeat(60));
      await workbench.runCommand('Tract: Add Workspace Files to Context…');
      await panel().getByRole('button', { name: 'whole workspace' }).click();
      await workbench.pick(/modelled$/);
      await row('long.ts, omitted, 480 tokens, Larger than the whole budget, changed since it was committed').waitFor();
      await workbench.screenshot('plan with a stale summary');
    });
  });
}

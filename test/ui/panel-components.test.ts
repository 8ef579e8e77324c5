import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { ToHost } from '../../src/shared/protocol.js';
import {
  buildPanel,
  openPanel,
  type PanelBundle,
  type PanelPage,
  type PanelPageOptions,
} from './support/panel-page.js';
import {
  sampleComparison,
  sampleDetail,
  sampleEfficiency,
  sampleGraph,
  samplePlan,
  sampleRecords,
} from './support/panel-history-views.js';
import { eventually } from './support/eventually.js';
import { sharedBrowser } from './support/window-host.js';
import { COMPOSER, hashOf, HEADER, message, sampleBudget, sampleContext } from './support/panel-views.js';

/** The shipped bundle in a browser, under the shipped CSP, with a host that only listens. */
describe('context panel', () => {
  let page: Page;
  let bundle: PanelBundle;
  let panel: PanelPage;

  before(async () => {
    bundle = await buildPanel();
    page = await (await sharedBrowser()).newPage();
  });
  after(async () => {
    await page.close();
    await bundle.dispose();
  });

  async function open(options: PanelPageOptions = {}): Promise<PanelPage> {
    panel = await openPanel(page, bundle, options);
    return panel;
  }

  afterEach(async () => {
    const { problems } = panel;
    await panel.close();
    assert.deepEqual(problems, [], 'CSP violations or errors');
  });

  const rows = (): Locator => panel.page.locator('tract-list .row:not(.separator)');

  async function lastRequest(type: ToHost['type']): Promise<ToHost | undefined> {
    return (await panel.requests()).findLast((request) => request.type === type);
  }

  /** The last request of its type is this one, or soon is. */
  async function asks(request: ToHost): Promise<void> {
    await eventually(async () => {
      assert.deepEqual(await lastRequest(request.type), request);
    });
  }

  async function tab(name: string): Promise<void> {
    await panel.page.getByRole('tab', { name }).click();
  }

  it('renders every tab in every theme and width without a CSP violation (SPEC §17)', async () => {
    const context = sampleContext(60);
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await open({ theme, width: theme === 'light' ? 400 : 1000 });
      await panel.send(
        { type: 'header', view: HEADER },
        { type: 'context', view: context },
        { type: 'composer', view: COMPOSER },
        { type: 'budget', view: sampleBudget(context) },
        { type: 'records', view: sampleRecords(152) },
        { type: 'graph', view: sampleGraph(120) },
        { type: 'plan', view: samplePlan(40) },
        { type: 'efficiency', view: sampleEfficiency(30) },
      );
      for (const [name, selector] of [
        ['Context', '.message'],
        ['Budget', '.tile'],
        ['Records', '.record'],
        ['Graph', '.commit'],
        ['Plan', '.file'],
        ['Efficiency', 'vscode-data-grid-cell'],
      ] as const) {
        await tab(name);
        await panel.page.locator(selector).first().waitFor();
        const wide = await panel.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        assert.equal(wide, false, `${name} is wider than the panel in ${theme}`);
      }
      if (theme !== 'highContrast') {
        assert.deepEqual(panel.problems, []);
        await panel.close();
      }
    }
  });

  it('says ready, asks for a tab when it is opened, and comes back to it (state)', async () => {
    await open();
    assert.deepEqual(await panel.requests(), [{ type: 'ready', tab: 'context' }]);
    await panel.send({ type: 'context', view: sampleContext(200) });
    await panel.page.locator('#messages').evaluate((list) => {
      list.scrollTop = 1500;
    });
    await tab('Graph');
    await asks({ type: 'showTab', tab: 'graph' });
    await panel.page.waitForFunction(() => (window.saved as { tab?: string } | undefined)?.tab === 'graph');
    const state = await panel.savedState();
    await panel.close();

    await open({ state });
    assert.deepEqual(await panel.requests(), [{ type: 'ready', tab: 'graph' }]);
    await panel.send({ type: 'context', view: sampleContext(200) });
    await tab('Context');
    await panel.page.waitForFunction(() => document.querySelector('#messages')?.scrollTop === 1500);
  });

  it('shows hostile text as text, everywhere (SPEC §17: text never as HTML)', async () => {
    const evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>${1+1}';
    const context = {
      ...sampleContext(1),
      label: evil,
      messages: [
        message(1, { text: evil, name: evil, author: evil, toolCalls: [{ id: evil, name: evil, arguments: evil }] }),
      ],
    };
    await open();
    await panel.send(
      { type: 'header', view: { ...HEADER, tract: { id: 't', name: evil }, branch: evil, readOnly: evil, undo: evil } },
      { type: 'context', view: context },
      {
        type: 'composer',
        view: { ...COMPOSER, state: { kind: 'streaming', since: '2026-01-01T00:00:00Z', text: evil, reasoning: evil } },
      },
      { type: 'budget', view: { ...sampleBudget(context), drift: [{ model: evil, ratio: 1, records: 1 }] } },
      { type: 'plan', view: { ...samplePlan(3), query: evil } },
      {
        type: 'records',
        view: { records: sampleRecords(2).records.map((one) => ({ ...one, model: evil })), hasMore: false },
      },
      {
        type: 'graph',
        view: { commits: sampleGraph(3).commits.map((one) => ({ ...one, subject: evil })), hasMore: false },
      },
      { type: 'failed', request: 'loadText', subject: '', message: evil },
    );
    await panel.page.getByRole('button', { name: 'Expand' }).click();
    await eventually(async () => {
      assert.ok((await panel.page.locator('.body').innerText()).includes('<img src=x'));
    });
    for (const name of ['Budget', 'Records', 'Graph', 'Plan']) await tab(name);
    assert.equal(await panel.page.locator('img').count(), 0);
    assert.equal(await panel.page.title(), 'Tract');
  });

  it('drops what does not fit the protocol, says so without its contents, and stays alive', async () => {
    await open();
    await panel.sendRaw({ type: 'header', view: { secret: 'do not repeat' } });
    await panel.sendRaw('nonsense');
    await panel.send({ type: 'header', view: HEADER });
    const errors = (await panel.requests()).filter((request) => request.type === 'protocolError');
    assert.equal(errors.length, 2);
    assert.ok(!JSON.stringify(errors).includes('do not repeat'));
    await panel.page.getByText('fix-flaky-login-test').waitFor();
  });

  it('marks estimates with ~, reported numbers plainly, and keeps unseen apart (SPEC §6, Annex B.10)', async () => {
    await open();
    const context = sampleContext(3);
    const summary = panel.page.locator('.toolbar .summary');
    await panel.send({ type: 'context', view: { ...context, total: { count: 12_431, exact: false } } });
    await eventually(async () => {
      assert.match(await summary.innerText(), /~12\.4k\s+tokens\s+\+ 14\.3k unseen/);
    });
    await panel.send({
      type: 'context',
      view: { ...context, total: { count: 12_431, exact: true }, tokenSource: 'api:12431+50', unseen: 0 },
    });
    await eventually(async () => {
      assert.match(await summary.innerText(), /· 12\.4k\s+tokens$/);
    });
    assert.equal(
      await summary.locator('strong').getAttribute('title'),
      '12,431 tokens, reported by the provider (api:12431+50)',
    );
    await eventually(async () => {
      assert.match(await panel.page.getByRole('status').last().innerText(), /12,431 tokens reported/);
    });
  });

  describe('list of messages', () => {
    it('holds only the rows in sight of 10,000 and scrolls through them', async () => {
      await open({ height: 700 });
      await panel.send({ type: 'header', view: HEADER }, { type: 'context', view: sampleContext(10_000) });
      await eventually(async () => {
        assert.ok((await rows().count()) < 90, `${await rows().count()} rows`);
      });
      const frames = await panel.page.locator('#messages').evaluate(async (list) => {
        const times: number[] = [];
        for (let step = 0; step < 60; step++) {
          const before = performance.now();
          list.scrollTop += 700;
          await new Promise((resolve) => requestAnimationFrame(resolve));
          await new Promise((resolve) => requestAnimationFrame(resolve));
          times.push((performance.now() - before) / 2);
        }
        return times.sort((a, b) => a - b);
      });
      assert.ok((await rows().count()) < 90);
      console.log(`        scroll frame: median ${frames[30]?.toFixed(1)} ms, longest ${frames.at(-1)?.toFixed(1)} ms`);
      await panel.page.locator('#messages').evaluate((list) => {
        list.scrollTop = list.scrollHeight;
      });
      await panel.page.locator(`[data-index="10000"]`).waitFor();
    });

    it('goes by arrows, Home, End and pages, and sends p, s, n, i, e and Enter for the row', async () => {
      await open();
      await panel.send({ type: 'header', view: HEADER }, { type: 'context', view: sampleContext(500) });
      await rows().first().focus();
      const { keyboard } = panel.page;
      const focused = () => panel.page.evaluate(() => Number((document.activeElement as HTMLElement).dataset['index']));
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      await eventually(async () => {
        assert.equal(await focused(), 2);
      });
      for (const [key, priority] of [
        ['p', 'pinned'],
        ['s', 'skip'],
        ['n', 'normal'],
        ['i', 'important'],
      ] as const) {
        await keyboard.press(key);
        await asks({ type: 'setPriority', hash: hashOf(2), priority });
      }
      await keyboard.press('e');
      await asks({ type: 'commit', action: 'edit', hash: hashOf(2) });
      await keyboard.press('Enter');
      await asks({ type: 'commit', action: 'open', hash: hashOf(2) });
      await keyboard.press('End');
      await panel.page.waitForFunction(() => (document.activeElement as HTMLElement).dataset['index'] === '500');
      await keyboard.press('Home');
      await panel.page.waitForFunction(() => (document.activeElement as HTMLElement).dataset['index'] === '0');
      await keyboard.press('PageDown');
      await panel.page.waitForFunction(() => Number((document.activeElement as HTMLElement).dataset['index']) > 10);
    });

    it('goes on by keys after the focused row was scrolled away', async () => {
      await open();
      await panel.send({ type: 'context', view: sampleContext(500) });
      await rows().first().focus();
      await panel.page.locator('#messages').evaluate((list) => {
        list.scrollTop = 8000;
      });
      await panel.page.waitForFunction(() => document.activeElement?.id === 'messages');
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.waitForFunction(() => (document.activeElement as HTMLElement).dataset['index'] === '1');
    });

    it('changes nothing by keys while read-only', async () => {
      await open();
      await panel.send(
        { type: 'header', view: { ...HEADER, readOnly: 'open in another window (pid 4711)' } },
        { type: 'context', view: sampleContext(10) },
      );
      await panel.page.getByText('Read-only: open in another window (pid 4711)').waitFor();
      await rows().first().focus();
      for (const key of ['p', 's', 'n', 'i', 'e']) await panel.page.keyboard.press(key);
      assert.equal(await lastRequest('setPriority'), undefined);
      assert.equal(await lastRequest('commit'), undefined);
    });

    it('keeps "cached up to here" in sight and goes there on a click', async () => {
      await open();
      await panel.send({ type: 'context', view: sampleContext(400) });
      const pointer = panel.page.locator('.cache-pointer');
      await pointer.waitFor();
      await eventually(async () => {
        assert.match((await pointer.getAttribute('class')) ?? '', /below/);
      });
      await pointer.click();
      await panel.page.locator('.cache-line').waitFor();
      await pointer.waitFor({ state: 'detached' });
      await panel.page.locator('#messages').evaluate((list) => {
        list.scrollTop = list.scrollHeight;
      });
      await panel.page.locator('.cache-pointer.above').waitFor();
    });

    it('expands a row in place; asks for the rest of a long text only then', async () => {
      await open();
      await panel.send({ type: 'header', view: HEADER }, { type: 'context', view: sampleContext(30) });
      await rows().nth(4).press('ArrowRight');
      await asks({ type: 'loadText', hash: hashOf(4), at: hashOf('head') });
      await panel.page.getByRole('button', { name: 'Show all 18,400 characters' }).waitFor();
      await panel.send({
        type: 'text',
        hash: hashOf(4),
        at: hashOf('head'),
        text: 'the whole text\n'.repeat(1226) + 'end!!!!!!!',
      });
      await panel.page.getByText('end!!!!!!!').waitFor();
      await panel.page.keyboard.press('ArrowLeft');
      await panel.page.locator('.body').waitFor({ state: 'detached' });
    });

    it('stays where it is when a commit is appended', async () => {
      await open();
      const context = sampleContext(300);
      await panel.send({ type: 'context', view: context });
      await panel.page.locator('#messages').evaluate((list) => {
        list.scrollTop = 3000;
      });
      await panel.send({ type: 'context', view: { ...context, messages: [...context.messages, message(999)] } });
      assert.equal(await panel.page.locator('#messages').evaluate((list) => list.scrollTop), 3000);
    });

    it('filters as one types', async () => {
      await open();
      await panel.send({ type: 'context', view: sampleContext(100) });
      await panel.page.getByRole('textbox', { name: 'Filter messages' }).fill('session-17.ts');
      await panel.page.waitForFunction(() => document.querySelectorAll('.message').length === 1);
    });

    it('says what to do when there is nothing', async () => {
      await open();
      await panel.send(
        { type: 'header', view: { ...HEADER, tract: null, head: null, branch: null } },
        { type: 'context', view: { ...sampleContext(1), messages: [], at: null, cachedUpTo: null } },
      );
      await panel.page.getByText('No tract yet').waitFor();
      await panel.page.getByRole('button', { name: 'Import Session…' }).click();
      await asks({ type: 'command', command: 'importSession' });
    });
  });

  describe('composer', () => {
    it('counts the draft, sends on Enter, streams, and stops', async () => {
      await open();
      await panel.send({ type: 'context', view: sampleContext(5) }, { type: 'composer', view: COMPOSER });
      const box = panel.page.getByRole('textbox', { name: 'Message to the model' });
      await box.fill('Why?');
      await panel.page.waitForFunction(() => window.posted.some((one) => (one as ToHost).type === 'draft'));
      const draft = await lastRequest('draft');
      assert.ok(draft?.type === 'draft' && draft.text === 'Why?');
      await panel.send({ type: 'draftTokens', draft: draft.draft, tokens: { count: 1_000, exact: false } });
      await eventually(async () => {
        assert.match(await panel.page.locator('.cost').innerText(), /sends ~105k/);
      });
      await box.press('Shift+Enter');
      assert.equal(await lastRequest('send'), undefined);
      await box.press('Enter');
      await asks({ type: 'send', text: 'Why?' });
      await panel.page.waitForFunction(
        () => (document.querySelector('vscode-text-area') as unknown as HTMLTextAreaElement).value === '',
      );
      await panel.send({
        type: 'composer',
        view: {
          ...COMPOSER,
          state: { kind: 'streaming', since: '2026-01-01T00:00:00Z', text: 'Because', reasoning: '' },
        },
      });
      await panel.page.getByText('Because').waitFor();
      await box.fill('more');
      await box.press('Enter');
      assert.equal((await panel.requests()).filter((one) => one.type === 'send').length, 1, 'not while one is running');
      await panel.page.getByRole('button', { name: 'Stop' }).click();
      await asks({ type: 'stop' });
    });

    it('keeps what Enter was pressed on until a model is known, and says so', async () => {
      await open();
      const unknown = { ...COMPOSER, models: [], modelId: null };
      await panel.send({ type: 'context', view: sampleContext(5) }, { type: 'composer', view: unknown });
      const box = panel.page.getByRole('textbox', { name: 'Message to the model' });
      await box.fill('Why?');
      await box.press('Enter');
      const waits = panel.page.getByRole('status').getByText('the message is sent once one is chosen below');
      await waits.waitFor();
      await panel.page.getByRole('button', { name: 'Do Not Send' }).click();
      await waits.waitFor({ state: 'detached' });
      await box.press('Enter');
      await waits.waitFor();
      await panel.send({ type: 'composer', view: COMPOSER });
      await asks({ type: 'send', text: 'Why?' });
      await waits.waitFor({ state: 'detached' });
      assert.equal((await panel.requests()).filter((one) => one.type === 'send').length, 1);
    });

    it('says why nothing can be sent, what is over, and what failed', async () => {
      await open();
      await panel.send(
        { type: 'context', view: sampleContext(5) },
        { type: 'composer', view: { ...COMPOSER, available: 100_000 } },
      );
      await panel.page.getByText('4.21k over the budget').waitFor();
      await panel.send({
        type: 'composer',
        view: {
          ...COMPOSER,
          state: { kind: 'failed', message: 'The server said 429. Your message is kept.', unsent: '', remedies: [] },
        },
      });
      await panel.page.getByRole('alert').getByText('Your message is kept').waitFor();
      await panel.send({ type: 'composer', view: { ...COMPOSER, models: [], modelId: null } });
      await panel.page.getByRole('button', { name: 'Configure a model…' }).click();
      await asks({ type: 'command', command: 'configureModel' });
    });
  });

  describe('records, graph and plan', () => {
    it('opens a record, goes back, and compares two marked ones, the older first', async () => {
      await open();
      await panel.send({ type: 'records', view: sampleRecords(20) });
      await tab('Records');
      await rows().nth(5).press('Enter');
      await asks({ type: 'openRecord', id: 'record-14' });
      await panel.send({ type: 'recordDetail', view: sampleDetail() });
      await panel.page.getByText('compiles to the same context again').waitFor();
      const long = sampleDetail().messages.find((one) => one.textLength === 18_400);
      await rows().nth(3).press(' ');
      const { head } = sampleDetail().record;
      await asks({ type: 'loadText', hash: long?.hash ?? '', at: head });
      await panel.send({ type: 'text', hash: long?.hash ?? '', at: head, text: 'as it was sent' });
      await panel.page.getByText('as it was sent').waitFor();
      await panel.page.getByRole('button', { name: 'Back to all records' }).click();
      await rows().nth(1).press(' ');
      await panel.page.getByText('Mark one more record to compare').waitFor();
      await rows().nth(4).press(' ');
      await panel.page.getByText('2 records marked').waitFor();
      await panel.page.getByRole('button', { name: 'Compare', exact: true }).click();
      await asks({ type: 'compareRecords', a: 'record-15', b: 'record-18' });
      await panel.send({ type: 'comparison', view: sampleComparison() });
      await panel.page.getByText('33 messages unchanged').click();
      await panel.page.getByText('Step 3 of the analysis').waitFor();
    });

    it('asks for twice as many rows near the end, once', async () => {
      await open();
      await panel.send({ type: 'graph', view: sampleGraph(200, true) });
      await tab('Graph');
      await rows().first().press('End');
      await panel.page.waitForFunction(() => window.posted.some((one) => (one as ToHost).type === 'loadGraph'));
      await panel.page.keyboard.press('Home');
      await panel.page.keyboard.press('End');
      const asked = (await panel.requests()).filter((request) => request.type === 'loadGraph');
      assert.deepEqual(asked, [{ type: 'loadGraph', limit: 400 }]);
      await panel.send({ type: 'graph', view: sampleGraph(400) });
      await panel.page.keyboard.press('End');
      await panel.page.locator('[data-index="399"]').waitFor();
    });

    it('brings a commit into sight when the host asks', async () => {
      await open();
      const graph = sampleGraph(300);
      const hash = graph.commits[250]?.hash ?? '';
      await panel.send({ type: 'graph', view: graph }, { type: 'reveal', tab: 'graph', hash });
      await panel.page.waitForFunction(() => (document.activeElement as HTMLElement).dataset['index'] === '250');
    });

    it('moves files of a plan with Space, never a deliverable, and commits it', async () => {
      await open();
      await panel.send({ type: 'plan', view: samplePlan(30) }, { type: 'reveal', tab: 'plan', hash: null });
      await rows().first().press(' ');
      assert.equal(await lastRequest('planMove'), undefined);
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.keyboard.press(' ');
      await asks({
        type: 'planMove',
        plan: 'plan-1',
        path: 'src/session/module-1.ts',
        kept: false,
      });
      await panel.page.getByRole('button', { name: 'Commit 13 Files' }).click();
      await asks({ type: 'planCommit', plan: 'plan-1' });
    });

    it('offers no commit of a plan between what was typed and the plan for it', async () => {
      await open();
      await panel.send({ type: 'plan', view: samplePlan(30) }, { type: 'reveal', tab: 'plan', hash: null });
      const commit = panel.page.getByRole('button', { name: 'Commit 14 Files' });
      assert.equal(await commit.isEnabled(), true);
      await panel.page.getByRole('textbox', { name: 'What you want to do' }).fill('captcha');
      await eventually(async () => {
        assert.equal(await commit.isEnabled(), false);
      });
      await asks({ type: 'planQuery', plan: 'plan-1', query: 'captcha' });
      await panel.send({ type: 'plan', view: { ...samplePlan(30), query: 'captcha' } });
      await commit.click();
      await asks({ type: 'planCommit', plan: 'plan-1' });
    });
  });
});

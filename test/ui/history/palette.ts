import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { answer } from '../../fixtures/llm-server.js';
import { eventually } from '../support/eventually.js';
import { expand, importFile, showContext, type HistoryWindow } from './window.js';

const MESSAGES = 120;
const KEY = 'sk-test-PALETTE-1a2b3c4d';

/** Commands that ask a question or draw something, by palette and mouse (SPEC §15, issue 3). */
export function palette(window: () => HistoryWindow): void {
  describe('commands in the window', () => {
    let server: HistoryWindow['server'];
    let workbench: HistoryWindow['workbench'];
    before(() => {
      ({ workbench, server } = window());
      const messages = Array.from({ length: MESSAGES }, (_, index) => ({
        role: index % 2 === 0 ? 'user' : 'assistant',
        content: `message ${String(index + 1).padStart(3, '0')} ${'of many '.repeat(20)}`,
      }));
      writeFileSync(join(workbench.folder, 'many.json'), JSON.stringify(messages));
    });

    const panel = () => workbench.webview();
    const tabSelected = (name: string) => panel().getByRole('tab', { name, selected: true }).waitFor();
    const messagesInContext = async (count: number) => {
      await showContext(workbench);
      await panel().getByText(`${count} messages`).waitFor();
    };
    /**
     * Turns the wheel over the history until a row is drawn, less than a view at a time. A busy window may scroll past it all
     * the same: then from the top again.
     */
    const scrollTo = async (row: Locator) => {
      await workbench.page.getByRole('tree', { name: 'History' }).hover({ position: { x: 100, y: 100 } });
      await eventually(async () => {
        await workbench.page.mouse.wheel(0, -100_000);
        for (let turns = 0; turns < 40 && (await row.count()) === 0; turns++) {
          await workbench.page.mouse.wheel(0, 200);
          await workbench.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
        }
        assert.equal(await row.count(), 1);
      });
    };
    /** Writes the draft that a command shows, and approves it and what it says it will do. */
    const compressByHand = async (summary: string) => {
      await workbench.pick(/Write it myself/);
      const compress = await workbench.draftButton('Compress');
      await workbench.page.keyboard.press('ControlOrMeta+A');
      await workbench.page.keyboard.insertText(summary);
      await compress.click();
      await workbench.answerDialog('Compress');
    };

    it('Load More brings the rest of a long branch into the tree', async () => {
      await importFile(workbench, 'many.json');
      await workbench.told(/Imported many\.json: 120 commits/);
      await workbench.openViewContainer('Tract');
      await expand(workbench.treeItem(/^tract message 001.*, active/));
      await workbench
        .treeItem(/, [0-9a-f]{8}, /)
        .first()
        .waitFor();
      // The tract itself is named after its first message.
      const oldest = workbench.treeItem(/^(?!tract ).*message 001/);
      await scrollTo(workbench.treeItem(/^Load more/));
      assert.equal(await oldest.count(), 0);
      await workbench.treeItem(/^Load more/).click();
      await workbench.treeItem(/^Load more/).waitFor({ state: 'detached' });
      await scrollTo(oldest);
    });

    it('Show Budget and Show Commit Graph open their tab', async () => {
      await workbench.runCommand('Tract: Show Budget');
      await tabSelected('Budget');
      await workbench.runCommand('Tract: Show Commit Graph');
      await tabSelected('Graph');
      await panel().getByText('message 120').first().waitFor();
    });

    it('Compare Two Commits… opens the native diff of their contexts', async () => {
      await workbench.runCommand('Tract: Compare Two Commits…');
      for (const [title, text] of [
        ['Compare: the Older Commit', 'message 119'],
        ['Compare: the Newer Commit', 'message 120'],
      ] as const) {
        await workbench.page.locator('.quick-input-title').filter({ hasText: title }).waitFor();
        await workbench.quickInput.fill(text);
        await workbench.pick(new RegExp(text));
      }
      await workbench.page.getByRole('tab', { name: /Context [0-9a-f]{8} ↔ [0-9a-f]{8}/ }).waitFor();
      await workbench.page
        .locator('.monaco-diff-editor .editor.modified .line-insert')
        .first()
        .waitFor({ state: 'attached' });
    });

    it('Make Room… says what each way frees; all but the last ten become one summary, Undo brings them back', async () => {
      await workbench.runCommand('Tract: Make Room…');
      await workbench.quickPickItem(/Compress the older 60 messages.*frees ~/).waitFor();
      await workbench.pick(/Compress all but the last 10 messages.*frees ~/);
      await compressByHand('What was said before.');
      const told = /Compressed 110 messages: ~/;
      await workbench.told(told);
      await messagesInContext(11);
      await workbench.answerToast(told, 'Undo');
      await messagesInContext(MESSAGES);
    });

    it('Make Room…: the older half becomes one summary', async () => {
      await workbench.runCommand('Tract: Make Room…');
      await workbench.pick(/Compress the older 60 messages/);
      await compressByHand('The older half.');
      await workbench.told(/Compressed 60 messages: ~/);
      await messagesInContext(61);
    });

    it('Clear API Key… takes the key away: it is sent no more', async () => {
      await workbench.runCommand('Tract: Set API Key…');
      await workbench.pick(/^local/);
      await workbench.type(KEY);
      await workbench.told(/The key for local is stored/);
      server.setDefault(answer({ text: 'Yes.' }));
      await workbench.runCommand('Tract: Generate');
      await server.received(1);
      await messagesInContext(62);
      await workbench.runCommand('Tract: Clear API Key…');
      await workbench.pick(/^local/);
      await workbench.told(/There is no key for local any more/);
      await workbench.runCommand('Tract: Generate');
      await server.received(2);
      assert.deepEqual(
        server.requests.map(({ headers }) => headers.authorization === `Bearer ${KEY}`),
        [true, false],
      );
    });
  });
}

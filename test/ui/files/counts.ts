import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workbench } from '../support/workbench.js';
import { eventually } from '../support/eventually.js';

const TEXT = '# Role\nYou are helpful.\n\n## Tone\nBe brief.\n\n# Task\nFix it.\n';
const CHAT = {
  messages: [
    { role: 'system', content: 'You are helpful.' },
    { role: 'user', content: 'Hi' },
  ],
};

/** Numbers follow a pause in typing; the machine may be busy. */
const SOON = { timeout: 15_000 };

/** §15, in a window without a tract. */
export function counts(window: () => Workbench): void {
  describe('token counts in the editor (§15)', () => {
    let workbench: Workbench;
    before(() => {
      workbench = window();
      mkdirSync(join(workbench.folder, 'counts'));
      writeFileSync(join(workbench.folder, 'counts', 'review.prompt.md'), TEXT);
      writeFileSync(join(workbench.folder, 'counts', 'chat.prompt.json'), JSON.stringify(CHAT, null, 2));
    });

    /** A line of the open editor that holds a text; labels are part of it. */
    const line = (...parts: string[]) =>
      parts.reduce(
        (lines, hasText) => lines.filter({ hasText }),
        workbench.page.locator('.editor-instance .view-line'),
      );
    const sees = (...parts: string[]) =>
      line(...parts)
        .first()
        .waitFor(SOON);

    /** What is drawn behind the text, in pseudo-elements. */
    const labels = () =>
      workbench.page.evaluate(() =>
        [...document.querySelectorAll('.editor-instance .view-line span')]
          .map((span) => getComputedStyle(span, '::after').content)
          .filter((content) => content.includes('tok')),
      );
    const drawn = async (...expected: string[]) => {
      const isDrawn = async () => (await labels()).join() === expected.join();
      for (const giveUp = Date.now() + SOON.timeout; Date.now() < giveUp && !(await isDrawn());)
        await workbench.page.waitForTimeout(100);
      assert.deepEqual(await labels(), expected);
    };

    it('shows each section its tokens, and the file in the status bar', async () => {
      await workbench.openFile('counts/review.prompt.md');
      await sees('# Role', '7 tok · Σ 13');
      await sees('## Tone', '6 tok');
      await sees('# Task', '6 tok');
      await workbench.statusBarItem('19 tok').waitFor(SOON);
    });

    it('follows typing', async () => {
      await line('Be brief.').first().click();
      await workbench.page.keyboard.press('End');
      await workbench.page.keyboard.type(' Hello', { delay: 20 });
      await sees('## Tone', '8 tok');
      await sees('# Role', '7 tok · Σ 15');
      await workbench.statusBarItem('21 tok').waitFor(SOON);
      await workbench.page.keyboard.press('ControlOrMeta+Z');
      await sees('# Role', '7 tok · Σ 13');
      await workbench.statusBarItem('19 tok').waitFor(SOON);
    });

    it('shows the tokens of a selection beside it and in the status bar', async () => {
      await line('You are helpful.').first().click();
      await workbench.page.keyboard.press('Home');
      await workbench.page.keyboard.press('Shift+End');
      await workbench.statusBarItem('4 tok selected').waitFor(SOON);
      await drawn('"4 tok selected"');
      await workbench.screenshot('editor-dark');
      await workbench.page.keyboard.press('Home');
      await workbench.statusBarItem('19 tok').waitFor(SOON);
    });

    it('says on hover whether it is exact and offers to commit the section', async () => {
      await workbench.page.getByText('6 tok').first().hover();
      const hover = workbench.page.locator('.monaco-hover', { hasText: 'Commit this section to context' }).first();
      await hover.waitFor(SOON);
      await hover.filter({ hasText: '6 tokens · exact for o200k_base' }).waitFor(SOON);
      await workbench.screenshot('editor-hover');
      await workbench.page.keyboard.press('Escape');
    });

    it('counts for the model that is chosen in the status bar', async () => {
      await workbench.statusBarItem('19 tok').click();
      await workbench.quickInput.fill('claude');
      await workbench.pick(/^claude,/);
      await sees('# Role', '~7 tok · Σ ~13');
      await workbench.statusBarItem('~19 tok').click();
      await workbench.quickInput.fill('o200k_base');
      await workbench.pick(/o200k_base/);
      await workbench.statusBarItem(/(?<!~)19 tok/).waitFor(SOON);
    });

    it('lists a folder heaviest first', async () => {
      await workbench.runCommand('Tract: Count Tokens of Folder…');
      await workbench.quickPickItem(/counts/).waitFor(SOON);
      await workbench.pick(/counts/);
      await workbench.quickPickItem(/chat\.prompt\.json/).waitFor(SOON);
      await eventually(async () => {
        const rows = await workbench.page.locator('.quick-input-widget').getByRole('option').allInnerTexts();
        assert.match(rows[1] ?? '', /chat\.prompt\.json/);
        assert.match(rows[2] ?? '', /review\.prompt\.md[\s\S]*19 tok/);
      });
      await workbench.screenshot('editor-folder');
      await workbench.page.keyboard.press('Escape');
    });

    it('shows messages of a chat and is readable in every theme', async () => {
      await workbench.openFile('counts/chat.prompt.json');
      await sees('"messages"', '16 tok · 2 messages');
      await workbench.screenshot('editor-chat');
      await workbench.page.getByRole('tab', { name: 'review.prompt.md' }).click();
      await sees('# Role', '7 tok · Σ 13');
      await workbench.setTheme('light');
      await workbench.screenshot('editor-light');
      await workbench.setTheme('highContrast');
      await workbench.screenshot('editor-high-contrast');
      await workbench.setTheme('dark');
    });

    it('draws them at the ends of lines instead, or not at all', async () => {
      workbench.writeWorkspaceSettings({ 'tract.inlineCounts.style': 'endOfLine' });
      await drawn('"7 tok · Σ 13"', '"6 tok"', '"6 tok"');
      await workbench.screenshot('editor-end-of-line');
      await workbench.runCommand('Tract: Toggle Inline Token Counts');
      await drawn();
    });
  });
}

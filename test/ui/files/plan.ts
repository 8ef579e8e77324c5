import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workbench } from '../support/workbench.js';
import { eventually } from '../support/eventually.js';

/** Issue 7: the plan for workspace files in the panel, by keyboard, up to the metrics. */
export function plan(window: () => Workbench): void {
  describe('a plan for workspace files', () => {
    let workbench: Workbench;
    before(() => {
      workbench = window();
      const folder = join(workbench.folder, 'planned');
      mkdirSync(folder);
      for (const [name, text] of [
        ['login-form.ts', 'login form '.repeat(8)],
        ['session.ts', 'session token of the login '.repeat(4)],
        ['other.ts', 'nothing to do with it '.repeat(4)],
      ] as const)
        writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, '.env'), 'SECRET=1');
    });

    const panel = () => workbench.webview();
    const bar = () => panel().locator('.plan-bar');
    const row = (name: string) => panel().getByRole('row', { name: new RegExp(`planned/${name}`) });

    it('ranks by what the person wants to do, and says what was not read', async () => {
      await workbench.runCommand('Tract: Add Workspace Files to Context…');
      await panel().locator('.plan-toolbar').waitFor();
      await panel().getByRole('button', { name: 'whole workspace' }).click();
      await workbench.pick(/planned$/);
      await panel().getByRole('textbox', { name: 'What you want to do' }).fill('the login form');
      // 22 and 27 of 60 tokens; the third, with 22, does not fit any more.
      await bar().getByText('lexical: disabled').waitFor();
      await row('login-form.ts, kept, 22 tokens').waitFor();
      await row('session.ts, kept, 27 tokens').waitFor();
      await row('other.ts, omitted, 22 tokens, Does not fit what is left').waitFor();
      await bar().getByText('~49').waitFor();
      await panel().locator('.skipped-files summary').click();
      await panel().getByText('may hold secrets').waitFor();
      await workbench.screenshot('plan');
    });

    it('moves and marks by keyboard; the bar follows and the focus stays', async () => {
      await row('session.ts').press(' ');
      await row('session.ts, omitted').waitFor();
      await bar().getByText('~22').waitFor();
      await row('other.ts').press('d');
      await row('other.ts, kept, 22 tokens, Deliverable').waitFor();
      await bar().getByText('~44').waitFor();
      await eventually(async () => {
        assert.equal(await row('other.ts').evaluate((element) => element === document.activeElement), true);
      });
    });

    it('commits; a file that changes is told of, and becomes an edit by one button', async () => {
      await panel().getByRole('button', { name: 'Commit 2 Files' }).click();
      await panel().getByText('2 messages').waitFor();
      appendFileSync(join(workbench.folder, 'planned', 'login-form.ts'), 'with a captcha');
      await panel().getByText('1 file changed since').waitFor();
      await workbench.screenshot('plan changed file');
      await panel().getByRole('button', { name: 'Commit Changes' }).click();
      await panel().getByText('1 file changed since').waitFor({ state: 'detached' });
      await panel().getByText('with a captcha').first().waitFor();
    });

    it('shows the selection among the metrics of the tract', async () => {
      await workbench.runCommand('Tract: Token Efficiency');
      await panel().locator('tract-plot canvas').waitFor();
      await panel().getByText('0, and 1 not sent yet').waitFor();
      await panel().getByText('not sent yet', { exact: true }).waitFor();
      await panel().getByText('2 kept, 1 omitted').waitFor();
      await workbench.screenshot('efficiency');
    });

    it('from the Explorer; one Undo in the toast takes the whole selection back', async () => {
      for (const name of ['first', 'second'])
        writeFileSync(join(workbench.folder, 'planned', `${name}-more.ts`), `captcha ${name}`);
      await workbench.chooseFromContextMenu(workbench.treeItem(/^planned/), 'Add Workspace Files to Context…');
      await panel().getByRole('button', { name: 'planned' }).waitFor();
      await panel().getByRole('textbox', { name: 'What you want to do' }).fill('captcha');
      await row('first-more.ts, kept').waitFor();
      await row('second-more.ts, kept').waitFor();
      await panel().getByRole('button', { name: 'Commit 4 Files' }).click();
      const told = /Context: 2 files added, 2 already there; ~53 tokens of files\./;
      await workbench.told(told);
      await panel().getByText('4 messages').waitFor();
      await workbench.screenshot('plan undo toast');
      await workbench.answerToast(told, 'Undo');
      await panel().getByText('2 messages').waitFor();
      await workbench.toast(told).waitFor({ state: 'detached' });
    });
  });
}

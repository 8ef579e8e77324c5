import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClaudeLines, text } from '../../unit/transcripts/claude-lines.js';
import { eventually } from '../support/eventually.js';
import { killExtensionHosts } from '../support/extension-hosts.js';
import type { Workbench } from '../support/workbench.js';
import { collapse, expand, importFile, showContext, type HistoryWindow } from './window.js';

/** Messages of the session during whose import the extension host dies. */
const MESSAGES = 6_000;

/** Issue 2: what a window that dies leaves. */
export function crash(window: () => HistoryWindow): void {
  describe('the history after a crash', () => {
    let workbench: Workbench;
    before(() => {
      ({ workbench } = window());
    });

    it('the extension host killed in an import loses no reported commit; importing again completes', async () => {
      const lines = new ClaudeLines('long');
      for (let n = 0; n < MESSAGES / 2; n++)
        lines.user(`u${n}`, `question ${n}`).assistant(`a${n}`, `m${n}`, text(`answer ${n}`));
      writeFileSync(join(workbench.folder, 'long.jsonl'), lines.text);
      await importFile(workbench, 'long.jsonl');
      const progress = workbench.toast(/Importing long\.jsonl.*[1-9]\d* commits/s);
      await progress.waitFor();
      const reported = Number(/(\d+) commits/.exec(await progress.innerText())?.[1]);
      assert.equal(killExtensionHosts(workbench.dataDir), 1);
      assert.ok(reported > 0 && reported < MESSAGES, `${reported} commits were reported`);
      await workbench.reload();
      await workbench.openViewContainer('Tract');
      await showContext(workbench);
      // The window opens the tract that is active: its many commits leave no place for the other tracts.
      await eventually(async () => {
        await collapse(workbench.treeItem(/^tract .*, active/));
        await workbench.treeItem(/^tract question 0/).waitFor({ timeout: 1000 });
        await workbench.treeItem(/^tract `tally sum/).waitFor({ timeout: 1000 });
      });
      await importFile(workbench, 'long.jsonl');
      const done = workbench.toast(/Imported long\.jsonl/);
      await done.waitFor({ timeout: 60_000 });
      const added = Number(/: ([\d,]+) commits/.exec(await done.innerText())?.[1]?.replace(',', ''));
      assert.ok(added > 0 && added <= MESSAGES - reported, `${reported} were there, ${added} were added`);
      await expand(workbench.treeItem(/^tract question 0, active/));
      await workbench.treeItem(/main, 6,000 commits/).waitFor();
    });
  });
}

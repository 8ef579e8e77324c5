import { Workbench } from './support/workbench.js';

describe('the window', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.start();
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(() => workbench.stop());

  it('runs a command of the extension from the palette', async () => {
    await workbench.runCommand('Tract: Show Log');
    await workbench.page.locator('.part.panel').getByText('Output').first().waitFor();
  });

  it('changes its colour theme', async () => {
    await workbench.setTheme('light');
    await workbench.setTheme('highContrast');
    await workbench.setTheme('dark');
    await workbench.page.locator('.monaco-workbench.vs-dark').waitFor();
  });
});

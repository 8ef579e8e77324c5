import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { HarnessError } from '../../../scripts/vscode/errors.js';
import { CACHE, ROOT, SAMPLE } from '../../../scripts/vscode/paths.js';
import type { Settings } from '../../../scripts/vscode/server.js';
import { eventually, soon } from './eventually.js';
import { endHost, giveBack, takeHost, type WindowHost } from './window-host.js';

/** The colour themes that screenshots are looked at in. */
export const THEMES = {
  dark: { id: 'Default Dark Modern', label: 'Dark Modern', cssClass: 'vs-dark' },
  light: { id: 'Default Light Modern', label: 'Light Modern', cssClass: 'vs' },
  highContrast: { id: 'Default High Contrast', label: 'Dark High Contrast', cssClass: 'hc-black' },
} as const;

/** What a busy machine may need for one step; tests that pass never wait that long. */
const LONGEST_MS = 40_000;

/** How long a fresh window may take until it knows the extension's commands. */
const ARRIVAL_MS = LONGEST_MS;

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

export interface WorkbenchOptions {
  /** Copied to a temporary folder and opened there, so that tests may write. The sample workspace by default. */
  readonly workspace?: string;
  /** A `.code-workspace` file in `workspace`, opened in its place. */
  readonly workspaceFile?: string;
  /** VSIX files to install in place of the repository's extension. */
  readonly vsix?: readonly string[];
  /** User settings on top of the quiet ones. */
  readonly settings?: Settings;
  readonly theme?: keyof typeof THEMES;
  /** The folder is not trusted. */
  readonly restricted?: boolean;
  /** Environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A real VS Code window in a headless browser. Start one per file in `before`, stop it in `after`; files share nothing that a
 * window can see, though server and browser are those of the file before where that is possible ({@link takeHost}).
 */
export class Workbench {
  /** A test failed in it: nobody shall come after. */
  private hasFailed = false;

  private constructor(
    readonly page: Page,
    /** The folder that is open. */
    readonly folder: string,
    private readonly host: WindowHost,
    private readonly url: string,
  ) {}

  static async start(options: WorkbenchOptions = {}): Promise<Workbench> {
    const folder = join(mkdtempSync(join(tmpdir(), 'tract-ui-')), 'workspace');
    cpSync(options.workspace ?? SAMPLE, folder, { recursive: true });
    const host = await takeHost({
      settings: {
        'workbench.colorTheme': THEMES[options.theme ?? 'dark'].id,
        // A view that takes the focus when it arrives would close the question that a test is answering.
        'workbench.quickOpen.closeOnFocusLost': false,
        ...options.settings,
      },
      ...(options.restricted && { restricted: true }),
      ...(options.vsix ? { installExtensions: options.vsix } : { linkExtension: ROOT }),
      ...(options.env && { env: options.env }),
    });
    const opened = options.workspaceFile === undefined ? folder : join(folder, options.workspaceFile);
    const workbench = new Workbench(host.page, folder, host, host.server.url({ folder: opened }));
    try {
      await workbench.open();
    } catch (error) {
      await endHost(host);
      throw error;
    }
    return workbench;
  }

  /** Where the server keeps settings, storage and logs of this window. */
  get dataDir(): string {
    return this.host.server.dataDir;
  }

  /** Another window on the same folder and server, in another tab of the browser. It ends with the first one's `stop`. */
  async secondWindow(): Promise<Workbench> {
    const second = new Workbench(await this.page.context().newPage(), this.folder, this.host, this.url);
    await second.open();
    return second;
  }

  /** Leaves the window, or ends its browser and server, and removes what it wrote. */
  async stop(): Promise<void> {
    await (this.hasFailed ? endHost(this.host) : giveBack(this.host));
    rmSync(join(this.folder, '..'), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Loads the window again, as *Developer: Reload Window* does, with the same storage. */
  async reload(): Promise<void> {
    await this.page.goto('about:blank');
    await this.open();
  }

  private async open(): Promise<void> {
    this.page.setDefaultTimeout(LONGEST_MS);
    await this.page.goto(this.url);
    // The palette lists what it knows when it opens: the extension's commands come together with its view container.
    await this.viewContainer('Tract').waitFor();
  }

  /**
   * Runs a command by its title in the palette, `Tract: Import Session…`. The palette lists what is known when it
   * opens, so it is opened again until the extension has arrived.
   */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickItem(new RegExp(`^${escapeRegExp(title)}(,|$)`)).first();
    for (const giveUp = Date.now() + ARRIVAL_MS; ;) {
      await this.page.keyboard.press('F1');
      try {
        await this.quickInput.fill(`>${title}`, { timeout: 2000 });
        await row.click({ timeout: 2000 });
        return;
      } catch (error) {
        if (Date.now() > giveUp) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The text field of the open quick pick or input box. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-filter input');
  }

  /** A row of the open quick pick. */
  quickPickItem(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-widget').getByRole('option', { name: text });
  }

  /** Chooses a row of the quick pick that is open, or opens soon. */
  async pick(text: string | RegExp): Promise<void> {
    await this.quickPickItem(text).first().click();
  }

  /** Types into the input box that is open, or opens soon, and accepts. */
  async type(text: string): Promise<void> {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Chooses a file in VS Code's own file dialog, by its path in the workspace; `button` is what confirms it. */
  async chooseFile(path: string, button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).waitFor();
    // The dialog writes the folder it starts in into its field, also over what was typed before.
    while ((await this.quickInput.inputValue()) === '') await this.page.waitForTimeout(50);
    await this.quickPickItem('prompts').or(this.quickPickItem('..')).first().waitFor();
    await this.quickInput.fill(join(this.folder, path));
    await this.quickPickItem(new RegExp(escapeRegExp(basename(path, extname(path)))))
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
  }

  private viewContainer(title: string): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name: title });
  }

  /** Opens a view container by the title on its activity bar icon. */
  async openViewContainer(title: string): Promise<void> {
    const tab = this.viewContainer(title);
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.locator('a').click();
  }

  /** A row of any tree view, by its accessible name. */
  treeItem(name: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  /** Opens the context menu of an element and chooses an entry; again when a refresh of the tree closed the menu, or a hover lay over it. */
  async chooseFromContextMenu(target: Locator, entry: string | RegExp): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: entry });
    for (const giveUp = Date.now() + ARRIVAL_MS; ;) {
      try {
        await target.click({ button: 'right', timeout: 2000 });
        await item.click({ timeout: 2000 });
        break;
      } catch (error) {
        if (Date.now() > giveUp) throw error;
        await this.page.keyboard.press('Escape');
        // A hover that lies over the row goes with the mouse.
        await this.page.mouse.move(0, 0);
      }
    }
    // VS Code ignores a click that comes right after the menu opened.
    await item.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => item.click());
  }

  /** The content of the one webview that is open. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Of several open webviews, the content of the one that holds something fitting `selector`. */
  async webviewWith(selector: string): Promise<Frame> {
    for (const giveUp = Date.now() + ARRIVAL_MS; Date.now() < giveUp;) {
      for (const frame of this.page.frames()) {
        if (frame === this.page.mainFrame()) continue;
        // A frame may be replaced while it is looked at.
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new HarnessError(`No open webview has ${selector}.`);
  }

  /**
   * Opens the list of notifications, where one has this text, and gives it.
   */
  async notification(text: string | RegExp): Promise<Locator> {
    const list = this.page.locator('.notifications-center.visible');
    if ((await list.count()) === 0) await this.page.locator('[id="status.notifications"]').click();
    return list.locator('.notification-list-item').filter({ hasText: text });
  }

  /** A toast. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  }

  /** What the window tells in a toast, once it does; from the list of notifications when VS Code has taken the toast away by then. */
  async told(text: string | RegExp): Promise<Locator> {
    const toast = this.toast(text);
    try {
      await toast.waitFor({ timeout: LONGEST_MS / 4 });
      return toast;
    } catch {
      const item = await this.notification(text);
      await item.waitFor();
      return item;
    }
  }

  /** Answers what the window tells by the label of a button. */
  async answerToast(text: string | RegExp, button: string): Promise<void> {
    try {
      await this.toast(text)
        .getByRole('button', { name: button })
        .click({ timeout: LONGEST_MS / 4 });
    } catch {
      await (await this.notification(text)).getByRole('button', { name: button }).click();
    }
  }

  /** The modal question of VS Code. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Answers the modal question by the label of a button. */
  async answerDialog(button: string | RegExp): Promise<void> {
    await this.dialog.getByRole('button', { name: button }).click();
  }

  /**
   * A button above the text that is to be written and approved, when it is there and the text has the focus. VS Code asks for
   * such buttons only while it has, and a view that arrives late may have taken it.
   */
  async draftButton(label: string): Promise<Locator> {
    const button = this.page.locator('.codelens-decoration').getByRole('button', { name: label });
    const draft = this.page.locator('.part.editor .monaco-editor[data-uri^="untitled:"]').getByRole('textbox');
    await eventually(async () => {
      await draft.focus();
      await button.waitFor({ timeout: 5000 });
    });
    return button;
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text });
  }

  /** Opens a file of the workspace by its path in it. */
  async openFile(path: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+P');
    await this.quickInput.waitFor();
    await this.quickInput.fill(path);
    await this.quickPickItem(new RegExp(path.split('/').pop() ?? path))
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
    const tab = this.page.locator('.part.editor').getByRole('tab', { name: path.split('/').pop() ?? path });
    await tab.waitFor();
    // After a reload the window still puts its earlier editors back, also in front of this one.
    await eventually(async () => {
      if ((await tab.getAttribute('aria-selected')) === 'true') return;
      await tab.click();
      throw new HarnessError(`The editor of ${path} is not in front.`);
    });
  }

  /** Turns a setting on as a person does, in the settings editor: the server does not watch the file of user settings. */
  async turnOnSetting(id: string): Promise<void> {
    await this.runCommand('Preferences: Open Settings (UI)');
    const editor = this.page.locator('.settings-editor');
    await editor.locator('.search-container .monaco-editor').click();
    await this.page.keyboard.insertText(id);
    const box = editor.getByRole('checkbox', { name: id });
    await box.click();
    await editor.getByRole('checkbox', { name: id, checked: true }).waitFor();
    await soon(() => {
      const settings = JSON.parse(readFileSync(this.host.server.settingsFile, 'utf8')) as Settings;
      if (settings[id] !== true) throw new HarnessError(`The window has not written ${id} to its user settings.`);
    });
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      await editor.waitFor({ state: 'hidden', timeout: 1000 });
    });
  }

  /** Changes settings of the workspace on disk, which the window watches. */
  writeWorkspaceSettings(settings: Settings): void {
    const file = join(this.folder, '.vscode', 'settings.json');
    const current = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Settings) : {};
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...current, ...settings }, null, 2));
  }

  /** Shows the window in another colour theme. */
  async setTheme(theme: keyof typeof THEMES): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.fill(THEMES[theme].label);
    await this.pick(THEMES[theme].label);
    await this.page.locator(`.monaco-workbench.${THEMES[theme].cssClass}`).waitFor();
  }

  /** Writes `.vscode-test/screenshots/NAME.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    const path = join(CACHE, 'screenshots', `${name.replace(/[^\w-]+/g, '-').slice(0, 100)}.png`);
    mkdirSync(join(CACHE, 'screenshots'), { recursive: true });
    await this.page.screenshot({ path });
    return path;
  }

  /** For `afterEach`: keeps a picture of the window, and its logs, when the test failed. */
  async screenshotOnFailure(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state !== 'failed') return;
    this.hasFailed = true;
    const picture = await this.screenshot(test.fullTitle());
    cpSync(join(this.dataDir, 'data', 'logs'), `${picture}.logs`, { recursive: true, force: true });
    console.log(`Screenshot: ${picture}; the window's logs are beside it.`);
  }
}

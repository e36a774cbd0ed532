import { cpSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { CleanUp } from '../clean-up.ts';
import { openPage } from './browser.ts';
import { Profile } from './profile.ts';
import { CodeServer, installExtension } from './server.ts';

const START_TIMEOUT_MS = 60_000;
const WAIT_TIMEOUT_MS = 15_000;
/** Of one try of what may have to be tried again. */
const TRY_TIMEOUT_MS = 3_000;

export interface WorkbenchOptions {
  /** The packaged extension. */
  readonly vsix: string;
  readonly folder: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the folder has to be trusted first. */
  readonly workspaceTrust?: boolean;
  /** Variables for the extension host, added to our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder for pictures, and for what VS Code logged when something failed. */
  readonly artifacts: string;
}

/** A VS Code with the packaged extension, seen and used as a person would: through its window, in a browser. */
export class Workbench {
  readonly page: Page;
  readonly #profile: Profile;
  readonly #artifacts: string;

  private constructor(page: Page, profile: Profile, artifacts: string) {
    this.page = page;
    this.#profile = profile;
    this.#artifacts = artifacts;
  }

  /** `cleanUp` closes it. */
  static async open(options: WorkbenchOptions, cleanUp: CleanUp): Promise<Workbench> {
    const profile = new Profile({ 'window.autoDetectColorScheme': true, ...options.settings });
    cleanUp.add(() => profile.remove());
    const serverOptions = {
      userDataDirectory: profile.userDataDirectory,
      extensionsDirectory: profile.extensionsDirectory,
      stateDirectory: path.join(profile.directory, 'server'),
      env: options.env ?? {},
      workspaceTrust: options.workspaceTrust ?? false,
    };
    installExtension(options.vsix, serverOptions);
    const server = await CodeServer.start(serverOptions, cleanUp);
    // After the server, to be closed before it.
    const page = await openPage(cleanUp);
    const workbench = new Workbench(page, profile, options.artifacts);
    try {
      await page.goto(server.url(options.folder));
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: START_TIMEOUT_MS });
      return workbench;
    } catch (error) {
      await workbench.keepEvidence('workbench did not open');
      throw error;
    }
  }

  /** The same folder in another window, which has an extension host of its own. */
  async openAnother(): Promise<Workbench> {
    const page = await this.page.context().newPage();
    await page.goto(this.page.url());
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: START_TIMEOUT_MS });
    return new Workbench(page, this.#profile, this.#artifacts);
  }

  /** Where VS Code keeps what is the user's. */
  get userDataDirectory(): string {
    return this.#profile.userDataDirectory;
  }

  /** Added to those before; the window takes them up by itself. */
  writeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.#profile.writeSettings(settings);
  }

  /** Opens the palette on a text; `>` in front of it asks for commands, none for files. */
  async openPalette(text: string): Promise<Locator> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ timeout: WAIT_TIMEOUT_MS });
    await input.fill(text);
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** @param title as the palette shows it, category included */
  async runCommand(title: string): Promise<void> {
    await tryAgain(
      async () => {
        const row = (await this.openPalette(`>${title}`)).filter({ hasText: title }).first();
        await row.click({ timeout: TRY_TIMEOUT_MS });
      },
      // The list is made when the palette opens: a command that is enabled later shows when it opens again.
      () => this.page.keyboard.press('Escape'),
    );
  }

  /** @param name the end of its path, enough of it to be the first that is found */
  async openFile(name: string): Promise<void> {
    const rows = await this.openPalette(name);
    await rows.first().waitFor({ timeout: WAIT_TIMEOUT_MS });
    await this.page.keyboard.press('Enter');
    const tab = this.page.locator('.tab.active', { hasText: path.posix.basename(name) });
    await tab.waitFor({ timeout: WAIT_TIMEOUT_MS });
  }

  /** Chooses an item of the quick pick that is open. */
  async pick(label: string | RegExp): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label });
    await row.first().click({ timeout: WAIT_TIMEOUT_MS });
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input[type="text"]');
    await input.fill(text, { timeout: WAIT_TIMEOUT_MS });
    await this.page.keyboard.press('Enter');
  }

  /** Shows a view container of the side bar. */
  async showView(container: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: container });
    await tab.waitFor({ timeout: WAIT_TIMEOUT_MS });
    // A click on the tab of what is shown already would hide it.
    if ((await tab.getAttribute('aria-selected')) !== 'true') {
      await tab.click();
      // Away from the tab, which would show what it is called.
      await this.page.mouse.move(0, 0);
    }
  }

  treeItem(name: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  codeLens(title: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: title });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** Settles with the text of the first error that is shown; never, if none is. */
  async errorShown(signal: AbortSignal): Promise<string> {
    const toast = this.page.locator('.notification-toast', { has: this.page.locator('.codicon-error') }).first();
    while (!(await toast.isVisible())) {
      await delay(200, undefined, { signal });
    }
    return (await toast.locator('.notification-list-item-message').textContent()) ?? '';
  }

  /** Shows an output channel in the panel. */
  async showOutput(channel: string): Promise<void> {
    await this.runCommand('Output: Show Output Channels...');
    await this.pick(channel);
    await this.page
      .locator('.part.panel .output-view, .part.panel .monaco-editor')
      .first()
      .waitFor({ timeout: WAIT_TIMEOUT_MS });
  }

  /** The whole text of an output channel, as VS Code keeps it on disk: the page holds the visible lines only. */
  outputText(channel: string): string {
    const logs = path.join(this.#profile.userDataDirectory, 'logs');
    return globSync(`**/*${channel}.log`, { cwd: logs })
      .toSorted()
      .map((file) => readFileSync(path.join(logs, file), 'utf8'))
      .join('');
  }

  /** @throws with the channel's text when it does not come to match in time */
  async waitForOutput(channel: string, expected: RegExp, timeoutMs = WAIT_TIMEOUT_MS): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const text = this.outputText(channel);
      if (expected.test(text)) {
        return text;
      }
      if (Date.now() > deadline) {
        throw new Error(`“${channel}” does not match ${expected} after ${timeoutMs} ms. It holds:\n${text}`);
      }
      await delay(100);
    }
  }

  /** Points at something until its hover is shown: a window that draws it anew meanwhile forgets the pointer. */
  async hover(target: Locator, text: string): Promise<void> {
    const shown = this.page.locator('.monaco-hover', { hasText: text });
    await tryAgain(
      async () => {
        await target.hover();
        await shown.waitFor({ timeout: TRY_TIMEOUT_MS });
      },
      () => this.page.mouse.move(0, 0),
    );
  }

  /** The default theme of that kind, whatever it is called in this version. */
  async setTheme(kind: 'light' | 'dark'): Promise<void> {
    await this.page.emulateMedia({ colorScheme: kind });
    const themed = this.page.locator(`.monaco-workbench.${kind === 'light' ? 'vs' : 'vs-dark'}`);
    await themed.waitFor({ timeout: WAIT_TIMEOUT_MS });
  }

  /** @returns the path of the picture */
  async screenshot(name: string): Promise<string> {
    const file = path.join(this.#artifacts, 'screenshots', `${name}.png`);
    // As it will look when all has settled.
    await this.page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  /** Saves what the window shows and what VS Code has logged so far. @returns the folder in which it is */
  async keepEvidence(ofFailure: string): Promise<string> {
    const folder = path.join(this.#artifacts, `failure-${ofFailure.replaceAll(/\W+/g, '-')}`);
    cpSync(path.join(this.#profile.userDataDirectory, 'logs'), path.join(folder, 'logs'), { recursive: true });
    // The page may have crashed or hang: that must not hide the failure itself.
    await this.page.screenshot({ path: path.join(folder, 'window.png') }).catch(() => {});
    return folder;
  }
}

/** @param undo what a try has left that has failed. Rejects with the last failure when the time is over. */
async function tryAgain(attempt: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + WAIT_TIMEOUT_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await undo();
    }
  }
}

import { existsSync } from 'node:fs';
import process from 'node:process';
import { chromium, type Page } from 'playwright-core';
import type { CleanUp } from '../clean-up.ts';
import { commandPath } from '../processes.ts';
import { ensureDebianPackages } from '../setup/debian-packages.ts';

const BROWSER_COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const BROWSER_APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The Chromium that the variable CHROMIUM names, else one of this machine, else Debian's. */
export async function ensureChromium(): Promise<string> {
  const found = installedChromium();
  if (found !== undefined) {
    return found;
  }
  await ensureDebianPackages('chromium');
  return installedChromium() ?? 'chromium';
}

function installedChromium(): string | undefined {
  return (
    process.env['CHROMIUM'] ??
    BROWSER_COMMANDS.map(commandPath).find((file) => file !== undefined) ??
    BROWSER_APPLICATIONS.find((file) => existsSync(file))
  );
}

/** A page in a headless window that can reach this machine only. */
export async function openPage(cleanUp: CleanUp): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    // Chromium's sandbox does not work for root or inside most containers; it sees only our own pages.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    // It would end this process before all is cleaned up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  cleanUp.add(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  const page = await context.newPage();
  // Before the browser: a window that goes away lets an extension deactivate.
  cleanUp.add(() => page.close());
  return page;
}

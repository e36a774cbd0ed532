import type { Locator } from 'playwright-core';
import type { Workbench } from '../../scripts/vscode/workbench.ts';

/** A first stop has a container, a debugger and its session to start. */
const slowMs = 45_000;

/** Sets a breakpoint in the file that is open. */
export async function setBreakpoint(workbench: Workbench, line: number): Promise<void> {
  const { page } = workbench;
  const set = page.locator('.editor-group-container.active .codicon-debug-breakpoint');
  const before = await set.count();
  const rows = await workbench.openPalette(`:${line}`);
  await rows.filter({ hasText: new RegExp(`line ${line}\\b`) }).click();
  await page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
  await page.keyboard.press('F9');
  await set.nth(before).waitFor();
}

/** Waits until the editor of `file` is in front and shows where the function has stopped. */
export async function waitUntilStopped(workbench: Workbench, file: string): Promise<void> {
  const { page } = workbench;
  await page.locator('.tab.active', { hasText: file }).waitFor({ timeout: slowMs });
  await page.locator('.debug-top-stack-frame-line').first().waitFor({ timeout: slowMs });
}

/** Unfolds the local variables, which the view does by itself only if it is there before the function stops. */
export async function showVariables(workbench: Workbench): Promise<void> {
  await workbench.showView('Run and Debug');
  const local = workbench.page.locator('.debug-variables').getByRole('treeitem', { name: /Local/ });
  await local.waitFor();
  if ((await local.getAttribute('aria-expanded')) === 'false') {
    await local.click();
  }
}

/** A row of the Variables view, such as `call = 2`. */
export function variable(workbench: Workbench, name: string, value: string): Locator {
  return workbench.page
    .locator('.debug-variables .monaco-list-row')
    .filter({ has: workbench.page.locator('.name', { hasText: new RegExp(`^${name}`) }) })
    .filter({ hasText: value });
}

/** Waits until the Debug Console shows this text. */
export async function waitForConsole(workbench: Workbench, text: string): Promise<void> {
  await workbench.page.locator('.repl .monaco-list-row', { hasText: text }).first().waitFor({ timeout: slowMs });
}

export function toolbarButton(workbench: Workbench, name: string | RegExp): Locator {
  // A button with a menu is a button in a button.
  return workbench.page.locator('.debug-toolbar').getByRole('button', { name }).last();
}

import type { Locator } from 'playwright-core';
import type { Workbench } from '../../scripts/vscode/workbench.ts';

/** The text of the response document that is shown. */
function shownResponse(workbench: Workbench): Locator {
  const group = workbench.page.locator('.editor-group-container', {
    has: workbench.page.locator('.tab.active', { hasText: '.response' }),
  });
  return group.locator('.view-lines');
}

/** Waits until a response with this text is shown. (No pattern: the editor shows spaces as other characters.) */
export async function waitForResponse(workbench: Workbench, text: string): Promise<void> {
  await shownResponse(workbench).filter({ hasText: text }).waitFor({ timeout: 60_000 });
}

/** Answers beforehand what the first run on this machine would ask. */
export async function allowHostRun(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Hot Functions: Allow Running Functions on This Machine');
  await workbench.statusBarItem('may run on this machine').waitFor();
}

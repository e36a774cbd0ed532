import type { Locator } from 'playwright-core';
import type { Workbench } from '../../scripts/vscode/workbench.ts';

/** The text of the response document that is shown. */
export function shownResponse(workbench: Workbench): Locator {
  const group = workbench.page.locator('.editor-group-container', {
    has: workbench.page.locator('.tab.active', { hasText: '.response' }),
  });
  return group.locator('.view-lines');
}

/** Waits until a response with this text is shown. */
export async function waitForResponse(workbench: Workbench, text: string | RegExp): Promise<void> {
  await shownResponse(workbench).filter({ hasText: text }).waitFor({ timeout: 60_000 });
}

import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UiTests } from './harness.ts';
import { allowHostRun, waitForResponse } from './response.ts';

function workspace(name: string): string {
  return fileURLToPath(new URL(`../fixtures/workspaces/${name}`, import.meta.url));
}

describe('an empty workspace', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('empty') });

  ui.it('says how to begin', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.page.getByText('This workspace defines no functions yet.').waitFor();
    await workbench.screenshot('empty-workspace');
  });

  ui.it('gets a function that works', async (workbench) => {
    await workbench.page.locator('.pane-body').getByRole('button', { name: 'Create Function' }).click();
    await workbench.answer('greet');
    await workbench.treeItem(/^Route \/greet, hot/).waitFor();
    await allowHostRun(workbench);
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'GET /greet, call 1 of this process');
    await workbench.screenshot('created-function');
  });
});

describe('a workspace whose only function has an error', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('broken') });

  ui.it('leads to the problem', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.page.locator('.pane-body').getByRole('button', { name: 'Show Problems' }).click();
    await workbench.page.locator('.markers-panel').getByText('"memory" must be').waitFor();
    await workbench.screenshot('broken-function');
  });
});

describe('long names', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('long-names') });

  ui.it('leave room for what matters, also in a narrow window', async (workbench) => {
    await workbench.page.setViewportSize({ width: 700, height: 600 });
    await workbench.showView('Hot Functions');
    const row = workbench.treeItem(/^Route \/an-unusually-long/);
    await row.waitFor();
    await allowHostRun(workbench);
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    await waitForResponse(workbench, 'call 1 of this process');
    await workbench.treeItem(/^Container with-a-function-…-\d+, idle/).waitFor();
    await workbench.screenshot('long-names');
  });
});

import { describe } from 'node:test';
import { UiTests } from './harness.ts';
import { allowHostRun, waitForResponse } from './response.ts';

describe('Keep Warm', () => {
  const ui = new UiTests({ engine: 'process' });

  ui.it('is in the menu of a cold route, and says once what it means', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem('/cold-shell').waitFor();
    await allowHostRun(workbench);
    await workbench.treeItem('/cold-shell').click({ button: 'right' });
    const item = workbench.page.getByRole('menuitem', { name: 'Keep Warm' });
    await item.waitFor();
    await workbench.screenshot('keep-warm-menu');
    await item.hover();
    // A click so soon is taken for the end of the one that has opened the menu.
    await workbench.page.keyboard.press('Enter');
    await workbench.notification('its function is started ahead').waitFor();
    await workbench.treeItem(/^Route \/cold-shell, cold, kept warm/).waitFor();
    await workbench.screenshot('keep-warm-explained');
  });

  ui.it('shows the container that waits, and who was given it', async (workbench) => {
    const row = workbench.treeItem(/^Route \/cold-shell/);
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    await waitForResponse(workbench, 'cold');
    await workbench.treeItem(/^Route \/cold-shell, cold, kept warm, 1 waiting/).waitFor();
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    await waitForResponse(workbench, 'kept warm');
    await workbench.screenshot('keep-warm');
  });
});

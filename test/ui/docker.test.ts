import { describe } from 'node:test';
import { UiTests } from './harness.ts';
import { waitForResponse } from './response.ts';

describe('invoking in containers', () => {
  const ui = new UiTests({ engine: 'docker' });

  ui.it('builds the image, and asks nothing', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.openFile('hot-python/func.yaml');
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'call 1');
    await workbench.statusBarItem('Docker: 1 hot').waitFor();
  });

  ui.it('again is served by the same container', async (workbench) => {
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'call 2');
    await workbench.treeItem(/^Container hot-python-\d+, idle, \d+ s left, 2 calls/).waitFor();
    await workbench.screenshot('docker-hot');
  });

  ui.it('cold leaves no container', async (workbench) => {
    await workbench.openFile('cold-shell/func.yaml');
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'cold, container hot-');
    await workbench.statusBarItem('Docker: 1 hot').waitFor();
  });
});

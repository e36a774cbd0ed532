import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { UiTests } from './harness.ts';
import { waitForResponse } from './response.ts';

describe('invoking on this machine', () => {
  const ui = new UiTests({ engine: 'process' });

  ui.it('is offered by a lens above the definition', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem('/hot-node').waitFor();
    await workbench.openFile('hot-node/func.yaml');
    await workbench.codeLens('Invoke').waitFor();
    assert.equal(await workbench.codeLens('Invoke').count(), 1);
  });

  ui.it('asks once whether functions may run without a container', async (workbench) => {
    await workbench.codeLens('Invoke').click();
    const question = workbench.notification('directly on this machine');
    await question.waitFor();
    await workbench.screenshot('confirm-host-run');
    await question.getByRole('button', { name: 'Run on This Machine' }).click();
    await waitForResponse(workbench, 'GET /hot-node, call 1 of this process');
  });

  ui.it('shows the container that waits below its route, and counts it in the status bar', async (workbench) => {
    await workbench.treeItem(/^Container hot-node-\d+, idle, \d+ s left, 1 call/).waitFor();
    await workbench.statusBarItem('this machine: 1 hot').waitFor();
  });

  ui.it('again reuses the container, with the response in its place and without a question', async (workbench) => {
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'GET /hot-node, call 2 of this process');
    await workbench.treeItem(/^Container hot-node-\d+, idle, \d+ s left, 2 calls/).waitFor();
    assert.equal(await workbench.page.locator('.tab', { hasText: '.response' }).count(), 1);
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
  });

  ui.it('from the palette begins with the route of the active file, and keeps its payload', async (workbench) => {
    await workbench.runCommand('Hot Functions: Invoke Function…');
    const first = workbench.page.locator('.quick-input-list .monaco-list-row').first();
    await first.filter({ hasText: '/hot-node' }).waitFor();
    await workbench.screenshot('pick-route');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.quick-input-widget', { hasText: 'payload' }).waitFor();
    await workbench.answer('Johnny');
    await waitForResponse(workbench, 'Hello Johnny');

    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'call 4 of this process');
    await waitForResponse(workbench, 'Hello Johnny');

    await workbench.runCommand('Hot Functions: Invoke Function…');
    await first.filter({ hasText: '/hot-node' }).waitFor();
    await workbench.page.keyboard.press('Enter');
    const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]');
    await workbench.page.locator('.quick-input-widget', { hasText: 'an empty one calls without' }).waitFor();
    assert.equal(await input.inputValue(), 'Johnny');
    await workbench.screenshot('payload');
    await workbench.page.keyboard.press('Escape');
  });

  ui.it('by the button of a row calls at once', async (workbench) => {
    const row = workbench.treeItem('Route /cold-node, cold');
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    await waitForResponse(workbench, 'Hello World');
    await waitForResponse(workbench, 'GET /cold-node');
  });

  for (const [kind, call] of [
    ['light', 5],
    ['dark', 6],
  ] as const) {
    ui.it(`shows the exchange on the wire, in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      await workbench.runCommand('Hot Functions: Show Wire Log');
      await workbench.codeLens('Invoke').click();
      await workbench.page.locator('.part.panel .view-lines', { hasText: 'response complete' }).waitFor();
      await waitForResponse(workbench, `call ${call} of this process`);
      await workbench
        .treeItem(/^Call to examples\/hot-node, done/)
        .nth(call - 1)
        .waitFor();
      await workbench.screenshot(`main-job-${kind}`);
    });
  }

  ui.it('stops containers from the row of their route', async (workbench) => {
    await workbench.treeItem(/^Container hot-node-/).waitFor();
    const row = workbench.treeItem(/^Route \/hot-node, hot/);
    await row.hover();
    await row.getByRole('button', { name: 'Stop Containers' }).click();
    await workbench.treeItem(/^Container hot-node-/).waitFor({ state: 'detached' });
    await workbench.page.getByRole('button', { name: 'Hot Functions, this machine, no containers' }).waitFor();
  });
});

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Workbench } from '../../scripts/vscode/workbench.ts';
import { UiTests } from './harness.ts';
import { allowHostRun, waitForResponse } from './response.ts';

const folder = fileURLToPath(new URL('../fixtures/workspaces/misbehaving', import.meta.url));

async function invokeRow(workbench: Workbench, path: string): Promise<void> {
  const row = workbench.treeItem(new RegExp(`^Route ${path}, hot`));
  await row.hover();
  await row.getByRole('button', { name: 'Invoke' }).click();
}

describe('a function that misbehaves', () => {
  const ui = new UiTests({ engine: 'process', folder });

  ui.it('but answers with a status of its own is no failure', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/missing/).waitFor();
    await allowHostRun(workbench);
    await invokeRow(workbench, '/missing');
    await waitForResponse(workbench, '404 Not Found');
    await waitForResponse(workbench, 'no such customer');
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
    await workbench.screenshot('status-404');
  });

  ui.it('by a stray print is told what it did and where to look', async (workbench) => {
    await invokeRow(workbench, '/stray');
    const message = workbench.notification('stdout');
    await message.waitFor();
    await waitForResponse(workbench, 'connected to database');
    await workbench.screenshot('stray-output');
    await message.getByRole('button', { name: 'Show Wire Log' }).click();
    await workbench.page.locator('.part.panel .view-lines', { hasText: 'connected to database' }).waitFor();
    await workbench.screenshot('stray-output-wire');
  });

  ui.it('by never answering can be cancelled, which ends its container', async (workbench) => {
    await invokeRow(workbench, '/slow');
    const progress = workbench.notification('Invoking misbehaving/slow');
    await workbench.treeItem(/^Container slow-\d+, busy/).waitFor();
    await progress.waitFor();
    await workbench.screenshot('in-flight');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await workbench.statusBarItem('misbehaving/slow: cancelled').waitFor();
    await workbench.treeItem(/^Container slow-/).waitFor({ state: 'detached' });
  });

  ui.it('by a crash shows its exit code and the end of its stderr', async (workbench) => {
    await invokeRow(workbench, '/crash');
    await waitForResponse(workbench, 'the database is away');
    const message = workbench.notification(/exit|ended/i);
    await message.getByRole('button', { name: 'Show Log' }).click();
    await workbench.waitForOutput('Hot Functions', /crash-\d+ call \w+\] Error: the database is away/);
    await workbench.screenshot('crash');
  });

  ui.it('by crashing again and again says when it is started again, and can be retried', async (workbench) => {
    const notInLoop = workbench.treeItem(/^Route \/crash, hot$/);
    // The first back-offs are over before a person, or a test, has looked.
    for (const crashes of [2, 3, 4, 5]) {
      await notInLoop.waitFor();
      await invokeRow(workbench, '/crash');
      await workbench.waitForOutput('Hot Functions', new RegExp(`(crash call \\w+\\] failed[\\s\\S]*){${crashes}}`));
    }
    const inLoop = workbench.treeItem(/^Route \/crash, hot, crash loop, again in \d+ s/);
    await inLoop.hover();
    await inLoop.getByRole('button', { name: 'Retry' }).waitFor();
    await workbench.screenshot('crash-loop');
    await notInLoop.waitFor();
  });
});

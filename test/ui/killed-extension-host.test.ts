import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import Dockerode from 'dockerode';
import type { Workbench } from '../../scripts/vscode/workbench.ts';
import { descendantsRunning, isRunning, killExtensionHosts } from './extension-host.ts';
import { UiTests } from './harness.ts';
import { allowHostRun, waitForResponse } from './response.ts';

const stubborn = fileURLToPath(new URL('../fixtures/workspaces/stubborn', import.meta.url));

/** Settles when the host that VS Code starts in its place has looked for what the one before has left. */
async function removed(workbench: Workbench, what: string): Promise<void> {
  await workbench.waitForOutput('Hot Functions', new RegExp(`Removed ${what} left by a window that ended\\.`), 60_000);
}

describe('an extension host that was killed', () => {
  const ui = new UiTests({ engine: 'process', folder: stubborn });

  ui.it('leaves no function running once it is back', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/stays/).waitFor();
    await allowHostRun(workbench);
    await workbench.openFile('func.yaml');
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'running as');
    const [pid = 0, ...others] = descendantsRunning('node func.js');
    assert.deepEqual([isRunning(pid), others], [true, []]);
    killExtensionHosts();
    await removed(workbench, '1 process group');
    assert.equal(isRunning(pid), false);
  });
});

describe('an extension host that was killed while a container ran', () => {
  const ui = new UiTests({ engine: 'docker' });
  const docker = new Dockerode();
  const containers = async (): Promise<readonly string[]> => {
    const filters = { label: ['dev.hot-functions.route=examples/hot-python'] };
    return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
  };

  ui.it('leaves no container once it is back', async (workbench) => {
    await workbench.showView('Hot Functions');
    const before = await containers();
    await workbench.openFile('hot-python/func.yaml');
    await workbench.codeLens('Invoke').click();
    await waitForResponse(workbench, 'call 1');
    const started = (await containers()).filter((id) => !before.includes(id));
    assert.equal(started.length, 1);
    killExtensionHosts();
    await removed(workbench, '1 container');
    assert.deepEqual(
      (await containers()).filter((id) => started.includes(id)),
      [],
    );
  });
});

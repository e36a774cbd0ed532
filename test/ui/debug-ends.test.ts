import assert from 'node:assert/strict';
import { describe } from 'node:test';
import Dockerode from 'dockerode';
import type { Workbench } from '../../scripts/vscode/workbench.ts';
import { untilEqual } from '../until.ts';
import { setBreakpoint, waitForConsole, waitUntilStopped } from './debugger.ts';
import { killExtensionHosts } from './extension-host.ts';
import { UiTests } from './harness.ts';

const docker = new Dockerode();

async function containersOf(route: string): Promise<readonly string[]> {
  const filters = { label: [`dev.hot-functions.route=${route}`] };
  return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

/** Debugs the route of the example from its lens until it has stopped at the breakpoint, in a container of its own. */
async function stopInContainer(workbench: Workbench, file: string, breakpoint: number): Promise<void> {
  await workbench.showView('Hot Functions');
  await workbench.openFile(file);
  await setBreakpoint(workbench, breakpoint);
  await workbench.openFile(file.replace(/[^/]*$/, 'func.yaml'));
  await workbench.codeLens('Debug').click();
  await waitUntilStopped(workbench, file.replace(/.*\//, ''));
}

describe('a window that is reloaded while a function is stopped in the debugger', () => {
  const ui = new UiTests({ engine: 'docker', settings: { 'remote.autoForwardPorts': false } });

  ui.it('leaves no container, and can debug again', async (workbench) => {
    await stopInContainer(workbench, 'hot-node/func.js', 15);
    assert.equal((await containersOf('examples/hot-node')).length, 1);
    await workbench.screenshot('debug-docker');
    await workbench.runCommand('Developer: Reload Window');
    await untilEqual(() => containersOf('examples/hot-node'), []);
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/hot-node, hot/).waitFor();
    await workbench.openFile('hot-node/func.yaml');
    await workbench.codeLens('Debug').click();
    await waitUntilStopped(workbench, 'func.js');
    await workbench.page.keyboard.press('F5');
    await waitForConsole(workbench, 'GET /hot-node, call 1 of this process');
  });
});

describe('an extension host that is killed while a function is stopped in the debugger', () => {
  const ui = new UiTests({ engine: 'docker', settings: { 'remote.autoForwardPorts': false } });

  ui.it('leaves no container once it is back', async (workbench) => {
    await stopInContainer(workbench, 'hot-python/func.py', 14);
    assert.equal((await containersOf('examples/hot-python')).length, 1);
    killExtensionHosts();
    await workbench.waitForOutput('Hot Functions', /Removed 1 container left by a window that ended\./, 60_000);
    await untilEqual(() => containersOf('examples/hot-python'), []);
  });
});

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setBreakpoint, showVariables, toolbarButton, variable, waitForConsole, waitUntilStopped } from './debugger.ts';
import { descendantsRunning } from './extension-host.ts';
import { UiTests } from './harness.ts';
import { allowHostRun } from './response.ts';

/** Where the payload is there and the answer is not. */
const inTheAnswer = 15;

describe('debugging a hot function in Node', () => {
  const ui = new UiTests({ engine: 'process', settings: { 'remote.autoForwardPorts': false } });

  ui.it('from its lens stops at a breakpoint in its code, with its variables', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/hot-node, hot/).waitFor();
    await allowHostRun(workbench);
    await workbench.openFile('hot-node/func.js');
    await setBreakpoint(workbench, inTheAnswer);
    await workbench.openFile('hot-node/func.yaml');
    await workbench.codeLens('Debug').click();
    await waitUntilStopped(workbench, 'func.js');
    await showVariables(workbench);
    await variable(workbench, 'method', "'GET'").waitFor();
    await variable(workbench, 'call', '1').waitFor();
  });

  ui.it('says in the status bar and on its container how far its timeout had come', async (workbench) => {
    await workbench.statusBarItem(/timeout paused at 0\.\d of 10 s/).waitFor();
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Container hot-node-\d+, timeout paused at 0\.\d of 10 s/).waitFor();
    await workbench.screenshot('debug-tree');
  });

  ui.it('answers in the Debug Console when it is continued, and keeps its container', async (workbench) => {
    await toolbarButton(workbench, /^Continue/).click();
    await waitForConsole(workbench, 'GET /hot-node, call 1 of this process');
    await workbench.statusBarItem('this machine: 1 hot').waitFor();
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Container hot-node-\d+, kept for the debugger, 1 call/).waitFor();
    await workbench.screenshot('debug-answered');
  });

  ui.it('is stepped through again in the same container', async (workbench) => {
    await toolbarButton(workbench, 'Debug Again').click();
    await waitUntilStopped(workbench, 'func.js');
    await showVariables(workbench);
    await variable(workbench, 'call', '2').waitFor();
  });

  for (const kind of ['dark', 'light'] as const) {
    ui.it(`is at home in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      // Away from the button, which would show what it is called.
      await workbench.page.mouse.move(700, 800);
      await workbench.page.locator('.monaco-hover:visible').waitFor({ state: 'hidden' });
      await workbench.screenshot(`debug-${kind}`);
    });
  }

  ui.it('leaves nothing behind when it is stopped at a breakpoint', async (workbench) => {
    assert.equal(descendantsRunning('node func.js').length, 1);
    await toolbarButton(workbench, /^(Stop|Disconnect)/).click();
    await workbench.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    await workbench.page.getByRole('button', { name: 'Hot Functions, this machine, no containers' }).waitFor();
    assert.deepEqual(descendantsRunning('node func.js'), []);
  });
});

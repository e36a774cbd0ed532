import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { codeOf, engineUnderTest, hotFunctions, slowMs } from './hot-functions.ts';

suite('Activation', () => {
  test('happens by itself in a workspace with functions', async () => {
    const extension = vscode.extensions.getExtension('hot-functions.hot-functions');
    const deadline = Date.now() + 10_000;
    while (extension?.isActive === false && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(extension?.isActive, true);
  });

  test('gives the public API', async () => {
    const hot = await hotFunctions();
    assert.deepEqual(Object.keys(hot).sort(), [
      'apiVersion',
      'containers',
      'invoke',
      'onDidChangeContainers',
      'onDidFinishCall',
      'routes',
      'stopContainers',
    ]);
    assert.equal(hot.apiVersion, '1.0.0');
  });

  test('finds every route of the workspace', async () => {
    const routes = await (await hotFunctions()).routes();
    assert.deepEqual(routes.map(({ id, format }) => `${id} ${format}`).sort(), [
      'examples/cold-go default',
      'examples/cold-node default',
      'examples/cold-shell default',
      'examples/hello/python default',
      'examples/hot-go http',
      'examples/hot-node http',
      'examples/hot-python http',
      'examples/hot-shell http',
      'myapp/hot http',
    ]);
  });

  test('tells of a route what its file says, and none of its config', async () => {
    const routes = await (await hotFunctions()).routes();
    const found = routes.find(({ id }) => id === 'examples/hot-node');
    assert.deepEqual(
      { ...found, definedIn: found?.definedIn.split('/').slice(-2).join('/') },
      {
        id: 'examples/hot-node',
        app: 'examples',
        path: '/hot-node',
        image: 'examples/hot-node:1.0.0',
        format: 'http',
        type: 'sync',
        memoryMiB: 128,
        maxConcurrency: 2,
        timeoutMs: 10_000,
        idleTimeoutMs: 30_000,
        definedIn: 'hot-node/func.yaml',
      },
    );
  });

  test('refuses a route that does not exist', async () => {
    const hot = await hotFunctions();
    await assert.rejects(hot.invoke('examples/nothing', {}), (error) => codeOf(error) === 'unknown-route');
  });

  if (engineUnderTest() === 'process') {
    test('refuses to run on this machine until that was allowed', async () => {
      const hot = await hotFunctions();
      await vscode.commands.executeCommand('hotFunctions.forgetHostRun');
      await assert.rejects(hot.invoke('examples/cold-node', {}), (error) => codeOf(error) === 'host-run-unconfirmed');
    });
  } else {
    test('asks for no permission where functions run in containers', async function () {
      this.timeout(slowMs);
      const hot = await hotFunctions();
      await vscode.commands.executeCommand('hotFunctions.forgetHostRun');
      assert.equal((await hot.invoke('examples/cold-node', {})).status, 200);
    });
  }
});

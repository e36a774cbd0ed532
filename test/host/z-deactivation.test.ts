import assert from 'node:assert/strict';
import http from 'node:http';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { allowedHotFunctions, codeOf, engineUnderTest, eventually, slowMs } from './hot-functions.ts';

/** Whether the engine itself still knows the container. */
async function exists(engineId: string): Promise<boolean> {
  return engineUnderTest() === 'docker' ? containerExists(engineId) : processExists(Number(/\d+/.exec(engineId)?.[0]));
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function containerExists(id: string): Promise<boolean> {
  const socketPath = new URL(process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').pathname;
  return new Promise((resolve, reject) => {
    http
      .get({ socketPath, path: `/containers/${id}/json` }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', reject);
  });
}

// Last of all by its name: nothing works after it.
suite('Deactivation', function () {
  this.timeout(slowMs);

  test('ends every container and the local endpoint, and takes no more calls', async () => {
    const hot = await allowedHotFunctions();
    await (await hot.invoke('examples/hot-node', {})).finished;
    const [container] = hot.containers();
    assert.ok(container);
    assert.equal(await exists(container.engineId), true);
    await vscode.workspace
      .getConfiguration('hotFunctions')
      .update('endpoint.port', 0, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('hotFunctions.startEndpoint');
    await vscode.commands.executeCommand('hotFunctions.copyUrl', { kind: 'route', routeId: 'examples/hot-node' });
    const port = /(\d+)\/r\//.exec(await vscode.env.clipboard.readText())?.[1];
    const endpoint = `http://127.0.0.1:${port}/version`;
    assert.ok((await fetch(endpoint)).status < 500);

    const extension = vscode.extensions.getExtension('hot-functions.hot-functions');
    const main = vscode.Uri.joinPath(extension?.extensionUri ?? vscode.Uri.file('/'), 'dist', 'extension.cjs').fsPath;
    // The same module that the editor has loaded, so this is the function that it calls itself when a window closes.
    const { deactivate }: { deactivate(): Promise<void> } = await import(pathToFileURL(main).href);
    await deactivate();

    assert.equal(
      await eventually(
        () => exists(container.engineId),
        (still) => !still,
      ),
      false,
    );
    assert.deepEqual(hot.containers(), []);
    await assert.rejects(fetch(endpoint), 'the local endpoint still listens');
    await assert.rejects(hot.invoke('examples/hot-node', {}), (error) => codeOf(error) === 'closing');
  });
});

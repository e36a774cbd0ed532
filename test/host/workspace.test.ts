import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { allowedHotFunctions, once, open, remove, routeIds, slowMs, write } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

const routeJson = '{"route": {"path": "/extra", "image": "x/extra", "format": "http"}}';

suite('Changes of the workspace', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));

  test('a new file is a new route, and a deleted one is none', async () => {
    await write(['extra.route.json'], routeJson);
    assert.ok((await routeIds(hot, (ids) => ids.includes('examples/extra'))).includes('examples/extra'));
    await remove('extra.route.json');
    assert.ok(!(await routeIds(hot, (ids) => !ids.includes('examples/extra'))).includes('examples/extra'));
  });

  test('further route files are those of the setting', async () => {
    await write(['routes', 'extra.json'], routeJson);
    const configuration = vscode.workspace.getConfiguration('hotFunctions');
    await configuration.update('routeFiles', ['routes/*.json'], vscode.ConfigurationTarget.Workspace);
    assert.ok((await routeIds(hot, (ids) => ids.includes('examples/extra'))).includes('examples/extra'));
    await configuration.update('routeFiles', undefined, vscode.ConfigurationTarget.Workspace);
    assert.ok(!(await routeIds(hot, (ids) => !ids.includes('examples/extra'))).includes('examples/extra'));
    await remove('routes');
  });

  test('an app file takes over the functions below it', async () => {
    await write(['probe', 'app.yaml'], 'name: inner\n');
    assert.ok((await routeIds(hot, (ids) => ids.includes('inner/'))).includes('inner/'));
    await remove('probe', 'app.yaml');
    assert.ok((await routeIds(hot, (ids) => ids.includes(probeId))).includes(probeId));
  });

  test('saved code ends the idle container that runs the old code', async () => {
    await (await hot.invoke(probeId, { body: 'something' })).finished;
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    const editor = await open('probe', 'func.js');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// changed\n'));
    await editor.document.save();
    assert.equal((await gone).routeId, probeId);
  });

  test('a saved definition ends the containers of the one before', async () => {
    await (await hot.invoke(probeId, { body: 'something' })).finished;
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    const editor = await open('probe', 'func.yaml');
    const at = editor.document.getText().indexOf('saved');
    const word = new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + 'saved'.length));
    await editor.edit((edit) => edit.replace(word, 'sweet'));
    await editor.document.save();
    assert.equal((await gone).routeId, probeId);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import type { CallSummary } from '../../src/core/call.ts';
import { allowedHotFunctions, bodyOf, codeOf, eventually, once, open, slowMs, workspaceUri } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

function responseText(): string | undefined {
  return vscode.window.visibleTextEditors
    .map(({ document }) => document)
    .find(({ uri }) => uri.scheme === 'hot-functions-response')
    ?.getText();
}

/** As the lens does it. */
async function invokeDefinition(routeId: string, ...path: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand('hotFunctions.invokeDefinition', workspaceUri(...path).toString(), routeId);
}

suite('Invoking', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));
  teardown(async () => {
    await hot.stopContainers();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('a cold function gives its answer and leaves no container', async () => {
    const result = await hot.invoke('examples/cold-node', { body: 'Johnny' });
    assert.deepEqual(
      { status: result.status, body: await bodyOf(result), temperature: result.servedBy?.temperature },
      { status: 200, body: 'Hello Johnny\nPOST /cold-node\n', temperature: 'cold' },
    );
    await result.finished;
    assert.deepEqual(
      await eventually(
        () => hot.containers().length,
        (count) => count === 0,
      ),
      0,
    );
  });

  test('a hot function twice reuses its container, which waits idle', async () => {
    const answers: string[] = [];
    const temperatures: unknown[] = [];
    for (const name of ['Johnny', 'Marie']) {
      const result = await hot.invoke('examples/hot-node', { body: name });
      answers.push(await bodyOf(result));
      temperatures.push([result.servedBy?.temperature, result.servedBy?.callNumber]);
      await result.finished;
    }
    assert.deepEqual(answers, [
      'Hello Johnny\nPOST /hot-node, call 1 of this process\n',
      'Hello Marie\nPOST /hot-node, call 2 of this process\n',
    ]);
    assert.deepEqual(temperatures, [
      ['started-hot', 1],
      ['reused-hot', 2],
    ]);
    assert.deepEqual(
      hot.containers().map(({ routeId, state, served }) => ({ routeId, state: state.kind, served })),
      [{ routeId: 'examples/hot-node', state: 'idle', served: 2 }],
    );
  });

  test('tells of every call that has ended, whoever made it', async () => {
    const seen: CallSummary[] = [];
    const subscription = hot.onDidFinishCall((summary) => seen.push(summary));
    await (await hot.invoke('examples/cold-node', {})).finished;
    await invokeDefinition('examples/cold-node', 'cold-node', 'func.yaml');
    subscription.dispose();
    assert.deepEqual(
      seen.map(({ routeId, outcome }) => [routeId, outcome]),
      [
        ['examples/cold-node', { kind: 'answered', status: 200 }],
        ['examples/cold-node', { kind: 'answered', status: 200 }],
      ],
    );
  });

  test('by its lens shows status, temperature, headers and body, and takes no focus', async () => {
    const editor = await open('hot-node', 'func.yaml');
    await invokeDefinition('examples/hot-node', 'hot-node', 'func.yaml');
    const text = responseText() ?? '';
    assert.match(text, /^200 OK · [\d.]+ m?s · hot, new container hot-\S+-examples-hot-node-\d+/);
    assert.match(text, /^Content-Type: text\/plain; charset=utf-8$/m);
    assert.match(text, /\n\nHello World\nGET \/hot-node, call 1 of this process\n$/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), editor.document.uri.toString());
  });

  test('again updates the response where it is', async () => {
    await open('hot-node', 'func.yaml');
    await invokeDefinition('examples/hot-node', 'hot-node', 'func.yaml');
    await invokeDefinition('examples/hot-node', 'hot-node', 'func.yaml');
    assert.match(
      await eventually(
        () => responseText() ?? '',
        (text) => text.includes('call 2'),
      ),
      /^200 OK · .*hot, call 2 of reused container hot-\S+/,
    );
    const responses = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ label }) => label.endsWith('.response'));
    assert.equal(responses.length, 1);
  });

  test('by a row of the tree is the same call', async () => {
    await vscode.commands.executeCommand('hotFunctions.invokeRoute', { kind: 'route', routeId: 'myapp/hot' });
    assert.match(responseText() ?? '', /Hello World\nGET \/hot, call 1 of this process\n$/);
  });

  test('unsaved text runs as it stands, in a container of its own', async () => {
    const saved = await hot.invoke(probeId, { body: 'first' });
    assert.equal(await bodyOf(saved), 'did first saved');
    await saved.finished;
    const { document } = await open('probe', 'func.yaml');
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('saved');
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 5)), 'unsaved');
    await vscode.workspace.applyEdit(edit);
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    await invokeDefinition(probeId, 'probe', 'func.yaml');
    const text = await eventually(
      () => responseText() ?? '',
      (shown) => shown.includes('unsaved'),
    );
    assert.match(text, /\n\ndid {2}unsaved$/);
    await gone;
    assert.deepEqual(
      hot.containers().map(({ name, state }) => [name, state.kind]),
      [[saved.servedBy?.name, 'idle']],
    );
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('a status of the function is a result', async () => {
    const result = await hot.invoke(probeId, { body: 'missing' });
    assert.deepEqual([result.status, result.error, await bodyOf(result)], [404, undefined, 'did missing saved']);
  });

  test('a function that goes away gives a failure with its exit code and stderr', async () => {
    const result = await hot.invoke(probeId, { body: 'exit' });
    assert.deepEqual(
      [result.status, result.error?.code, result.error?.exitCode, result.error?.stderr?.trim()],
      [502, 'function-exited', 7, 'going away'],
    );
  });

  test('cancelled ends the call and its container at once', async () => {
    const cancel = new AbortController();
    const busy = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'busy');
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    const call = hot.invoke(probeId, { body: 'sleep' }, { signal: cancel.signal });
    await busy;
    cancel.abort();
    await assert.rejects(call, (error) => codeOf(error) === 'aborted');
    await gone;
    assert.deepEqual(hot.containers(), []);
  });
});

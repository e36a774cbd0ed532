import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { breakAt, clearBreakpoints, DebugRecorder, placeOf, resume, variablesOf } from './debug-recorder.ts';
import {
  allowedHotFunctions,
  bodyOf,
  eventually,
  once,
  open,
  slowMs,
  testOnProcesses,
  workspaceUri,
} from './hot-functions.ts';
import { type MachineHoldings, machineHoldings } from './machine-holdings.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

const nodeId = 'examples/hot-node';
const code = () => workspaceUri('hot-node', 'func.js');
const answerTo = (name: string, call = 1) => `Hello ${name}\nPOST /hot-node, call ${call} of this process\n`;

/** As a launch.json has it. */
function launch(route: string, fields: object = {}): Thenable<boolean> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const configuration = { type: 'hot-function', request: 'launch', name: route, route, call: { body: 'Johnny' } };
  return vscode.debug.startDebugging(folder, { ...configuration, ...fields });
}

suite('Debugging the code of a function', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;
  let recorder: DebugRecorder;
  let before: MachineHoldings;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));
  setup(async () => {
    recorder = new DebugRecorder();
    before = await machineHoldings();
  });
  teardown(async () => {
    clearBreakpoints();
    await vscode.debug.stopDebugging();
    await recorder.ended();
    recorder.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await hot.stopContainers();
  });

  async function assertNothingIsLeft(): Promise<void> {
    await recorder.ended();
    assert.deepEqual(await eventually(machineHoldings, (found) => isDeepStrictEqual(found, before)), before);
    assert.deepEqual(hot.containers(), []);
  }

  test('F5 in a function file stops at the line, shows locals, steps, and answers', async () => {
    const line = await breakAt(code(), 'const before =');
    await open('hot-node', 'func.yaml');
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const stop = await recorder.stopped();
    const { file, line: stoppedAt } = await placeOf(stop);
    const { call, route } = await variablesOf(stop, /^(Local|Block)/);
    await resume(stop, 'next');
    const stepped = await recorder.stopped();
    assert.deepEqual(
      [file, stoppedAt, call, route, (await placeOf(stepped)).line],
      ['hot-node/func.js', line, '1', "'/hot-node'", line + 1],
    );
    await resume(stepped);
    await recorder.says('GET /hot-node, call 1 of this process');
    await vscode.debug.stopDebugging();
    await assertNothingIsLeft();
  });

  test('the next call is debugged in the same container', async () => {
    await breakAt(code(), 'const before =');
    await launch(nodeId);
    await resume(await recorder.stopped());
    await recorder.says(answerTo('Johnny'));
    const [{ name } = { name: '' }] = hot.containers();
    await vscode.commands.executeCommand('hotFunctions.debugAgain');
    await resume(await recorder.stopped());
    await recorder.says(answerTo('Johnny', 2));
    assert.deepEqual(
      hot.containers().map((container) => container.name),
      [name],
    );
  });

  test('a timeout stands still while the function is stopped, and counts on afterwards', async () => {
    const uri = workspaceUri('probe', 'func.yaml');
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text.replace('timeout: 20s', 'timeout: 1s')));
    await eventually(
      async () => (await hot.routes()).find(({ id }) => id === probeId)?.timeoutMs,
      (ms) => ms === 1000,
    );
    try {
      await breakAt(workspaceUri('probe', 'func.js'), "if (wanted === 'sleep')");
      const finished = once(hot.onDidFinishCall, ({ routeId }) => routeId === probeId);
      void finished.then(() => recorder.history.push('finished'));
      await launch(probeId, { call: { body: 'sleep' } });
      const stop = await recorder.stopped();
      const since = Date.now();
      const paused = await eventually(
        async () => (await outline()).find((row) => row.includes('paused')),
        () => Date.now() - since > 1500,
      );
      recorder.history.push('resumed');
      await resume(stop);
      const { outcome } = await finished;
      assert.deepEqual(
        [recorder.history, outcome.kind === 'failed' && outcome.error.code],
        [['stopped breakpoint', 'resumed', 'finished'], 'timeout'],
      );
      assert.match(paused ?? '', /paused at 0\.\d of 1 s/);
      await assertNothingIsLeft();
    } finally {
      await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    }
  });

  test('Restart begins anew in a new container', async () => {
    await breakAt(code(), 'const before =');
    await launch(nodeId);
    await recorder.stopped();
    const [{ name: first } = { name: '' }] = hot.containers();
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    await resume(await recorder.stopped());
    await recorder.says(answerTo('Johnny'));
    const names = await eventually(
      () => hot.containers().map(({ name }) => name),
      (all) => all.length === 1,
    );
    assert.deepEqual([names.length, names.includes(first)], [1, false]);
  });

  test('Stop at a breakpoint leaves nothing', async () => {
    await breakAt(code(), 'const before =');
    await launch(nodeId);
    await recorder.stopped();
    // It took connections only while the debugger attached.
    assert.equal((await machineHoldings()).listeners, before.listeners);
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await assertNothingIsLeft();
  });

  test('Stop while the debugger is waited for leaves nothing', async () => {
    // A shell knows nothing of Ruby's variables, so nobody ever listens.
    const starting = launch('examples/hot-shell', { language: 'ruby' });
    await recorder.root();
    let settled = false;
    void starting.then(() => {
      settled = true;
    });
    const states = await eventually(
      () => hot.containers().map(({ state }) => state.kind),
      ([state]) => state === 'idle',
    );
    assert.deepEqual([states, settled], [['idle'], false]);
    await vscode.debug.stopDebugging(await recorder.root());
    assert.equal(await starting, false);
    await assertNothingIsLeft();
  });

  testOnProcesses('two routes are debugged at once', async () => {
    await breakAt(code(), 'const before =');
    await breakAt(workspaceUri('probe', 'func.js'), "if (wanted === 'sleep')");
    await launch(nodeId);
    const first = await recorder.stopped();
    await launch(probeId, { call: { body: 'something' } });
    const second = await recorder.stopped();
    assert.deepEqual(
      [(await placeOf(first)).file, (await placeOf(second)).file],
      ['hot-node/func.js', 'probe/func.js'],
    );
    await resume(second);
    await recorder.says('did something');
    await resume(first);
    await recorder.says(answerTo('Johnny'));
    await vscode.debug.stopDebugging();
    await assertNothingIsLeft();
  });

  test('a route that is debugged can be called as usual meanwhile, in a container of its own', async () => {
    await breakAt(code(), 'const before =');
    await launch(nodeId);
    const stop = await recorder.stopped();
    const result = await hot.invoke(nodeId, { body: 'Marie' });
    assert.equal(await bodyOf(result), answerTo('Marie'));
    assert.equal(hot.containers().length, 2);
    await resume(stop);
    await recorder.says(answerTo('Johnny'));
  });

  testOnProcesses('a logpoint shows in the Debug Console and not in the answer', async () => {
    const document = await vscode.workspace.openTextDocument(code());
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('const before ='));
    const place = new vscode.Location(code(), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place, true, undefined, undefined, 'call {call} logged')]);
    await launch(nodeId);
    await recorder.says('call 1 logged');
    await recorder.says(answerTo('Johnny'));
  });

  testOnProcesses('what the function prints to stderr shows once, whoever shows it', async () => {
    await launch(probeId, { call: { body: 'sleep' } });
    await recorder.says('asleep');
    await vscode.debug.stopDebugging();
    await assertNothingIsLeft();
    assert.deepEqual(recorder.console.match(/asleep/g), ['asleep']);
  });

  testOnProcesses('the end of the function while it is stopped ends the session and leaves nothing', async () => {
    await breakAt(code(), 'const before =');
    await launch(nodeId);
    await recorder.stopped();
    await hot.stopContainers();
    await assertNothingIsLeft();
  });

  testOnProcesses('a failure to start says what it is and leaves nothing', async () => {
    const failed = await launch(nodeId, { container: 'no-such-container' }).then(
      (started) => !started,
      () => true,
    );
    assert.equal(failed, true);
    await assertNothingIsLeft();
  });

  test('a container that runs already is attached to in place, and lives on', async () => {
    await (await hot.invoke(nodeId, { body: 'before' })).finished;
    const [{ name } = { name: '' }] = hot.containers();
    await breakAt(code(), 'const before =');
    const root = recorder.root();
    await launch(nodeId, { container: name, call: undefined });
    await root;
    const calling = hot.invoke(nodeId, { body: 'Marie' });
    const stop = await recorder.stopped();
    assert.equal((await placeOf(stop)).file, 'hot-node/func.js');
    await resume(stop);
    assert.equal(await bodyOf(await calling), answerTo('Marie', 2));
    await vscode.debug.stopDebugging();
    await recorder.ended();
    assert.deepEqual(
      hot.containers().map((container) => [container.name, container.state.kind]),
      [[name, 'idle']],
    );
  });
});

function outline(): Thenable<readonly string[]> {
  return vscode.commands.executeCommand<readonly string[]>('hotFunctions.test.treeOutline');
}

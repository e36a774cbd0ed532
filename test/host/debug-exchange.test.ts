import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { breakAt, clearBreakpoints, DebugRecorder, placeOf, resume, type Stop, variablesOf } from './debug-recorder.ts';
import { allowedHotFunctions, eventually, slowMs, testOnProcesses, workspaceUri } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

const nodeId = 'examples/hot-node';

async function edit(stop: Stop, path: readonly string[], value: string): Promise<void> {
  const { frameId } = await placeOf(stop);
  const { scopes } = await stop.session.customRequest('scopes', { frameId });
  let reference: number = scopes.find(({ name }: { name: string }) => name === 'Request').variablesReference;
  for (const name of path.slice(0, -1)) {
    const { variables } = await stop.session.customRequest('variables', { variablesReference: reference });
    reference = variables.find((variable: { name: string }) => variable.name === name).variablesReference;
  }
  await stop.session.customRequest('setVariable', { variablesReference: reference, name: path.at(-1), value });
}

suite('Debugging an exchange', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;
  let recorder: DebugRecorder;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));
  setup(() => {
    recorder = new DebugRecorder();
  });
  teardown(async () => {
    clearBreakpoints();
    await vscode.debug.stopDebugging();
    await recorder.ended();
    recorder.dispose();
    await hot.stopContainers();
  });

  function launch(route: string, fields: object = {}): Thenable<boolean> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    return vscode.debug.startDebugging(folder, {
      type: 'hot-function',
      request: 'launch',
      name: route,
      route,
      ...fields,
    });
  }

  async function stoppedAt(): Promise<Stop & { readonly at: string }> {
    const stop = await recorder.stopped();
    const { file, line } = await placeOf(stop);
    return { ...stop, at: `${stop.description ?? stop.reason} (${file}:${line})` };
  }

  test('a breakpoint on a route stops before the write, after it and after the response', async () => {
    await breakAt(workspaceUri('hot-node', 'func.yaml'), 'timeout:');
    await launch(nodeId, { call: { body: 'Johnny', headers: { 'X-Greeting': 'Hi' } } });
    const before = await stoppedAt();
    const request = await variablesOf(before, /^Request$/);
    await resume(before);
    const after = await stoppedAt();
    await resume(after);
    const read = await stoppedAt();
    const { status, body } = await variablesOf(read, /^Response$/);
    assert.deepEqual(
      [before.at, request['body'], after.at, read.at, status, body],
      [
        'Paused before the request is written (hot-node/func.yaml:1)',
        '"Johnny"',
        'Paused after the request is written (hot-node/func.yaml:1)',
        'Paused after the response is read (hot-node/func.yaml:1)',
        '200',
        '"Hi Johnny\\nPOST /hot-node, call 1 of this process\\n"',
      ],
    );
    const wire = await variablesOf(read, /^Wire$/);
    assert.match(wire['0: stdin 0'] ?? '', /Header_x_greeting: Hi/);
  });

  test('an edited request is what the function is sent, and can be sent again', async () => {
    await launch(nodeId, { stopOnEntry: true, call: { body: 'Johnny', headers: { 'X-Greeting': 'Hi' } } });
    const before = await stoppedAt();
    await edit(before, ['headers', 'X-Greeting'], 'Salut');
    await edit(before, ['body'], '"Marie"');
    await resume(before, 'next');
    const written = await stoppedAt();
    await assert.rejects(edit(written, ['body'], 'late'), /on the wire already/);
    await resume(written, 'next');
    const read = await stoppedAt();
    const first = (await variablesOf(read, /^Response$/))['body'];
    await resume(read, 'restartFrame');
    const again = await stoppedAt();
    await resume(again);
    await recorder.says('Salut Marie\nPOST /hot-node, call 2 of this process');
    assert.deepEqual(
      [first, again.reason, hot.containers().length],
      ['"Salut Marie\\nPOST /hot-node, call 1 of this process\\n"', 'restart', 1],
    );
  });

  test('a step over the write lands in the function’s own breakpoint', async () => {
    const line = await breakAt(workspaceUri('hot-node', 'func.js'), 'const before =');
    await launch(nodeId, { stopOnEntry: true, call: { body: 'Johnny' } });
    await resume(await stoppedAt(), 'next');
    const stops = [await stoppedAt(), await stoppedAt()];
    const inCode = stops.find(({ session }) => session.type !== 'hot-function');
    const inExchange = stops.find(({ session }) => session.type === 'hot-function');
    assert.ok(inCode && inExchange);
    assert.deepEqual(
      [(await placeOf(inCode)).line, inExchange.at],
      [line, 'Paused after the request is written (hot-node/func.yaml:1)'],
    );
    await resume(inCode);
    await resume(inExchange, 'next');
    const read = await stoppedAt();
    assert.equal((await variablesOf(read, /^Response$/))['status'], '200');
  });

  testOnProcesses('a route of route JSON has its breakpoint on its own lines', async () => {
    await breakAt(workspaceUri('hotroute.json'), '"image"');
    await launch('myapp/hot', { call: { body: 'x' } });
    assert.match((await stoppedAt()).at, /^Paused before the request is written \(.*hotroute\.json:\d+\)$/);
  });

  const filters: readonly (readonly [string, string, string])[] = [
    ['stray-output', 'stray', 'Paused on stray output'],
    ['protocol-error', 'exit', 'Paused on protocol error'],
    ['non-2xx', 'missing', 'Paused on non 2xx'],
  ];
  for (const [filter, body, description] of filters) {
    testOnProcesses(`the filter ${filter} stops where that happens`, async () => {
      await launch(probeId, { call: { body }, stopOnEntry: true });
      const before = await stoppedAt();
      // As the Breakpoints view does.
      await before.session.customRequest('setExceptionBreakpoints', { filters: [filter] });
      await resume(before);
      const stop = await stoppedAt();
      assert.deepEqual([stop.reason, stop.description], ['exception', description]);
    });
  }

  testOnProcesses('the filter timeout stops where that happens', async () => {
    const uri = workspaceUri('probe', 'func.yaml');
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text.replace('timeout: 20s', 'timeout: 1s')));
    try {
      await eventually(
        async () => (await hot.routes()).find(({ id }) => id === probeId)?.timeoutMs,
        (ms) => ms === 1000,
      );
      await launch(probeId, { call: { body: 'sleep' }, stopOnEntry: true });
      const before = await stoppedAt();
      await before.session.customRequest('setExceptionBreakpoints', { filters: ['timeout'] });
      await resume(before);
      const stop = await stoppedAt();
      assert.equal(stop.description, 'Paused on timeout');
      const { problem } = await variablesOf(stop, /^Response$/);
      assert.equal(problem, 'timeout: Timed out');
    } finally {
      await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    }
  });
});

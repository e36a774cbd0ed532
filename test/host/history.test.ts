import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import {
  allowedHotFunctions,
  bodyOf,
  codeOf,
  eventually,
  once,
  remove,
  routeIds,
  slowMs,
  testOnProcesses,
  workspaceUri,
  write,
} from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

const laterId = 'examples/later';

function history(): Thenable<readonly string[]> {
  return vscode.commands.executeCommand('hotFunctions.test.historyOutline');
}

/** The first row, once it is as wanted. */
async function firstRow(wanted: RegExp): Promise<string> {
  const [row = ''] = await eventually(history, ([first = '']) => wanted.test(first));
  return row;
}

function callText(): string {
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'hot-functions-call');
  return shown?.document.getText() ?? '';
}

async function addLater(hot: HotFunctionsApi): Promise<void> {
  await write(
    ['later', 'func.js'],
    `import { text } from 'node:stream/consumers';
const wanted = await text(process.stdin);
if (wanted === 'slow') {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}
if (wanted === 'bad') {
  process.exit(3);
}
process.stdout.write('later did ' + wanted);
`,
  );
  for (const file of ['Dockerfile', 'package.json']) {
    await vscode.workspace.fs.copy(workspaceUri('cold-node', file), workspaceUri('later', file), { overwrite: true });
  }
  await write(['later', 'func.yaml'], 'name: examples/later\nruntime: node\ntype: async\ntimeout: 90s\n');
  await routeIds(hot, (ids) => ids.includes(laterId));
}

suite('The history of calls', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
    await addLater(hot);
  });
  suiteTeardown(async () => {
    await removeProbe(hot);
    await remove('later');
    await routeIds(hot, (ids) => !ids.includes(laterId));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('has each call with how it went, newest first', async () => {
    for (const body of ['one', 'missing', 'exit']) {
      const result = await hot.invoke(probeId, { body });
      await result.body.collect(100);
      await result.finished;
    }
    await firstRow(/function-exited/);
    assert.deepEqual(
      (await history()).slice(0, 3).map((row) => row.replace(/[\d.]+ m?s/, 'TIME').replace(/\d\d:\d\d/, 'CLOCK')),
      [
        '/probe | function-exited · TIME · hot · CLOCK · extension | call.sync.over',
        '/probe | 404 · TIME · hot · CLOCK · extension | call.sync.over',
        '/probe | 200 · TIME · new hot · CLOCK · extension | call.sync.over',
      ],
    );
  });

  test('opens a call with its request, its answer and its exchange, credentials starred out', async () => {
    const result = await hot.invoke(probeId, { body: 'something', headers: [['Authorization', 'Bearer 12345678']] });
    await bodyOf(result);
    await result.finished;
    await vscode.commands.executeCommand('hotFunctions.openCall', { callId: result.callId });
    const text = await eventually(callText, (shown) => shown.includes('▸ On the wire'));
    assert.match(text, /^200 OK · [\d.]+ m?s · hot, /);
    assert.match(
      text,
      /▸ Request\nPOST http:\/\/localhost\/r\/examples\/probe\nAuthorization: \*{6} \*{8}\n\nsomething\n/,
    );
    assert.match(text, /▸ Response\nHTTP\/1\.1 200 OK\n[^▸]*\n\ndid something saved\n/);
    assert.match(text, /Header_authorization: \*{6} \*{8}\\r\\n/);
    assert.doesNotMatch(text, /12345678/);
  });

  test('makes a call again as it was, as long as its window is there', async () => {
    const result = await hot.invoke(probeId, { body: 'again', headers: [['Authorization', 'Bearer 12345678']] });
    await bodyOf(result);
    await result.finished;
    const finished = once(hot.onDidFinishCall);
    await vscode.commands.executeCommand('hotFunctions.rerunCall', { callId: result.callId });
    assert.deepEqual((await finished).outcome, { kind: 'answered', status: 200 });
    await vscode.commands.executeCommand('hotFunctions.openCall', { callId: (await finished).callId });
    assert.match(
      await eventually(callText, (shown) => shown.includes('did again')),
      /Authorization: \*{6} \*{8}\n\nagain\n/,
    );
  });

  test('an asynchronous call is answered with its id and runs by itself', async () => {
    const finished = once(hot.onDidFinishCall, ({ routeId }) => routeId === laterId);
    const accepted = await hot.invoke(laterId, { body: 'work' });
    assert.deepEqual(
      { status: accepted.status, body: JSON.parse(await bodyOf(accepted)) },
      { status: 202, body: { call_id: accepted.callId } },
    );
    assert.deepEqual(
      { callId: (await finished).callId, outcome: (await finished).outcome },
      { callId: accepted.callId, outcome: { kind: 'answered', status: 200 } },
    );
    assert.match(await firstRow(/later \| 200/), /^\/later \| 200 · .* · cold · .* · async .*call\.async\.over$/);
  });

  test('an asynchronous call that fails says why', async () => {
    await hot.invoke(laterId, { body: 'bad' });
    assert.match(await firstRow(/function-exited/), /^\/later \| function-exited · /);
  });

  test('an asynchronous call that runs or waits can be cancelled', async () => {
    const ids = await Promise.all([
      hot.invoke(laterId, { body: 'slow' }).then(({ callId }) => callId),
      hot.invoke(laterId, { body: 'slow' }).then(({ callId }) => callId),
    ]);
    await firstRow(/queued|running/);
    for (const callId of ids) {
      await vscode.commands.executeCommand('hotFunctions.cancelCall', { callId });
    }
    const rows = await eventually(history, (all) => all.slice(0, 2).every((row) => row.includes('cancelled')));
    assert.deepEqual(
      rows.slice(0, 2).map((row) => row.split(' · ')[0]),
      ['/later | cancelled', '/later | cancelled'],
    );
  });

  testOnProcesses('shows the newest first, and older ones when they are asked for', async () => {
    for (let n = 0; n < 110; n += 1) {
      const result = await hot.invoke(probeId, { body: String(n) });
      await result.body.collect(0);
      await result.finished;
    }
    const page = await eventually(history, ({ length }) => length === 100);
    await vscode.commands.executeCommand('hotFunctions.showOlderCalls');
    assert.deepEqual([page.length, (await history()).length > 110], [100, true]);
  });

  testOnProcesses('does not accept an asynchronous call that nobody allowed to run', async () => {
    await vscode.commands.executeCommand('hotFunctions.forgetHostRun');
    await assert.rejects(hot.invoke(laterId, {}), (error) => codeOf(error) === 'host-run-unconfirmed');
    await vscode.commands.executeCommand('hotFunctions.allowHostRun');
  });
});

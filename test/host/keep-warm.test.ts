import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { allowedHotFunctions, eventually, once, slowMs } from './hot-functions.ts';

const routeId = 'examples/cold-node';
const row = { kind: 'route', routeId };

function outline(wanted: (rows: readonly string[]) => boolean): Promise<readonly string[]> {
  return eventually(() => vscode.commands.executeCommand<readonly string[]>('hotFunctions.test.treeOutline'), wanted);
}

async function temperatureOfCall(hot: HotFunctionsApi): Promise<string | undefined> {
  const result = await hot.invoke(routeId, { body: 'Johnny' });
  return (await result.finished).servedBy?.temperature;
}

suite('Keep Warm', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
  });
  suiteTeardown(() => vscode.commands.executeCommand('hotFunctions.stopKeepingWarm', row));

  test('switched on, has a container wait for the next call, which is given it', async () => {
    await vscode.commands.executeCommand('hotFunctions.keepWarm', row);
    await outline((rows) => rows.includes('  /cold-node | cold · kept warm'));
    const waiting = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'idle');
    const first = await temperatureOfCall(hot);
    await waiting;
    const rows = await outline((all) => all.includes('  /cold-node | cold · kept warm · 1 waiting'));
    const container = rows[rows.indexOf('  /cold-node | cold · kept warm · 1 waiting') + 1] ?? '';
    assert.match(container, /^ {4}cold-node-\d+ \| waiting for its call \d+ s$/);
    assert.deepEqual([first, await temperatureOfCall(hot)], ['cold', 'kept-warm']);
  });

  test('goes on after Stop Containers, with the next call', async () => {
    await temperatureOfCall(hot);
    await vscode.commands.executeCommand('hotFunctions.stopContainers', row);
    const waiting = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'idle');
    const stopped = hot.containers().length;
    await temperatureOfCall(hot);
    await waiting;
    assert.equal(stopped, 0);
  });

  test('switched off, ends what waits', async () => {
    await eventually(
      () => hot.containers().map(({ state }) => state.kind),
      (kinds) => kinds.join() === 'idle',
    );
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    await vscode.commands.executeCommand('hotFunctions.stopKeepingWarm', row);
    await gone;
    await outline((rows) => rows.includes('  /cold-node | cold'));
    assert.deepEqual([hot.containers(), await temperatureOfCall(hot)], [[], 'cold']);
  });

  test('is not for hot routes', async () => {
    await vscode.commands.executeCommand('hotFunctions.keepWarm', { kind: 'route', routeId: 'examples/hot-node' });
    const rows = await vscode.commands.executeCommand<readonly string[]>('hotFunctions.test.treeOutline');
    assert.equal(
      rows.find((line) => line.startsWith('  /hot-node')),
      '  /hot-node | hot',
    );
  });
});

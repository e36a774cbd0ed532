import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { allowedHotFunctions, eventually, once, slowMs } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

function outline(wanted: (rows: readonly string[]) => boolean): Promise<readonly string[]> {
  return eventually(() => vscode.commands.executeCommand<readonly string[]>('hotFunctions.test.treeOutline'), wanted);
}

async function callProbe(hot: HotFunctionsApi, body: string): Promise<void> {
  await (await hot.invoke(probeId, { body })).finished;
}

suite('Containers', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot, '1s');
  });
  suiteTeardown(() => removeProbe(hot));

  test('are rows below their route, which lies below its app', async () => {
    assert.deepEqual(await outline((rows) => rows.includes('  /probe | hot')), [
      'examples',
      '  /cold-go | cold',
      '  /cold-node | cold',
      '  /cold-shell | cold',
      '  /hello/python | cold',
      '  /hot-go | hot',
      '  /hot-node | hot',
      '  /hot-python | hot',
      '  /hot-shell | hot',
      '  /probe | hot',
      'myapp',
      '  /hot | hot',
    ]);
    const call = hot.invoke('examples/hot-node', {});
    await (await call).finished;
    const rows = await outline((all) => all.some((row) => /\| idle /.test(row)));
    const at = rows.indexOf('  /hot-node | hot · 1 idle');
    assert.match(rows[at + 1] ?? '', /^ {4}hot-node-\d+ \| idle \d+ s · 1 call$/);
    await hot.stopContainers();
  });

  test('are gone after their idle timeout', async () => {
    const gone = once(hot.onDidChangeContainers, ({ state }) => state.kind === 'gone');
    await callProbe(hot, 'something');
    assert.deepEqual(
      hot.containers().map(({ state }) => state.kind),
      ['idle'],
    );
    assert.equal((await gone).routeId, probeId);
    assert.deepEqual(hot.containers(), []);
  });

  test('are stopped by the command of their route', async () => {
    await callProbe(hot, 'something');
    await vscode.commands.executeCommand('hotFunctions.stopContainers', { kind: 'route', routeId: probeId });
    assert.deepEqual(hot.containers(), []);
  });

  test('are stopped all together', async () => {
    await callProbe(hot, 'something');
    await (await hot.invoke('examples/hot-node', {})).finished;
    await vscode.commands.executeCommand('hotFunctions.stopAllContainers');
    assert.deepEqual(hot.containers(), []);
  });
});

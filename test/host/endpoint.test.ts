import assert from 'node:assert/strict';
import http from 'node:http';
import * as vscode from 'vscode';
import type { HotFunctionsApi } from '../../src/api.ts';
import { allowedHotFunctions, eventually, once, slowMs, testOnProcesses } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

function call(address: string, headers: http.OutgoingHttpHeaders = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .request(address, { method: 'POST', headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
      })
      .on('error', reject)
      .end(body);
  });
}

function history(): Thenable<readonly string[]> {
  return vscode.commands.executeCommand('hotFunctions.test.historyOutline');
}

async function set(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('hotFunctions').update(key, value, vscode.ConfigurationTarget.Workspace);
}

/** The address that a user is given, by which an editor in front may forward the port. */
async function copiedUrl(routeId: string): Promise<string> {
  await vscode.commands.executeCommand('hotFunctions.copyUrl', { kind: 'route', routeId });
  return vscode.env.clipboard.readText();
}

/** Where programs of this machine reach the route, whatever the editor in front of it says. */
async function localUrl(routeId: string): Promise<string> {
  const url = await copiedUrl(routeId);
  const port = /(?:proxy\/|localhost:|127\.0\.0\.1:)(\d+)(?=\/r\/)/.exec(url)?.[1];
  return `http://127.0.0.1:${port}${new URL(url).pathname.replace(/^\/proxy\/\d+/, '')}`;
}

suite('The local endpoint', function () {
  this.timeout(slowMs);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
    await set('endpoint.port', 0);
    await set('endpoint.token', 'none');
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('hotFunctions.stopEndpoint');
    for (const key of ['endpoint.port', 'endpoint.token', 'endpoint.allowedOrigins', 'secretNames']) {
      await set(key, undefined);
    }
    await removeProbe(hot);
  });
  setup(() => vscode.commands.executeCommand('hotFunctions.startEndpoint'));

  test('answers a program of this machine, and the call is in the history', async () => {
    assert.deepEqual(await call(await localUrl(probeId), {}, 'something'), {
      status: 200,
      body: 'did something saved',
    });
    const [row] = await eventually(history, ([first]) => first?.includes('endpoint') === true);
    assert.match(row ?? '', /^\/probe \| 200 · [\d.]+ m?s · new hot · \d\d:\d\d · endpoint \| call\.sync\.over$/);
  });

  test('is reached by the address that is copied', async () => {
    assert.deepEqual(await call(await copiedUrl(probeId), {}, 'it'), { status: 200, body: 'did it saved' });
  });

  test('ends the call of a caller that leaves', async () => {
    const address = await localUrl(probeId);
    const busy = once(hot.onDidChangeContainers, ({ routeId, state }) => routeId === probeId && state.kind === 'busy');
    const finished = once(hot.onDidFinishCall, ({ routeId }) => routeId === probeId);
    const leaving = http.request(address, { method: 'POST', agent: false }).on('error', () => {});
    leaving.end('sleep');
    await busy;
    leaving.destroy();
    assert.equal((await finished).outcome.kind, 'aborted');
  });

  testOnProcesses('refuses a page of another origin until a setting allows it', async () => {
    const url = await localUrl(probeId);
    const page = { Origin: 'http://localhost:5173', 'Sec-Fetch-Site': 'same-site' };
    assert.equal((await call(url, page)).status, 403);
    await set('endpoint.allowedOrigins', ['http://localhost:5173/']);
    assert.equal((await call(url, page)).status, 200);
  });

  testOnProcesses(
    'asks for its token at once when a setting says so, and for a new one when it was rotated',
    async () => {
      const url = await localUrl(probeId);
      await set('endpoint.token', 'required');
      assert.equal(
        await eventually(
          async () => (await call(url)).status,
          (status) => status === 401,
        ),
        401,
      );
      await vscode.commands.executeCommand('hotFunctions.copyEndpointToken');
      const token = await vscode.env.clipboard.readText();
      assert.equal((await call(url, { Authorization: `Bearer ${token}` })).status, 200);
      assert.equal((await call(url, { 'Hot-Functions-Token': token })).status, 200);
      await vscode.commands.executeCommand('hotFunctions.rotateEndpointToken');
      assert.equal((await call(url, { 'Hot-Functions-Token': token })).status, 401);
      await set('endpoint.token', 'none');
      assert.equal(
        await eventually(
          async () => (await call(url)).status,
          (status) => status === 200,
        ),
        200,
      );
    },
  );

  testOnProcesses('lists apps and routes, with the values of secrets starred out', async () => {
    await set('secretNames', ['flavour']);
    const url = new URL(`/v1/apps/examples/routes/probe`, await localUrl(probeId));
    const listed = await new Promise<string>((resolve, reject) => {
      http
        .get(url, { agent: false }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(text));
        })
        .on('error', reject);
    });
    assert.deepEqual(JSON.parse(listed).route.config, { flavour: '***' });
  });

  testOnProcesses('is at the next port where its own is taken', async () => {
    await vscode.commands.executeCommand('hotFunctions.stopEndpoint');
    const other = http.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await set('endpoint.port', taken);
      await vscode.commands.executeCommand('hotFunctions.startEndpoint');
      const port = Number(new URL(await localUrl(probeId)).port);
      assert.ok(port > taken && port < taken + 50, `${port} after ${taken}`);
    } finally {
      other.close();
      await set('endpoint.port', 0);
    }
  });

  testOnProcesses('copies a call as a command of the shell that does the same', async () => {
    await vscode.commands.executeCommand('hotFunctions.copyCurl', { kind: 'route', routeId: probeId });
    assert.match(await vscode.env.clipboard.readText(), /^curl 'http:\/\/\S+\/r\/examples\/probe'$/);
  });

  test('listens no more when it is stopped', async () => {
    const url = await localUrl(probeId);
    await vscode.commands.executeCommand('hotFunctions.stopEndpoint');
    await assert.rejects(call(url), { code: 'ECONNREFUSED' });
  });
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe } from 'node:test';
import type { Workbench } from '../../scripts/vscode/workbench.ts';
import { UiTests } from './harness.ts';
import { allowHostRun } from './response.ts';

/** A page of an origin that is not the endpoint's, as a stranger's would be. */
const stranger = createServer((_request, response) => response.end('<!doctype html><title>stranger</title>'));

function strangersOrigin(): string {
  return `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
}

/** Which port it listens at, by the status bar. */
async function endpointPort(workbench: Workbench): Promise<number> {
  const item = workbench.page.getByRole('button', { name: /^Hot Functions, local endpoint at port/ });
  await item.waitFor();
  return Number(/port (\d+)/.exec((await item.getAttribute('aria-label')) ?? '')?.[1]);
}

/** What script of the stranger's page gets for a call: the answer, or that the browser kept it away. */
async function callFromPage(workbench: Workbench, port: number): Promise<string> {
  const page = await workbench.page.context().newPage();
  try {
    await page.goto(strangersOrigin());
    return await page.evaluate(async (url) => {
      try {
        const response = await fetch(url, { method: 'POST', body: 'Johnny' });
        return `${response.status} ${await response.text()}`;
      } catch {
        return 'kept away';
      }
    }, `http://127.0.0.1:${port}/r/examples/cold-node`);
  } finally {
    await page.close();
  }
}

describe('the local endpoint', () => {
  const ui = new UiTests({
    engine: 'process',
    settings: { 'hotFunctions.endpoint.port': 18_080, 'hotFunctions.endpoint.token': 'none' },
  });
  before(() => new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve)));
  after(() => stranger.close());

  ui.it('starts from the palette and shows where it listens', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem('/cold-node').waitFor();
    await allowHostRun(workbench);
    await workbench.runCommand('Hot Functions: Start Local Endpoint');
    const port = await endpointPort(workbench);
    const answer = await fetch(`http://127.0.0.1:${port}/r/examples/cold-node`, { method: 'POST', body: 'Johnny' });
    assert.deepEqual([answer.status, await answer.text()], [200, 'Hello Johnny\nPOST /cold-node\n']);
    await workbench.treeItem(/^Call to examples\/cold-node, done, 200, .*, endpoint/).waitFor();
  });

  ui.it('keeps a page of another origin away', async (workbench) => {
    assert.equal(await callFromPage(workbench, await endpointPort(workbench)), 'kept away');
  });

  ui.it('answers a page of another origin that a setting allows', async (workbench) => {
    workbench.writeSettings({ 'hotFunctions.endpoint.allowedOrigins': [strangersOrigin()] });
    const port = await endpointPort(workbench);
    let answer = '';
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && !answer.startsWith('200'); ) {
      answer = await callFromPage(workbench, port);
    }
    assert.equal(answer, '200 Hello Johnny\nPOST /cold-node\n');
    // One call was the program's, one is this one: the page that was kept away has called nothing.
    const calls = workbench.treeItem(/^Call to examples\/cold-node/);
    await calls.nth(1).waitFor();
    assert.equal(await calls.count(), 2);
  });

  ui.it('opens in the browser', async (workbench) => {
    const opened = workbench.page.context().waitForEvent('page');
    await workbench.runCommand('Hot Functions: Open Local Endpoint in Browser');
    const page = await opened;
    await page.getByText('"name":"examples"').waitFor();
    await page.close();
    await workbench.page.bringToFront();
  });

  ui.it('can be looked at by who follows a link of another origin, which calls nothing', async (workbench) => {
    const port = await endpointPort(workbench);
    const page = await workbench.page.context().newPage();
    const follow = async (path: string): Promise<string> => {
      await page.goto(strangersOrigin());
      await page.evaluate(`location.assign('http://127.0.0.1:${port}${path}')`);
      await page.waitForURL(`**${path}`);
      return (await page.textContent('body')) ?? '';
    };
    const texts = [await follow('/v1/apps'), await follow('/r/examples/cold-node?payload=Johnny')];
    await page.close();
    await workbench.page.bringToFront();
    assert.match(texts[0] ?? '', /"name":"examples"/);
    assert.match(texts[1] ?? '', /Pages of other origins may not call this endpoint/);
  });

  for (const kind of ['light', 'dark'] as const) {
    ui.it(`is at home in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      const item = workbench.page.getByRole('button', { name: /^Hot Functions, local endpoint/ });
      await workbench.hover(item, 'Copy Address');
      await workbench.screenshot(`endpoint-${kind}`);
      await workbench.page.mouse.move(700, 300);
    });
  }

  ui.it('offers what can be done with it', async (workbench) => {
    await workbench.page.getByRole('button', { name: /^Hot Functions, local endpoint/ }).click();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Copy Address' }).waitFor();
    await workbench.screenshot('endpoint-actions');
    await workbench.pick('Stop Local Endpoint');
    await workbench.page.getByRole('button', { name: /^Hot Functions, local endpoint/ }).waitFor({ state: 'detached' });
  });

  ui.it('says which port is taken and where it listens instead', async (workbench) => {
    const { port: taken } = stranger.address() as AddressInfo;
    workbench.writeSettings({ 'hotFunctions.endpoint.port': taken });
    const message = workbench.notification(`Port ${taken} is taken, so it listens at`);
    const deadline = Date.now() + 10_000;
    do {
      // Settings that are written are known to the window only after a while.
      await workbench.runCommand('Hot Functions: Start Local Endpoint');
      if ((await endpointPort(workbench)) > taken) {
        break;
      }
      await workbench.runCommand('Hot Functions: Stop Local Endpoint');
    } while (Date.now() < deadline);
    await message.waitFor();
    await workbench.screenshot('endpoint-port-taken');
  });

  ui.it('has the address of a route in its menu', async (workbench) => {
    await workbench.treeItem('Route /cold-node, cold').click({ button: 'right' });
    await workbench.page.getByRole('menuitem', { name: 'Copy as curl' }).waitFor();
    await workbench.screenshot('route-menu');
    await workbench.page.keyboard.press('Escape');
  });
});

describe('the local endpoint of a window in a browser', () => {
  const ui = new UiTests({
    engine: 'process',
    settings: { 'hotFunctions.endpoint.port': 18_090, 'hotFunctions.endpoint.autoStart': true },
  });

  ui.it('starts with the window, and asks for a token', async (workbench) => {
    await workbench.showView('Hot Functions');
    const port = await endpointPort(workbench);
    assert.equal((await fetch(`http://127.0.0.1:${port}/version`)).status, 401);
    await workbench.page.getByRole('button', { name: /^Hot Functions, local endpoint/ }).click();
    await workbench.pick('Show Token');
    const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]');
    await workbench.page.locator('.quick-input-widget', { hasText: 'Callers send it as' }).waitFor();
    const token = await input.inputValue();
    await workbench.page.keyboard.press('Escape');
    const answer = await fetch(`http://127.0.0.1:${port}/version`, { headers: { 'Hot-Functions-Token': token } });
    assert.equal(answer.status, 200);
  });

  ui.it('ends with the window', async (workbench) => {
    const port = await endpointPort(workbench);
    await ui.close();
    await assert.rejects(fetch(`http://127.0.0.1:${port}/version`));
  });
});

describe('the local endpoint that finds no port', () => {
  const wanted = 18_100;
  const others = Array.from({ length: 50 }, () => createServer());
  // Before the window opens.
  before(() =>
    Promise.all(
      others.map(
        (server, n) =>
          new Promise<void>((resolve) => {
            // Whoever else has the port does as well.
            server.on('error', () => resolve()).listen(wanted + n, '127.0.0.1', resolve);
          }),
      ),
    ),
  );
  after(() => {
    for (const server of others) {
      server.close();
    }
  });
  const ui = new UiTests({
    engine: 'process',
    settings: { 'hotFunctions.endpoint.port': wanted, 'hotFunctions.endpoint.autoStart': true },
  });

  ui.it('says so in the window that it should have started with, and leads to its settings', async (workbench) => {
    const message = workbench.notification(`Port ${wanted} is taken, and so are those after it`);
    await message.waitFor({ timeout: 30_000 });
    await workbench.screenshot('endpoint-not-started');
    await message.getByRole('button', { name: 'Open Settings' }).click();
    await workbench.page.locator('.settings-editor', { hasText: 'Auto Start' }).waitFor();
  });
});

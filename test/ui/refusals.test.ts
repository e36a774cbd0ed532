import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { UiTests } from './harness.ts';

describe('a workspace that is not trusted', () => {
  const ui = new UiTests({
    engine: 'process',
    workspaceTrust: true,
    settings: {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
      'hotFunctions.endpoint.autoStart': true,
    },
  });

  ui.it('lists its functions and offers nothing that runs them', async (workbench) => {
    await workbench.showView('Hot Functions');
    const row = workbench.treeItem(/^Route \/hot-node, hot/);
    await row.waitFor();
    await workbench.page.getByText('Functions run only in a trusted workspace.').waitFor();
    await row.hover();
    assert.equal(await row.getByRole('button', { name: 'Invoke' }).count(), 0);
    await workbench.openFile('hot-node/func.yaml');
    const commands = await workbench.openPalette('>Hot Functions:');
    await commands.filter({ hasText: 'Show Log' }).waitFor();
    assert.equal(await commands.filter({ hasText: /Invoke|Debug|Build|Select Engine|Allow|Endpoint/ }).count(), 0);
    assert.equal(await workbench.page.getByRole('button', { name: /local endpoint/ }).count(), 0);
    await workbench.screenshot('untrusted');
    await workbench.page.keyboard.press('Escape');
    assert.equal(await workbench.codeLens(/Invoke|Debug/).count(), 0);
  });
});

describe('a Docker Engine that does not answer', () => {
  const ui = new UiTests({
    engine: 'docker',
    settings: { 'hotFunctions.docker.host': 'unix:///nowhere/docker.sock' },
  });

  ui.it('fails the call with a way out, and nothing runs on the machine instead', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.page.getByRole('button', { name: /^Hot Functions, no engine/ }).waitFor();
    const row = workbench.treeItem(/^Route \/hot-node, hot/);
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    const message = workbench.notification('No Docker Engine answers');
    await message.waitFor();
    await workbench.screenshot('no-engine');
    await message.getByRole('button', { name: 'Select Engine…' }).click();
    await workbench.pick('This Machine');
    await workbench.page.getByRole('button', { name: 'Hot Functions, this machine, no containers' }).waitFor();
  });
});

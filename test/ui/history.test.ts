import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Workbench } from '../../scripts/vscode/workbench.ts';
import { machineFolder } from '../../src/store/installation.ts';
import { until } from '../until.ts';
import { descendantsRunning, isRunning, killExtensionHosts } from './extension-host.ts';
import { UiTests } from './harness.ts';
import { allowHostRun, waitForResponse } from './response.ts';

function workspace(name: string): string {
  return fileURLToPath(new URL(`../fixtures/workspaces/${name}`, import.meta.url));
}

async function invokeWith(workbench: Workbench, route: string, payload: string): Promise<void> {
  await workbench.runCommand('Hot Functions: Invoke Function…');
  await workbench.pick(route);
  await workbench.page.locator('.quick-input-widget', { hasText: 'an empty one calls without' }).waitFor();
  await workbench.answer(payload);
}

function callDocument(workbench: Workbench) {
  const group = workbench.page.locator('.editor-group-container', {
    has: workbench.page.locator('.tab.active', { hasText: '.call' }),
  });
  return group.locator('.view-lines');
}

describe('the history', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('async') });

  ui.it('says what will be in it', async (workbench) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/greet/).waitFor();
    await workbench.page.getByText('No calls yet.').waitFor();
    await workbench.screenshot('history-empty');
    await allowHostRun(workbench);
  });

  ui.it('shows a call as soon as it is made, and all of it with a click', async (workbench) => {
    await invokeWith(workbench, '/greet', 'Johnny');
    await waitForResponse(workbench, 'Hello Johnny');
    await workbench.treeItem(/^Call to shop\/greet, done, 200/).click();
    await callDocument(workbench).filter({ hasText: 'Made in the editor' }).waitFor();
  });

  ui.it('answers an asynchronous call at once and follows it', async (workbench, { folder }) => {
    await invokeWith(workbench, '/later', path.join(folder, 'go-1'));
    await waitForResponse(workbench, 'call_id');
    const row = workbench.treeItem(/^Call to shop\/later, running/);
    await row.click();
    await callDocument(workbench).filter({ hasText: 'running' }).waitFor();
    writeFileSync(path.join(folder, 'go-1'), '');
    await workbench.treeItem(/^Call to shop\/later, done, 200/).waitFor();
    await callDocument(workbench).filter({ hasText: 'go-1' }).filter({ hasText: '200' }).waitFor();
  });

  ui.it('tells of an asynchronous call that has failed, and leads to it', async (workbench) => {
    await invokeWith(workbench, '/later', 'fail');
    const message = workbench.notification('An asynchronous call to shop/later has failed');
    await message.waitFor();
    await workbench.screenshot('async-failure');
    await message.getByRole('button', { name: 'Open Call' }).click();
    await callDocument(workbench).filter({ hasText: 'function-exited' }).waitFor();
    await workbench.treeItem(/^Call to shop\/later, function-exited/).waitFor();
  });

  for (const kind of ['light', 'dark'] as const) {
    ui.it(`is at home in a ${kind} theme`, async (workbench) => {
      await workbench.setTheme(kind);
      await workbench.screenshot(`history-${kind}`);
    });
  }

  ui.it('has an asynchronous call that outlives a reload of its window', async (workbench, { folder }) => {
    await invokeWith(workbench, '/later', path.join(folder, 'go-2'));
    await workbench.treeItem(/^Call to shop\/later, running/).waitFor();
    await workbench.page.reload();
    await workbench.treeItem(/^Call to shop\/later, running, attempt 2/).waitFor({ timeout: 60_000 });
    writeFileSync(path.join(folder, 'go-2'), '');
    await workbench.treeItem(/^Call to shop\/later, done, 200, .*attempt 2/).waitFor();
  });

  ui.it('shows what is asked for', async (workbench) => {
    await workbench.runCommand('Hot Functions: Filter History…');
    await workbench.pick('shop/later');
    const states = workbench.page.locator('.quick-input-list .monaco-list-row');
    await states.filter({ hasText: 'Failed' }).waitFor();
    await workbench.screenshot('history-filter');
    for (const state of ['Queued', 'Running', 'Done', 'Cancelled']) {
      await states.filter({ hasText: state }).click();
    }
    await workbench.page.keyboard.press('Enter');
    await workbench.treeItem(/^Call to shop\/greet/).waitFor({ state: 'detached' });
    await workbench
      .treeItem(/^Call to shop\/later, done/)
      .first()
      .waitFor({ state: 'detached' });
    await workbench.treeItem(/^Call to shop\/later, function-exited/).waitFor();
    await workbench.screenshot('history-filtered');
    await workbench.runCommand('Hot Functions: Show All Calls');
    await workbench.treeItem(/^Call to shop\/greet/).waitFor();
  });

  ui.it('makes a call again from its row', async (workbench) => {
    const row = workbench.treeItem(/^Call to shop\/greet/);
    await row.hover();
    await row.getByRole('button', { name: 'Run Again' }).click();
    await waitForResponse(workbench, 'Hello Johnny');
    await workbench
      .treeItem(/^Call to shop\/greet/)
      .nth(1)
      .waitFor();
  });

  ui.it('forgets its calls when it is told to twice', async (workbench) => {
    await workbench.runCommand('Hot Functions: Clear History…');
    const question = workbench.page.locator('.monaco-dialog-box', { hasText: 'cannot be undone' });
    await question.waitFor();
    await workbench.screenshot('history-clear');
    await question.getByRole('button', { name: 'Clear History' }).click();
    await workbench.page.getByText('No calls yet.').waitFor();
  });
});

describe('the history of long names in a narrow window', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('long-names') });

  ui.it('shows how calls went', async (workbench) => {
    await workbench.page.setViewportSize({ width: 700, height: 600 });
    await workbench.showView('Hot Functions');
    const row = workbench.treeItem(/^Route \/an-unusually-long/);
    await row.waitFor();
    await allowHostRun(workbench);
    await row.hover();
    await row.getByRole('button', { name: 'Invoke' }).click();
    await waitForResponse(workbench, 'call 1 of this process');
    await workbench.treeItem(/^Call to .*, done, 200/).waitFor();
    await workbench.screenshot('history-narrow');
  });
});

describe('the history of two windows of one folder', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('async') });
  let other: Workbench;

  ui.it('shows in each of them what the other one runs', async (workbench, { folder }) => {
    await workbench.showView('Hot Functions');
    await workbench.treeItem(/^Route \/later/).waitFor();
    await allowHostRun(workbench);
    other = await workbench.openAnother();
    await other.showView('Hot Functions');
    await other.treeItem(/^Route \/later/).waitFor();
    // A page behind another one draws nothing, so that nothing in it comes to rest.
    await workbench.page.bringToFront();
    await invokeWith(workbench, '/later', path.join(folder, 'go-1'));
    await other.treeItem(/^Call to shop\/later, running/).waitFor();
  });

  ui.it('has what the other one submits wait for its turn', async (workbench, { folder }) => {
    await other.page.bringToFront();
    await invokeWith(other, '/later', path.join(folder, 'never'));
    await workbench.treeItem(/^Call to shop\/later, queued/).waitFor();
    await other.treeItem(/^Call to shop\/later, queued/).waitFor();
  });

  ui.it('cancels what waits when it is told to twice, whoever has submitted it', async (workbench) => {
    await workbench.page.bringToFront();
    await workbench.runCommand('Hot Functions: Cancel Waiting Calls');
    const question = workbench.page.locator('.monaco-dialog-box', { hasText: 'They will not be run.' });
    await question.getByRole('button', { name: 'Cancel Waiting Calls' }).click();
    await other.treeItem(/^Call to shop\/later, cancelled/).waitFor();
  });

  ui.it('cancels what the other one runs, and what has waited is run once', async (workbench, { folder }) => {
    await other.page.bringToFront();
    await invokeWith(other, '/later', path.join(folder, 'go-2'));
    await workbench.treeItem(/^Call to shop\/later, queued/).waitFor();
    const row = other.treeItem(/^Call to shop\/later, running/);
    await row.hover();
    await row.getByRole('button', { name: 'Cancel Call' }).click();
    await workbench
      .treeItem(/^Call to shop\/later, cancelled/)
      .nth(1)
      .waitFor();
    await other.treeItem(/^Call to shop\/later, running/).waitFor();
    writeFileSync(path.join(folder, 'go-2'), '');
    const done = /^Call to shop\/later, done, 200((?!attempt).)*$/;
    await Promise.all([workbench.treeItem(done).waitFor(), other.treeItem(done).waitFor()]);
    await other.screenshot('history-other-window');
  });

  ui.it('runs what a window was running that has been closed', async (workbench, { folder }) => {
    await invokeWith(other, '/later', path.join(folder, 'go-3'));
    await workbench.treeItem(/^Call to shop\/later, running/).waitFor();
    await other.page.close({ runBeforeUnload: true });
    await workbench.page.bringToFront();
    await workbench.treeItem(/^Call to shop\/later, running, attempt 2/).waitFor({ timeout: 60_000 });
    writeFileSync(path.join(folder, 'go-3'), '');
    await workbench.treeItem(/^Call to shop\/later, done, 200, .*attempt 2/).waitFor();
  });
});

describe('a history that is damaged', () => {
  const ui = new UiTests({ engine: 'process', folder: workspace('async') });

  ui.it('is set aside, which is said once, and a new one is begun', async (workbench) => {
    await workbench.showView('Hot Functions');
    await allowHostRun(workbench);
    await invokeWith(workbench, '/greet', 'Johnny');
    await workbench.treeItem(/^Call to shop\/greet, done, 200/).waitFor();
    // Only who has it open could mend it, so that one is not asked.
    const hosts = descendantsRunning('--type=extensionHost');
    killExtensionHosts();
    await until(() => !hosts.some(isRunning), 'the extension host to be gone');
    const storages = path.join(workbench.userDataDirectory, 'User', 'workspaceStorage');
    const [storage = ''] = readdirSync(storages);
    const calls = path.join(await machineFolder(path.join(storages, storage, 'hot-functions.hot-functions')), 'calls');
    for (const more of ['-wal', '-shm']) {
      rmSync(path.join(calls, `calls.db${more}`), { force: true });
    }
    writeFileSync(path.join(calls, 'calls.db'), 'no database '.repeat(1000));
    const message = workbench.notification('It was set aside, and a new one begun.');
    await message.waitFor({ timeout: 60_000 });
    await workbench.page.getByText('No calls yet.').waitFor();
    await workbench.screenshot('history-damaged');
    await invokeWith(workbench, '/greet', 'Johnny');
    await workbench.treeItem(/^Call to shop\/greet, done, 200/).waitFor();
    await message.getByRole('button', { name: 'Show Log' }).click();
    await workbench.page.locator('.part.panel', { hasText: 'Set aside as' }).waitFor();
    assert.equal(readdirSync(calls).filter((name) => /^calls-set-aside-.*\.db$/.test(name)).length, 1);
  });
});

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CallRecord } from '../../src/core/calls/call-record.ts';
import type { Format, Route } from '../../src/core/route.ts';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { removeOrphanContainers } from '../../src/engines/docker/orphans.ts';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { outputOf, WindowCalls } from '../runner/window-calls.ts';
import { until } from '../until.ts';
import { dockerForRunner } from './docker-for-runner.ts';
import { EngineLink } from './engine-link.ts';

const formats: readonly Format[] = ['http', 'default'];

let link: EngineLink;
let storageFolder: string;
let runs: RunnerUnderTest;
let window: WindowCalls;
beforeEach(async () => {
  link = await EngineLink.open();
  storageFolder = await mkdtemp(join(tmpdir(), 'hot-functions-async-'));
  runs = new RunnerUnderTest(await dockerForRunner(`unix://${link.path}`));
  window = await WindowCalls.open({ storageFolder, runner: runs.runner });
});
afterEach(async () => {
  await window.close();
  await runs.close();
  await link.close();
  await rm(storageFolder, { recursive: true });
  assert.deepEqual(window.problems, []);
});

/** A hot and a cold route, as they are saved now. */
function save(fields: Partial<Route> = {}): readonly Route[] {
  const routes = formats.map((format) => runs.route({ path: `/${format}`, format, timeoutMs: 60_000, ...fields }));
  runs.runner.setRoutes(routes);
  window.save(...routes);
  return routes;
}

/** How the calls went, with what their functions put out last. */
async function stories(callIds: readonly string[]) {
  const records = await Promise.all(callIds.map((callId) => window.over(callId)));
  return records.map(({ state, attempts, earlier, ...record }: CallRecord) => ({
    state,
    attempts,
    earlier: earlier.map(({ error }) => error.code),
    output: outputOf({ ...record }).replace(/^HTTP(.+\r\n)+\r\n/, ''),
  }));
}

describe('asynchronous calls in containers', () => {
  it('of a window that is killed are run again to their end by the next one', async () => {
    const { image } = runs.route({});
    const killed: ChildProcess = fork(
      join(import.meta.dirname, 'async-window.ts'),
      [storageFolder, runs.real.folder, image],
      { stdio: ['ignore', 2, 2, 'ipc'] },
    );
    const [callIds] = await once(killed, 'message');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    save();
    window.queue.start();
    const again = { state: 'done', attempts: 2, earlier: ['interrupted'] };
    assert.deepEqual(await stories(callIds), [
      { ...again, output: 'call 1' },
      { ...again, output: 'cold work' },
    ]);
    const { installation } = window.lease;
    const liveWindows = async () => (await window.lease.windows()).live;
    assert.equal(await removeOrphanContainers(localSources(), installation, liveWindows), 2);
  });

  it('that run while the engine goes away are run again when it is back, however often they were tried', async () => {
    const callIds = await Promise.all(
      save({ config: { DEAF: 'yes' } }).map((route) => window.queue.submit(route, { body: 'work' })),
    );
    await until(
      () => runs.runner.calls().filter(({ container }) => container !== undefined).length === 2,
      'both to run',
    );
    await link.cut();
    const [hot] = save();
    assert.ok(hot);
    callIds.push(await window.queue.submit(hot, { body: 'submitted meanwhile' }));
    // The first of each route has come to nothing more often than it may be interrupted.
    await until(() => runs.finished.length >= 8, 'all calls to be tried again and again');
    await link.mend();
    assert.deepEqual(await stories(callIds), [
      { state: 'done', attempts: 2, earlier: ['engine-lost'], output: 'call 1' },
      { state: 'done', attempts: 2, earlier: ['engine-lost'], output: 'cold work' },
      { state: 'done', attempts: 1, earlier: [], output: 'call 2' },
    ]);
  });
});

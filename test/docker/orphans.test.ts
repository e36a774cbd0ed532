import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { removeOrphanContainers } from '../../src/engines/docker/orphans.ts';
import { WindowLease } from '../../src/store/window-lease.ts';
import { until } from '../until.ts';
import { EngineUnderTest } from './engine-under-test.ts';

let bed: EngineUnderTest;
let storage: string;
let own: WindowLease;
let children: ChildProcess[] = [];

before(async () => {
  bed = await EngineUnderTest.open();
  await bed.prepareFunction();
});
after(() => bed.close());
beforeEach(async () => {
  storage = await mkdtemp(join(tmpdir(), 'hot-functions-windows-'));
  own = await WindowLease.take(storage);
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  children = [];
  await until(async () => {
    await reap();
    return (await names()).length === 0;
  }, 'the containers of all windows to be removed');
  await own.release();
  await rm(storage, { recursive: true });
});

const reap = (host = ''): Promise<number> =>
  removeOrphanContainers(localSources(host), own.installation, async () => (await own.windows()).live);

/** Of all containers of this installation, in whatever state. */
async function names(): Promise<readonly string[]> {
  const filters = { label: [`dev.hot-functions.installation=${own.installation}`] };
  const found = await bed.docker.listContainers({ all: true, filters });
  return found.flatMap(({ Names }) => Names.map((name) => name.slice(1))).sort();
}

interface OtherWindow {
  readonly child: ChildProcess;
  /** Of its first container, which runs. */
  readonly container: string;
}

async function otherWindow(containers = 1): Promise<OtherWindow> {
  const program = join(import.meta.dirname, 'container-window.ts');
  const args = [storage, bed.folder, bed.image, String(containers)];
  const child = fork(program, args, { stdio: ['ignore', 2, 2, 'ipc'] });
  children.push(child);
  const [{ name }] = await once(child, 'message');
  return { child, container: name };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

describe('a window that was killed', () => {
  it('leaves no container, and those of a live window stay', async () => {
    const [killed, live] = await Promise.all([otherWindow(), otherWindow()]);
    await kill(killed.child);
    assert.deepEqual(await names(), [killed.container, live.container].sort());
    assert.deepEqual([await reap(), await names()], [1, [live.container]]);
  });

  it('leaves none that was created and not started yet', async () => {
    await bed.docker.createContainer({
      name: `${bed.installation}-created`,
      Image: bed.image,
      Labels: { 'dev.hot-functions.installation': own.installation, 'dev.hot-functions.window': 'killed' },
    });
    assert.deepEqual([await reap(), await names()], [1, []]);
  });

  it('in the middle of starting containers leaves none', async () => {
    const { child } = await otherWindow(100);
    await kill(child);
    // The engine may be about to create one more.
    await until(async () => {
      await reap();
      return (await names()).length === 0;
    }, 'all containers of the window to be removed');
  });

  it('has no say in the containers of another installation, whose windows are not known here', async () => {
    const container = await bed.start({ MODE: 'sleep' });
    try {
      assert.deepEqual([await reap(), (await bed.leftovers()).length], [0, 1]);
    } finally {
      await container.kill();
    }
  });
});

describe('this window', () => {
  it('keeps its containers', async () => {
    const { id } = await bed.docker.createContainer({
      name: `${bed.installation}-own`,
      Image: bed.image,
      Labels: { 'dev.hot-functions.installation': own.installation, 'dev.hot-functions.window': own.id },
    });
    assert.deepEqual([await reap(), await names()], [0, [`${bed.installation}-own`]]);
    await bed.docker.getContainer(id).remove();
  });

  it('is told where no engine can be asked for containers', async () => {
    await assert.rejects(reap(`unix://${join(storage, 'docker.sock')}`), { code: 'engine-lost' });
  });
});

/** What calls make of an engine that is really paused, stopped and started again. Part of `npm run soak`: it needs root. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Dockerode from 'dockerode';
import { dockerForRunner } from '../docker/docker-for-runner.ts';
import { type Answered, RunnerUnderTest } from '../runner/runner-under-test.ts';
import { until } from '../until.ts';
import { OwnDaemon } from './own-daemon.ts';

describe('a real engine', () => {
  let daemon: OwnDaemon;
  let bed: RunnerUnderTest;
  before(async () => {
    daemon = await OwnDaemon.start();
    bed = new RunnerUnderTest(await dockerForRunner(daemon.dockerHost));
  });
  after(async () => {
    await bed.runner.close();
    await bed.real.engine.dispose();
    await daemon.close();
  });

  const route = () => bed.route({ path: '/hot', format: 'http', timeoutMs: 60_000 });

  /** A call that is being served and will not be answered. */
  async function hanging(): Promise<{ readonly call: Promise<Answered> }> {
    const busy = bed.container('busy');
    const call = bed.call(route(), 'hang');
    await busy;
    return { call };
  }

  /** Containers that it has, whoever has lost sight of them. */
  async function left(): Promise<number> {
    const socketPath = daemon.dockerHost.slice('unix://'.length);
    return (await new Dockerode({ socketPath }).listContainers({ all: true })).length;
  }

  it('that is paused in the middle of a call fails it, and serves again when it goes on, with nothing left', async () => {
    const { call } = await hanging();
    daemon.pause();
    const { status, code } = await call;
    daemon.continue();
    const healed = await bed.call(route(), 'x');
    await bed.runner.stopContainers();
    await until(async () => (await left()) === 0, 'what was lost to be removed');
    assert.deepEqual([status, code, healed.status], [503, 'engine-lost', 200]);
  });

  it('that is stopped in the middle of a call fails it, and serves again when it is started', async () => {
    const { call } = await hanging();
    await daemon.stop();
    // It kills its containers before it goes, and answers questions until then: a 137 that nobody here has sent.
    const { code } = await call;
    const meanwhile = await bed.call(route(), 'x');
    await daemon.start();
    const healed = await bed.call(route(), 'x');
    assert.deepEqual([code, meanwhile.code, healed.status], ['out-of-memory', 'engine-lost', 200]);
  });

  it('that is stopped and started while its containers idle serves the next call', async () => {
    await bed.call(route(), 'x');
    await daemon.stop();
    await daemon.start();
    const { status, text } = await bed.call(route(), 'x');
    assert.deepEqual([status, text], [200, 'call 1']);
  });
});

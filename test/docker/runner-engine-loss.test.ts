import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { until } from '../until.ts';
import { dockerForRunner } from './docker-for-runner.ts';
import { EngineLink } from './engine-link.ts';

describe('calls on an engine that goes away', () => {
  let link: EngineLink;
  let bed: RunnerUnderTest;
  beforeEach(async () => {
    link = await EngineLink.open();
    bed = new RunnerUnderTest(await dockerForRunner(`unix://${link.path}`));
  });
  afterEach(async () => {
    await bed.close();
    await link.close();
  });

  const route = () => bed.route({ path: '/lost', format: 'http', timeoutMs: 60_000 });

  it('fail at once when the connection breaks, and work again when it is back', async () => {
    const busy = bed.container('busy');
    const call = bed.call(route(), 'hang');
    await busy;
    await link.cut();
    const lost = await call;
    const meanwhile = await bed.call(route(), 'x');
    await link.mend();
    const healed = await bed.call(route(), 'x');
    assert.deepEqual([lost.status, lost.code, meanwhile.code, healed.status], [503, 'engine-lost', 'engine-lost', 200]);
  });

  it('fail when it falls silent, long before their timeout', async () => {
    const busy = bed.container('busy');
    const call = bed.call(route(), 'hang');
    await busy;
    link.fallSilent();
    const lost = await call;
    await link.speakAgain();
    const healed = await bed.call(route(), 'x');
    assert.deepEqual([lost.status, lost.code, healed.status], [503, 'engine-lost', 200]);
  });

  it('are not given a container that was lost while idle', async () => {
    await bed.call(route(), 'x');
    await link.cut();
    await until(() => bed.runner.containers().length === 0, 'the idle container to be counted out');
    await link.mend();
    const { text, result } = await bed.call(route(), 'x');
    assert.deepEqual([text, result.servedBy?.temperature], ['call 1', 'started-hot']);
  });
});

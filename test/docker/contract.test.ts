import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { describeContract } from '../runner/describe-contract.ts';
import { describeEnds } from '../runner/describe-ends.ts';
import { describeKeepWarm } from '../runner/describe-keep-warm.ts';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { dockerForRunner } from './docker-for-runner.ts';

describeContract('containers', dockerForRunner);
describeEnds('a container', dockerForRunner);
describeKeepWarm('a container', dockerForRunner);

describe('images and memory of containers', () => {
  let bed: RunnerUnderTest;
  before(async () => {
    bed = new RunnerUnderTest(await dockerForRunner());
  });
  after(() => bed.close());

  it('a missing image is built from its folder on the first call, outside of the timeout', async () => {
    const phases = new Set<string>();
    const route = bed.route({ path: '/cold', timeoutMs: 10_000 });
    const { status, text } = await bed.call(route, 'Johnny', { report: ({ phase }) => phases.add(phase) });
    assert.deepEqual([status, text, [...phases]], [200, 'cold Johnny', ['building']]);
  });

  it('a changed folder is built again, an unchanged one is not', async () => {
    const route = bed.route({ path: '/cold' });
    const before = bed.real.buildLog.length;
    await bed.call(route, 'same');
    const unchanged = bed.real.buildLog.length - before;
    await appendFile(join(bed.real.folder, 'Dockerfile'), 'LABEL changed=yes\n');
    await bed.call(route, 'changed');
    assert.deepEqual([unchanged, bed.real.buildLog.length > before], [0, true]);
  });

  for (const format of ['http', 'default'] as const) {
    it(`a function of format ${format} that uses more than its memory is named so`, async () => {
      const { status, code } = await bed.call(bed.route({ path: `/memory-${format}`, format }), 'memory');
      assert.deepEqual([status, code], [502, 'out-of-memory']);
    });
  }

  it('an image that is nowhere fails at once, with what to do', async () => {
    const route = bed.route({
      path: '/nowhere',
      image: '127.0.0.1:1/no/such:image',
      source: { folder: '/nonexistent' },
    });
    const { status, result } = await bed.call(route, 'x');
    assert.deepEqual([status, result.error?.code, result.error?.hint !== undefined], [502, 'image-missing', true]);
  });

  it('a container that idles is given up for the memory that a call of another route needs', async () => {
    const tight = new RunnerUnderTest(await dockerForRunner(), 40);
    const one = tight.route({ path: '/one', format: 'http' });
    const other = { ...one, id: 'tests/other', path: '/other' };
    tight.runner.setRoutes([one, other]);
    await tight.call(one, 'x');
    const { status } = await tight.call(other, 'x');
    const serving = tight.runner.containers().filter(({ state }) => state.kind === 'idle');
    assert.deepEqual([status, serving.map(({ routeId }) => routeId)], [200, ['tests/other']]);
    await tight.close();
  });

  it('a call that finds no memory for ten seconds says so', async () => {
    const tight = new RunnerUnderTest(await dockerForRunner(), 40);
    const one = tight.route({ path: '/one', format: 'http', timeoutMs: 60_000 });
    const other = { ...one, id: 'tests/other', path: '/other' };
    tight.runner.setRoutes([one, other]);
    const busy = tight.container('busy');
    const hanging = tight.call(one, 'hang');
    await busy;
    const { status, code } = await tight.call(other, 'x');
    await tight.runner.stopContainers();
    assert.deepEqual([status, code, (await hanging).code], [503, 'no-memory', 'stopped']);
    await tight.close();
  });
});

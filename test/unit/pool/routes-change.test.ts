import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const hot = routeWith({ format: 'http' });

async function answered(bed: RunnerBed, call: Promise<string>, container: number, body: string): Promise<string> {
  await settled();
  bed.engine.at(container).answer(body);
  return call;
}

describe('a route that is saved with a change', () => {
  const shaping = { image: 'iron/other', memoryMiB: 256, config: { A: 'b' } };
  for (const [field, value] of Object.entries(shaping)) {
    it(`of ${field} gets new containers, and the idle one ends`, async () => {
      const bed = new RunnerBed([hot]);
      await answered(bed, bed.call(hot), 0, 'old');
      const changed = routeWith({ ...hot, [field]: value });
      bed.runner.setRoutes([changed]);
      await settled();
      assert.deepEqual(bed.engine.at(0).asked, ['end of file']);
      assert.equal(await answered(bed, bed.call(changed), 1, 'new'), '200 new');
    });
  }

  it('lets the call under way and those behind it finish on the old containers', async () => {
    const bed = new RunnerBed([hot]);
    const old = [bed.call(hot), bed.call(hot)];
    await settled();
    const changed = routeWith({ ...hot, image: 'iron/other' });
    bed.runner.setRoutes([changed]);
    const fresh = bed.call(changed);
    assert.equal(await answered(bed, fresh, 1, 'new'), '200 new');
    for (const body of ['a', 'b']) {
      await settled();
      bed.engine.at(0).answer(body);
    }
    assert.deepEqual(await Promise.all(old), ['200 a', '200 b']);
    await settled();
    assert.deepEqual(bed.engine.at(0).asked, ['end of file']);
  });

  it('of its clocks keeps its containers; a new idle timeout is for containers started later', async () => {
    const bed = new RunnerBed([hot]);
    await answered(bed, bed.call(hot), 0, 'a');
    const changed = routeWith({ ...hot, timeoutMs: 5_000, idleTimeoutMs: 1_000 });
    bed.runner.setRoutes([changed]);
    assert.equal(await answered(bed, bed.call(changed), 0, 'b'), '200 b');
    await bed.clock.pass(29_999);
    assert.deepEqual(bed.states(), ['idle']);
  });

  it('of maxConcurrency lets waiting calls have more containers at once', async () => {
    const bed = new RunnerBed([hot]);
    const calls = [bed.call(hot), bed.call(hot)];
    await settled();
    bed.runner.setRoutes([routeWith({ ...hot, maxConcurrency: 2 })]);
    await settled();
    bed.engine.at(1).answer('second');
    bed.engine.at(0).answer('first');
    assert.deepEqual(await Promise.all(calls), ['200 first', '200 second']);
  });

  it('by being removed ends its idle container', async () => {
    const bed = new RunnerBed([hot]);
    await answered(bed, bed.call(hot), 0, 'a');
    bed.runner.setRoutes([]);
    await settled();
    assert.deepEqual(bed.engine.at(0).asked, ['end of file']);
  });
});

describe('text that is not saved', () => {
  it('with another shape is called in a container of its own, ended after the call; the pool stays', async () => {
    const bed = new RunnerBed([hot]);
    await answered(bed, bed.call(hot), 0, 'saved');
    const unsaved = routeWith({ ...hot, config: { A: 'b' } });
    assert.equal(await answered(bed, bed.call(unsaved), 1, 'unsaved'), '200 unsaved');
    await settled();
    assert.deepEqual(
      bed.engine.containers.map(({ asked }) => asked),
      [[], ['end of file']],
    );
  });

  it('with other clocks only is called in the pool, by its own timeout', async () => {
    const bed = new RunnerBed([hot]);
    await answered(bed, bed.call(hot), 0, 'saved');
    const call = bed.call(routeWith({ ...hot, timeoutMs: 500 }));
    await bed.clock.pass(500);
    assert.deepEqual([await call, bed.engine.containers.length], ['504 timeout', 1]);
  });
});

describe('code that changes', () => {
  const inFolder = routeWith({ ...hot, source: { folder: '/ws/hello' } });

  it('ends the idle containers of its folder', async () => {
    const bed = new RunnerBed([inFolder]);
    await answered(bed, bed.call(inFolder), 0, 'old');
    bed.runner.sourceChanged('/ws/hello');
    assert.equal(await answered(bed, bed.call(inFolder), 1, 'new'), '200 new');
  });

  it('lets a busy container finish, without making the next call wait for it', async () => {
    const bed = new RunnerBed([inFolder]);
    const old = bed.call(inFolder);
    await settled();
    bed.runner.sourceChanged('/ws/hello');
    assert.equal(await answered(bed, bed.call(inFolder), 1, 'new'), '200 new');
    assert.equal(await answered(bed, old, 0, 'old'), '200 old');
    await settled();
    assert.deepEqual(bed.engine.at(0).asked, ['end of file']);
  });

  it('found by a build ends the containers of the old image', async () => {
    const bed = new RunnerBed([hot]);
    await answered(bed, bed.call(hot), 0, 'old');
    bed.engine.identity = 'v2';
    await bed.runner.prepare(hot, { force: true });
    assert.equal(await answered(bed, bed.call(hot), 1, 'new'), '200 new');
  });
});

describe('stopping', () => {
  it('kills the containers of one route; its calls fail with stopped and the others stay', async () => {
    const other = routeWith({ ...hot, path: '/other', id: 'myapp/other' });
    const bed = new RunnerBed([hot, other]);
    await answered(bed, bed.call(other), 0, 'ok');
    const busy = bed.call(hot);
    await settled();
    await bed.runner.stopContainers(hot.id);
    assert.deepEqual([await busy, bed.states()], ['503 stopped', ['idle']]);
  });

  it('by closing settles every call, leaves no container and takes no more calls', async () => {
    const cold = routeWith({ path: '/cold', id: 'myapp/cold' });
    const bed = new RunnerBed([hot, cold]);
    const calls = [bed.call(hot), bed.call(hot), bed.call(cold)];
    await settled();
    await bed.runner.close();
    assert.deepEqual(await Promise.all(calls), ['503 closing', '503 closing', '503 closing']);
    assert.deepEqual([bed.states(), bed.clock.pendingTimers, await bed.call(hot)], [[], 0, 'rejected: closing']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const one = routeWith({ format: 'http', path: '/one', id: 'myapp/one', memoryMiB: 100 });
const two = routeWith({ format: 'http', path: '/two', id: 'myapp/two', memoryMiB: 100 });
const cold = routeWith({ path: '/cold', id: 'myapp/cold', memoryMiB: 100 });

async function answered(bed: RunnerBed, call: Promise<string>, container: number): Promise<string> {
  await settled();
  bed.engine.at(container).answer('ok');
  return call;
}

describe('the memory budget', () => {
  it('has an idle container of another route end before a call waits for longer', async () => {
    const bed = new RunnerBed([one, two], 150);
    await answered(bed, bed.call(one), 0);
    const call = bed.call(two);
    await settled();
    const waiting = bed.runner.containers().find(({ routeId }) => routeId === two.id)?.state;
    assert.deepEqual([waiting, bed.engine.at(0).asked], [{ kind: 'starting', waitingFor: 'memory' }, ['end of file']]);
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    assert.equal(await answered(bed, call, 1), '200 ok');
  });

  it('has a container that becomes idle end for a call of another route that waits', async () => {
    const bed = new RunnerBed([one, two], 150);
    const busy = bed.call(one);
    await settled();
    const call = bed.call(two);
    await settled();
    const before = [...bed.engine.at(0).asked];
    await answered(bed, busy, 0);
    await settled();
    assert.deepEqual([before, bed.engine.at(0).asked], [[], ['end of file']]);
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    assert.equal(await answered(bed, call, 1), '200 ok');
  });

  it('does not take the container that a debugger keeps', async () => {
    const bed = new RunnerBed([one, two], 150);
    await answered(bed, bed.call(one), 0);
    const run = bed.runner.attachDebug(bed.engine.at(0).spec.name);
    const call = bed.call(two);
    await bed.clock.pass(10_000);
    assert.deepEqual([await call, bed.engine.at(0).asked], ['503 no-memory', []]);
    await run.close();
  });

  it('gives up the container that was not used for longest, and no more than needed', async () => {
    const bed = new RunnerBed([one, two, cold], 200);
    await answered(bed, bed.call(one), 0);
    await bed.clock.pass(1000);
    await answered(bed, bed.call(two), 1);
    void bed.call(cold);
    await settled();
    assert.deepEqual(
      bed.engine.containers.map(({ asked }) => asked),
      [['end of file'], []],
    );
  });

  it('counts a container until it is gone', async () => {
    const bed = new RunnerBed([one, two], 150);
    await answered(bed, bed.call(one), 0);
    void bed.call(two);
    await settled();
    assert.equal(bed.engine.containers.length, 1);
    await bed.clock.pass(3000);
    assert.equal(bed.engine.containers.length, 2);
  });

  it('lets calls wait for busy containers in order of arrival', async () => {
    const bed = new RunnerBed([one, two, cold], 150);
    const busy = bed.call(one);
    await settled();
    const waiting = [bed.call(cold), bed.call(two)];
    await settled();
    await answered(bed, busy, 0);
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await settled();
    bed.engine.at(1).exits({ reason: 'exit', code: 0 });
    await settled();
    bed.engine.at(2).answer('ok');
    assert.deepEqual(await Promise.all(waiting), ['200 ', '200 ok']);
  });

  it("ends the wait after ten seconds, in the daemon's words", async () => {
    const bed = new RunnerBed([one, cold], 150);
    const busy = bed.call(one);
    await settled();
    const refused = bed.runner.invoke(cold, {});
    await bed.clock.pass(9_999);
    const early = bed.finished.length;
    await bed.clock.pass(1);
    const { status, error } = await refused;
    assert.deepEqual(
      [early, status, error?.code, error?.message],
      [0, 503, 'no-memory', 'Task timed out. No available memory.'],
    );
    assert.equal(await answered(bed, busy, 0), '200 ok');
  });

  it('refuses at once what can never fit', async () => {
    const bed = new RunnerBed([one], 64);
    assert.equal(await bed.call(one), '503 no-memory');
  });

  it('forgets who goes away while waiting', async () => {
    const bed = new RunnerBed([one, two, cold], 150);
    const busy = bed.call(one);
    await settled();
    const controller = new AbortController();
    const gone = bed.call(cold, {}, { signal: controller.signal });
    const next = bed.call(two);
    await settled();
    controller.abort();
    assert.equal(await gone, 'rejected: aborted');
    await answered(bed, busy, 0);
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    assert.equal(await answered(bed, next, 1), '200 ok');
  });
});

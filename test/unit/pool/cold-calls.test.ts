import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerExit } from '../../../src/core/engine.ts';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const cold = routeWith({ path: '/cold', config: { 'app-cfg': 'x' }, timeoutMs: 5_000 });

describe('a cold call', () => {
  it('has its variables in the environment, its input on stdin to end of file, and stdout as its answer', async () => {
    const bed = new RunnerBed([cold]);
    const call = bed.call(cold, { body: 'Johnny', headers: [['X-Custom', 'v1']], query: 'a=1' });
    await settled();
    const container = bed.engine.at(0);
    container.stdout.write('Hello ');
    container.stdout.write('Johnny');
    container.exits({ reason: 'exit', code: 0 });
    assert.equal(await call, '200 Hello Johnny');
    assert.deepEqual(
      [container.received, container.asked, container.spec.env],
      [
        'Johnny',
        ['end of file', 'kill'],
        {
          APP_CFG: 'x',
          FN_FORMAT: 'default',
          HEADER_X_CUSTOM: 'v1',
          METHOD: 'POST',
          REQUEST_URL: 'http://localhost/r/myapp/cold?a=1',
          ROUTE: '/cold',
        },
      ],
    );
  });

  it('without a body is a GET whose input is the payload of the query', async () => {
    const bed = new RunnerBed([cold]);
    const call = bed.call(cold, { query: 'payload=from%20query' });
    await settled();
    const container = bed.engine.at(0);
    container.exits({ reason: 'exit', code: 0 });
    await call;
    assert.deepEqual([container.received, container.spec.env['METHOD']], ['from query', 'GET']);
  });

  const failures: readonly (readonly [exit: ContainerExit, result: string])[] = [
    [{ reason: 'exit', code: 3 }, '502 function-exited'],
    [{ reason: 'out-of-memory', code: 137, certain: true }, '502 out-of-memory'],
    [{ reason: 'lost', detail: 'socket hang up' }, '503 engine-lost'],
  ];
  for (const [exit, result] of failures) {
    it(`whose function ends by ${exit.reason} gives ${result}, whatever it wrote before`, async () => {
      const bed = new RunnerBed([cold]);
      const call = bed.call(cold);
      await settled();
      bed.engine.at(0).stdout.write('half an answer');
      bed.engine.at(0).exits(exit);
      assert.equal(await call, result);
    });
  }

  it('that outlives its timeout is killed before 504 is answered', async () => {
    const bed = new RunnerBed([cold]);
    const call = bed.call(cold);
    await bed.clock.pass(5_000);
    assert.equal(await call, '504 timeout');
    assert.deepEqual([bed.engine.at(0).asked.at(-1), bed.states()], ['kill', []]);
  });

  it('gives out a large answer as it comes, and breaks it off when the function fails after all', async () => {
    const bed = new RunnerBed([cold]);
    const result = bed.runner.invoke(cold, {});
    await settled();
    const container = bed.engine.at(0);
    container.stdout.write(Buffer.alloc(2 * 1024 * 1024));
    const { status, body } = await result;
    const read = body.collect(10 * 1024 * 1024);
    container.exits({ reason: 'exit', code: 1 });
    assert.equal(status, 200);
    await assert.rejects(read, { code: 'function-exited' });
  });

  it('has a container of its own each time', async () => {
    const bed = new RunnerBed([cold]);
    const calls = [bed.call(cold), bed.call(cold)];
    await settled();
    assert.deepEqual(bed.states(), ['busy', 'busy']);
    for (const container of bed.engine.containers) {
      container.exits({ reason: 'exit', code: 0 });
    }
    await Promise.all(calls);
    await settled();
    assert.deepEqual(bed.states(), []);
  });
});

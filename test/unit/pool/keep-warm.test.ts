import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRequest } from '../../../src/core/call.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import type { Route } from '../../../src/core/route.ts';
import type { InvokeOptions } from '../../../src/core/runner-options.ts';
import { settled } from '../fakes/fake-clock.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const source = { folder: '/functions/cold' };
const cold = routeWith({ path: '/cold', id: 'myapp/cold', idleTimeoutMs: 20_000, memoryMiB: 100, source });
const other = routeWith({ path: '/other', id: 'myapp/other', memoryMiB: 100 });
const hot = routeWith({ format: 'http', path: '/hot', id: 'myapp/hot', memoryMiB: 100 });

const exited = { reason: 'exit', code: 0 } as const;

/** A bed in which `route` is kept warm. */
function bedOf(route: Route = cold, memoryBudgetMiB?: number): RunnerBed {
  const bed = new RunnerBed([route, other, hot], memoryBudgetMiB);
  bed.runner.keepWarm(new Set([route.id]));
  return bed;
}

/** A call that the container of that number answers. */
async function answered(
  bed: RunnerBed,
  index: number,
  [route, request, options]: readonly [route?: Route, request?: CallRequest, options?: InvokeOptions] = [],
): Promise<string> {
  const call = bed.call(route ?? cold, request, options);
  await settled();
  bed.engine.at(index).stdout.write(`answer ${index}`);
  bed.engine.at(index).exits(exited);
  const text = await call;
  await settled();
  return text;
}

/** A bed with container 1 waiting for its call. */
async function warmBed(memoryBudgetMiB?: number): Promise<RunnerBed> {
  const bed = bedOf(cold, memoryBudgetMiB);
  await answered(bed, 0);
  return bed;
}

/** A bed with the start of a container for the next call under way. */
async function startingBed(): Promise<RunnerBed> {
  const bed = bedOf();
  const call = bed.call(cold);
  await settled();
  bed.engine.auto.start = false;
  bed.engine.at(0).exits(exited);
  await call;
  await settled();
  return bed;
}

function askedOf(bed: RunnerBed): readonly (readonly string[])[] {
  return bed.engine.containers.map(({ asked }) => asked);
}

describe('Keep Warm, when a call was answered,', () => {
  it('starts a container with what that call had, which waits for its input', async () => {
    const bed = bedOf();
    await answered(bed, 0, [cold, { body: 'Johnny', headers: [['X-Custom', 'v1']] }]);
    const [first, ahead] = bed.engine.containers;
    assert.deepEqual(
      [{ ...ahead?.spec, name: first?.spec.name }, ahead?.received, ahead?.asked],
      [first?.spec, '', []],
    );
    assert.deepEqual(
      bed.runner.containers().map(({ state, served }) => [state, served]),
      [[{ kind: 'idle', sinceMs: 0, untilMs: 20_000 }, 0]],
    );
  });

  it('leaves the one that is there alone, but for its idle clock', async () => {
    const bed = bedOf();
    const calls = [bed.call(cold), bed.call(cold)];
    await settled();
    for (const container of [...bed.engine.containers]) {
      container.exits(exited);
      await bed.clock.pass(5000);
    }
    await Promise.all(calls);
    await settled();
    assert.deepEqual(
      [bed.engine.containers.length, bed.runner.containers().map(({ state }) => state)],
      [3, [{ kind: 'idle', sinceMs: 5000, untilMs: 25_000 }]],
    );
  });

  it('puts one in the place of one that the last call could not have had', async () => {
    const bed = bedOf();
    const calls = [bed.call(cold), bed.call(cold, { query: 'a=1' })];
    await settled();
    for (const container of [...bed.engine.containers]) {
      container.exits(exited);
      await settled();
    }
    await Promise.all(calls);
    assert.deepEqual(
      [askedOf(bed).slice(2), bed.engine.at(3).spec.env['REQUEST_URL']],
      [[['kill'], []], 'http://localhost/r/myapp/cold?a=1'],
    );
  });

  const never: readonly (readonly [what: string, begin: () => Promise<RunnerBed>, calls?: number])[] = [
    [
      'that is asynchronous',
      async () => {
        const route = { ...cold, type: 'async' } as const;
        const bed = bedOf(route);
        await answered(bed, 0, [route]);
        return bed;
      },
    ],
    [
      'that the queue of asynchronous calls made',
      async () => {
        const bed = bedOf();
        await answered(bed, 0, [cold, {}, { origin: 'async' }]);
        return bed;
      },
    ],
    [
      'of another route',
      async () => {
        const bed = bedOf();
        await answered(bed, 0, [other]);
        return bed;
      },
    ],
    [
      'whose route is not saved like this',
      async () => {
        const bed = bedOf();
        await answered(bed, 0, [{ ...cold, config: { text: 'not saved' } }]);
        return bed;
      },
    ],
    [
      'whose idle timeout is 0',
      async () => {
        const route = { ...cold, idleTimeoutMs: 0 };
        const bed = bedOf(route);
        await answered(bed, 0, [route]);
        return bed;
      },
    ],
    [
      'that failed',
      async () => {
        const bed = bedOf();
        const call = bed.call(cold);
        await settled();
        bed.engine.at(0).exits({ reason: 'exit', code: 1 });
        await call;
        await settled();
        return bed;
      },
    ],
    [
      'after which nothing may run here any more',
      async () => {
        const bed = bedOf();
        const call = bed.call(cold);
        await settled();
        bed.refusal = new HotFunctionsError('host-run-unconfirmed', 'Nobody has allowed it.');
        bed.engine.at(0).exits(exited);
        await call;
        await settled();
        return bed;
      },
    ],
    [
      'whose container was to be stopped before it was gone',
      async () => {
        const bed = bedOf();
        const call = bed.call(cold);
        await settled();
        const container = bed.engine.at(0);
        const removed = Promise.withResolvers<void>();
        container.kill = () => removed.promise;
        container.exits(exited);
        await call;
        const stopped = bed.runner.stopContainers();
        removed.resolve();
        await stopped;
        await settled();
        return bed;
      },
    ],
    [
      'of a debugger',
      async () => {
        const bed = bedOf();
        const run = bed.runner.openDebug(cold, async () => ({
          files: [],
          command: (given) => given,
          extraMemoryMiB: 0,
        }));
        const call = run.invoke({}, {});
        await settled();
        bed.engine.at(0).exits(exited);
        await (await call).finished;
        await settled();
        return bed;
      },
    ],
    [
      'when there is no free memory',
      async () => {
        const bed = bedOf(cold, 250);
        const busy = [bed.call(hot), bed.call(cold)];
        await settled();
        void bed.call({ ...other, memoryMiB: 60 });
        await settled();
        bed.engine.at(1).exits(exited);
        await busy[1];
        await settled();
        return bed;
      },
      3,
    ],
  ];
  for (const [what, begin, calls = 1] of never) {
    it(`starts none after one ${what}`, async () => {
      const bed = await begin();
      assert.equal(bed.engine.containers.length + bed.engine.starting.length, calls);
    });
  }
});

describe('a container that is kept warm', () => {
  it('serves the next call: its input, its answer, and no time for a start', async () => {
    const bed = await warmBed();
    await bed.clock.pass(5000);
    const call = bed.call(cold, { body: 'Johnny', method: 'GET' });
    await settled();
    bed.engine.at(1).stdout.write('Hello');
    await bed.clock.pass(7);
    bed.engine.at(1).exits(exited);
    const text = await call;
    const { servedBy, timings } = bed.finished[1] ?? assert.fail('It has not ended.');
    assert.deepEqual(
      [text, bed.engine.at(1).received, bed.engine.at(1).asked, servedBy, timings],
      [
        '200 Hello',
        'Johnny',
        ['end of file', 'kill'],
        { name: 'hf-myapp-cold-2', engineId: 'id-hf-myapp-cold-2', temperature: 'kept-warm', callNumber: 1 },
        { preparedMs: 0, firstByteMs: 0, totalMs: 7 },
      ],
    );
  });

  it('serves a call that brought its own id: a cold function does not see ids', async () => {
    const bed = await warmBed();
    await answered(bed, 1, [cold, {}, { callId: 'mine' }]);
    assert.deepEqual(
      bed.finished.map(({ callId, servedBy }) => [callId, servedBy?.temperature]),
      [
        ['c1', 'cold'],
        ['mine', 'kept-warm'],
      ],
    );
  });

  it('is followed by another one', async () => {
    const bed = await warmBed();
    await answered(bed, 1);
    await answered(bed, 2);
    assert.deepEqual([bed.engine.containers.length, bed.states()], [4, ['idle']]);
  });

  it('is one container from its start to its end, for whoever lists them at any moment', async () => {
    const bed = bedOf();
    const lists: string[] = [];
    bed.runner.onDidChangeContainers(() => {
      lists.push(
        bed.runner
          .containers()
          .map(({ name, state }) => `${name.slice(-1)} ${state.kind}`)
          .join(),
      );
    });
    await answered(bed, 0);
    lists.length = 0;
    const call = bed.call(cold);
    await settled();
    bed.engine.at(1).exits(exited);
    await call;
    assert.deepEqual(lists.slice(0, 2), ['2 busy', '']);
  });

  it('has what it wrote to stdout before its call at the beginning of its answer', async () => {
    const bed = await warmBed();
    bed.engine.at(1).stdout.write('ready. ');
    await settled();
    assert.equal(await answered(bed, 1), '200 ready. answer 1');
  });

  it('has what it wrote to stderr shown at once, and in the failure of its call', async () => {
    const bed = bedOf();
    const shown: unknown[] = [];
    bed.runner.onStderr(({ callId, text }) => shown.push([callId, text]));
    await answered(bed, 0);
    bed.engine.at(1).stderr.write('loading\n');
    await settled();
    const call = bed.runner.invoke(cold, {});
    await settled();
    bed.engine.at(1).stderr.write('failing\n');
    await settled();
    bed.engine.at(1).exits({ reason: 'exit', code: 1 });
    assert.deepEqual(
      [shown, (await call).error?.stderr],
      [
        [
          [undefined, 'loading\n'],
          ['c2', 'failing\n'],
        ],
        'loading\nfailing\n',
      ],
    );
  });

  const differing: readonly (readonly [what: string, route: Route, request: CallRequest])[] = [
    ['another method', cold, { method: 'PUT' }],
    ['another query', cold, { query: 'a=1' }],
    ['another URL', cold, { url: 'http://localhost:8080/r/myapp/cold' }],
    ['a header', cold, { headers: [['X-Custom', 'v1']] }],
    ['other config', { ...cold, config: { name: 'value' } }, {}],
    ['another memory limit', { ...cold, memoryMiB: 101 }, {}],
  ];
  for (const [what, route, request] of differing) {
    it(`is killed, without the end of its input, for a call with ${what}, which gets one of its own`, async () => {
      const bed = await warmBed();
      const text = await answered(bed, 2, [route, request]);
      assert.deepEqual(
        [text, bed.engine.at(1).asked, bed.finished[1]?.servedBy?.temperature],
        ['200 answer 2', ['kill'], 'cold'],
      );
    });
  }

  it('is killed for a call whose image is another by then', async () => {
    const bed = await warmBed();
    bed.engine.identity = 'v2';
    assert.deepEqual([await answered(bed, 2), bed.engine.at(1).asked], ['200 answer 2', ['kill']]);
  });

  it('is killed for a call on another engine', async () => {
    const bed = await warmBed();
    const before = bed.engine;
    bed.engine = new FakeEngine();
    assert.deepEqual([await answered(bed, 0), before.at(1).asked], ['200 answer 0', ['kill']]);
  });

  it('is for one of two calls that come together', async () => {
    const bed = await warmBed();
    const calls = [bed.call(cold), bed.call(cold)];
    await settled();
    const serving = bed.runner.containers().map(({ name, state }) => [name, state.kind]);
    bed.engine.at(1).exits(exited);
    bed.engine.at(2).exits(exited);
    await Promise.all(calls);
    assert.deepEqual(
      [serving, bed.finished.slice(1).map(({ servedBy }) => servedBy?.temperature)],
      [
        [
          ['hf-myapp-cold-3', 'busy'],
          ['hf-myapp-cold-2', 'busy'],
        ].sort(),
        ['kept-warm', 'cold'],
      ],
    );
  });
});

describe('a container that is kept warm ends', () => {
  const ends: readonly (readonly [what: string, end: (bed: RunnerBed) => unknown])[] = [
    ['when its route is saved with other config', ({ runner }) => runner.setRoutes([{ ...cold, config: { a: 'b' } }])],
    ['when its route becomes asynchronous', ({ runner }) => runner.setRoutes([{ ...cold, type: 'async' }])],
    ['when its route is removed', ({ runner }) => runner.setRoutes([other])],
    ['when its code is saved', ({ runner }) => runner.sourceChanged(source.folder)],
    [
      'when its image is built anew',
      (bed) => {
        bed.engine.identity = 'v2';
        return bed.runner.prepare(cold, { force: true });
      },
    ],
    ['when its containers are stopped', ({ runner }) => runner.stopContainers(cold.id)],
    ['when all containers are stopped', ({ runner }) => runner.stopContainers()],
    ['when Keep Warm is switched off', ({ runner }) => runner.keepWarm(new Set())],
    ['when the window closes', ({ runner }) => runner.close()],
  ];
  it('at its idle timeout', async () => {
    const bed = await warmBed();
    await bed.clock.pass(19_999);
    const before = bed.states();
    await bed.clock.pass(1);
    assert.deepEqual([before, bed.engine.at(1).asked, bed.states()], [['idle'], ['kill'], []]);
  });

  for (const [what, end] of ends) {
    it(`${what}, and no other one is started`, async () => {
      const bed = await warmBed();
      await end(bed);
      await settled();
      const left = [...bed.engine.at(1).asked, ...bed.states()];
      await bed.runner.close();
      assert.deepEqual([left, bed.engine.containers.length, bed.clock.pendingTimers], [['kill'], 2, 0]);
    });
  }

  for (const [what, end] of ends) {
    it(`${what}, while it is still being started`, async () => {
      const bed = await startingBed();
      await end(bed);
      await settled();
      assert.deepEqual([bed.states(), bed.engine.starting, bed.engine.containers.length], [[], [], 1]);
    });
  }

  it('for a call that needs its memory, before an idle hot one does', async () => {
    const bed = bedOf(cold, 250);
    const warm = bed.call(hot);
    await settled();
    bed.engine.at(0).answer('ok');
    await warm;
    await answered(bed, 1);
    const call = bed.call(other);
    await settled();
    assert.deepEqual(askedOf(bed), [[], ['end of file', 'kill'], ['kill'], ['end of file']]);
    bed.engine.at(3).exits(exited);
    assert.equal(await call, '200 ');
  });

  it('for a call that needs its memory while it is still being started', async () => {
    const bed = bedOf(cold, 150);
    const first = bed.call(cold);
    await settled();
    bed.engine.auto.start = false;
    bed.engine.at(0).exits(exited);
    await first;
    await settled();
    void bed.call(other);
    await settled();
    assert.deepEqual(
      bed.engine.starting.map(({ spec }) => spec.routeId),
      [other.id],
    );
  });

  it('not when it is the same image that was built', async () => {
    const bed = await warmBed();
    await bed.runner.prepare(cold, { force: true });
    assert.deepEqual(bed.engine.at(1).asked, []);
  });
});

describe('a container that is still being started ahead', () => {
  it('is waited for by the next call: it is there sooner than another one would be', async () => {
    const bed = await startingBed();
    const call = bed.call(cold, { body: 'Johnny', method: 'GET' });
    await bed.clock.pass(30);
    const started = bed.engine.started();
    await settled();
    started.exits(exited);
    await call;
    const { servedBy, timings } = bed.finished[1] ?? assert.fail('It has not ended.');
    assert.deepEqual(
      [bed.engine.at(1).received, servedBy?.temperature, timings],
      ['Johnny', 'kept-warm', { preparedMs: 0, startedMs: 30, totalMs: 30 }],
    );
  });

  it('is waited for by one call only', async () => {
    const bed = await startingBed();
    void bed.call(cold);
    void bed.call(cold);
    await settled();
    assert.deepEqual(bed.states(), ['starting', 'starting']);
  });

  it('that fails to start leaves its call to one of its own', async () => {
    const bed = await startingBed();
    const call = bed.call(cold);
    await bed.clock.pass(30);
    bed.engine.starting.shift()?.reject(new HotFunctionsError('start-failed', 'No.'));
    await bed.clock.pass(40);
    bed.engine.started().exits(exited);
    assert.equal(await call, '200 ');
    assert.deepEqual(
      [bed.finished[1]?.servedBy?.temperature, bed.finished[1]?.timings],
      ['cold', { preparedMs: 0, startedMs: 70, totalMs: 70 }],
    );
  });

  it('ends with the call that waits for it', async () => {
    const bed = await startingBed();
    const controller = new AbortController();
    const call = bed.call(cold, {}, { signal: controller.signal });
    await settled();
    controller.abort();
    assert.deepEqual([await call, bed.engine.starting, bed.states()], ['rejected: aborted', [], []]);
  });
});

describe('a function that is kept warm and does not wait for its call', () => {
  it('is forgotten when it has ended, and not started ahead again before it has changed', async () => {
    const bed = await warmBed();
    bed.engine.at(1).exits(exited);
    await settled();
    const after = bed.states();
    await answered(bed, 2);
    const unchanged = bed.engine.containers.length;
    bed.engine.identity = 'v2';
    await answered(bed, 3);
    assert.deepEqual([after, unchanged, bed.engine.containers.length, bed.states()], [[], 3, 5, ['idle']]);
  });

  for (const [what, change] of [
    ['its code was saved', (bed: RunnerBed) => bed.runner.sourceChanged(source.folder)],
    [
      'Keep Warm was switched on again',
      ({ runner }: RunnerBed) => {
        runner.keepWarm(new Set());
        runner.keepWarm(new Set([cold.id]));
      },
    ],
  ] as const) {
    it(`is started ahead again when ${what}`, async () => {
      const bed = await warmBed();
      bed.engine.at(1).exits(exited);
      await settled();
      change(bed);
      await answered(bed, 2);
      assert.deepEqual([bed.engine.containers.length, bed.states()], [4, ['idle']]);
    });
  }

  it('is killed when it goes on to answer', async () => {
    const bed = await warmBed();
    bed.engine.at(1).stdout.write(Buffer.alloc(64 * 1024 + 1));
    await settled();
    assert.deepEqual([bed.engine.at(1).asked, bed.states()], [['kill'], []]);
  });

  it('is no fault of it when its engine is lost', async () => {
    const bed = await warmBed();
    bed.engine.at(1).exits({ reason: 'lost', detail: 'socket hang up' });
    await settled();
    await answered(bed, 2);
    assert.equal(bed.engine.containers.length, 4);
  });

  it('is not written to once its stdin is known to be closed, whether its end is known or not', async () => {
    const bed = await warmBed();
    bed.engine.at(1).stdin.destroy();
    assert.deepEqual([await answered(bed, 2), bed.engine.at(1).received], ['200 answer 2', '']);
  });

  it('fails its call when it ends after it was written to: it may have done its work', async () => {
    const bed = await warmBed();
    const call = bed.call(cold);
    await settled();
    bed.engine.at(1).exits({ reason: 'exit', code: 1 });
    assert.deepEqual([await call, bed.engine.containers.length], ['502 function-exited', 2]);
  });
});

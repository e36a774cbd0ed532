import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyQueue } from '../../../src/core/body-queue.ts';
import type { CallOutcome, CallRequest, CallResult } from '../../../src/core/call.ts';
import { AsyncQueue } from '../../../src/core/calls/async-queue.ts';
import { type ErrorCode, HotFunctionsError } from '../../../src/core/errors.ts';
import type { Route } from '../../../src/core/route.ts';
import type { InvokeOptions } from '../../../src/core/runner-options.ts';
import { FakeClock, settled } from '../fakes/fake-clock.ts';
import { routeWith } from '../route-with.ts';
import { FakeAsyncCalls } from './fake-async-calls.ts';

const hot = routeWith({ id: 'app/hot', format: 'http' });
const other = routeWith({ id: 'app/other' });

interface Invoked {
  readonly callId: string;
  readonly request: CallRequest;
  answer(outcome: CallOutcome, begun?: boolean): Promise<void>;
  refuse(code: ErrorCode): Promise<void>;
}

/** A queue on fake time whose calls end as the test says. */
class QueueBed {
  readonly clock = new FakeClock();
  readonly store = new FakeAsyncCalls(() => this.clock.now());
  readonly invoked: Invoked[] = [];
  readonly finished: string[] = [];
  readonly errors: unknown[] = [];
  readonly routes = new Map<string, Route>([hot, other].map((route) => [route.id, route]));
  memoryBudgetMiB: number | undefined;
  readonly queue: AsyncQueue;
  #calls = 0;

  constructor() {
    this.queue = new AsyncQueue({
      store: this.store,
      clock: this.clock,
      wallClock: () => this.clock.now(),
      invoke: (route, request, options) => this.#invoke(route, request, options),
      route: (routeId) => this.routes.get(routeId),
      memoryBudgetMiB: () => this.memoryBudgetMiB,
      newCallId: () => {
        this.#calls += 1;
        return `c${this.#calls}`;
      },
      onError: (error) => this.errors.push(error),
    });
    this.queue.onDidFinish(({ callId, end }) => this.finished.push(`${callId} ${end.state}`));
  }

  async submit(...routes: readonly Route[]): Promise<void> {
    for (const route of routes) {
      await this.queue.submit(route, { body: 'x' });
    }
    await settled();
  }

  get running(): readonly string[] {
    return this.invoked.map(({ callId }) => callId);
  }

  /** The oldest call that runs. */
  next(): Invoked {
    return this.invoked[0] ?? assert.fail('nothing runs');
  }

  #invoke(
    route: Route,
    request: CallRequest,
    { callId = '', signal, origin }: InvokeOptions = {},
  ): Promise<CallResult> {
    assert.equal(origin, 'async');
    return new Promise((resolve, reject) => {
      const leave = (): void => void this.invoked.splice(this.invoked.indexOf(invoked), 1);
      const invoked: Invoked = {
        callId,
        request,
        answer: (outcome, begun = true) => {
          leave();
          const body = new BodyQueue();
          body.complete();
          const servedBy = { name: 'hot-1', engineId: '1', temperature: 'cold', callNumber: 1 } as const;
          const parts = { callId, routeId: route.id, ...(begun ? { servedBy } : {}) };
          const summary = { ...parts, outcome, timings: { totalMs: 1 }, requestBytes: 0, responseBytes: 0 };
          resolve({ ...parts, status: 200, headers: [], body, finished: Promise.resolve(summary) });
          return settled();
        },
        refuse: (code) => {
          leave();
          reject(new HotFunctionsError(code, 'Refused.'));
          return settled();
        },
      };
      signal?.addEventListener('abort', () => void invoked.refuse('aborted'));
      this.invoked.push(invoked);
    });
  }
}

const answered = { kind: 'answered', status: 500 } as const;
const failed = (code: ErrorCode): CallOutcome => ({ kind: 'failed', error: new HotFunctionsError(code, 'Failed.') });

describe('asynchronous calls', () => {
  it('run in order of arrival, as many of a route at once as it allows', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, hot, other);
    const before = bed.running;
    await bed.next().answer(answered);
    assert.deepEqual([before, bed.running, bed.finished], [['c1', 'c3'], ['c3', 'c2'], ['c1 done']]);
  });

  it('are given the request that was stored', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    assert.deepEqual(bed.next().request, { body: 'x' });
  });

  it('are refused before they are stored if they cannot be made', async () => {
    const bed = new QueueBed();
    await assert.rejects(bed.queue.submit(hot, { method: 'NO METHOD' }), { code: 'invalid-request' });
    assert.deepEqual(bed.store.calls, []);
  });

  it('are never tried again for an answer or a fault of the function', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, hot, hot, hot);
    await bed.next().answer(answered);
    await bed.next().answer(failed('function-exited'));
    await bed.next().answer(failed('timeout'));
    await bed.next().refuse('build-failed');
    assert.deepEqual(bed.store.told, [
      'c1 done',
      'c2 failed function-exited',
      'c3 failed timeout',
      'c4 failed build-failed',
    ]);
  });

  it('are tried again, later each time, for what is no fault of theirs', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    await bed.next().refuse('engine-unavailable');
    const atOnce = bed.running;
    await bed.clock.pass(1000);
    await bed.next().answer(failed('no-memory'), false);
    await bed.clock.pass(2000);
    await bed.next().answer(failed('timeout'), false);
    await bed.clock.pass(4000);
    await bed.next().answer(answered);
    assert.deepEqual(atOnce, []);
    assert.deepEqual(bed.store.told, [
      'c1 not begun, retry for 1000 ms: engine-unavailable',
      'c1 not begun, retry for 2000 ms: no-memory',
      'c1 not begun, retry for 4000 ms: timeout',
      'c1 done',
    ]);
  });

  it('wait for a minute at most between two tries, however often they have failed', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    for (let n = 0; n < 12; n += 1) {
      await bed.next().refuse('engine-unavailable');
      await bed.clock.pass(60_000);
    }
    assert.equal(bed.store.told.at(-1), 'c1 not begun, retry for 60000 ms: engine-unavailable');
  });

  it('keep their place while the first of their route waits to be tried again', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, hot);
    await bed.next().refuse('engine-unavailable');
    const waiting = bed.running;
    await bed.clock.pass(1000);
    assert.deepEqual([waiting, bed.running], [[], ['c1']]);
  });

  it('that take their engine down are not tried for ever', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    for (let n = 0; n < 3; n += 1) {
      await bed.next().answer(failed('engine-lost'));
      await bed.clock.pass(5000);
    }
    assert.deepEqual(bed.store.told, [
      'c1 begun, interruption for 1000 ms: engine-lost',
      'c1 begun, interruption for 2000 ms: engine-lost',
      'c1 failed engine-lost',
    ]);
  });

  it('that an engine has never begun are not lost with it, however long it is away', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    await bed.next().answer(failed('engine-lost'));
    for (const delayMs of [1000, 1000, 2000, 4000, 8000]) {
      await bed.clock.pass(delayMs);
      await bed.next().answer(failed('engine-lost'), false);
    }
    await bed.clock.pass(16_000);
    await bed.next().answer(answered);
    assert.deepEqual(bed.store.told, [
      'c1 begun, interruption for 1000 ms: engine-lost',
      'c1 not begun, retry for 1000 ms: engine-lost',
      'c1 not begun, retry for 2000 ms: engine-lost',
      'c1 not begun, retry for 4000 ms: engine-lost',
      'c1 not begun, retry for 8000 ms: engine-lost',
      'c1 not begun, retry for 16000 ms: engine-lost',
      'c1 done',
    ]);
  });

  it('that can never have their memory fail at once', async () => {
    const bed = new QueueBed();
    bed.memoryBudgetMiB = 512;
    const huge = routeWith({ id: 'app/huge', memoryMiB: 513 });
    bed.routes.set(huge.id, huge);
    await bed.submit(huge);
    await bed.next().answer(failed('no-memory'), false);
    assert.deepEqual([bed.store.told, bed.finished], [['c1 failed no-memory'], ['c1 failed']]);
  });

  it('stay queued while nothing may run here, until that has changed', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, other);
    await bed.next().refuse('untrusted-workspace');
    await bed.next().refuse('untrusted-workspace');
    await bed.submit(hot);
    await bed.clock.pass(60_000);
    const held = bed.running;
    bed.queue.wake();
    await settled();
    assert.deepEqual([held, bed.running], [[], ['c1', 'c2']]);
    assert.equal(bed.store.told[0], 'c1 not begun, pause: no error');
  });

  it('are tried at once when what they wait for is there', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    await bed.next().refuse('engine-unavailable');
    bed.queue.wake();
    await settled();
    assert.deepEqual(bed.running, ['c1']);
  });

  it('of a route that is gone fail after a while, with what to do', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    bed.routes.delete(hot.id);
    await bed.submit(hot);
    await bed.next().answer(answered);
    await bed.clock.pass(9000);
    const meanwhile = [...bed.store.told];
    await bed.clock.pass(5000);
    assert.deepEqual([meanwhile, bed.store.told], [['c1 done'], ['c1 done', 'c2 failed unknown-route']]);
  });

  it('use half of the memory at most; one that needs more runs alone, and is not overtaken', async () => {
    const bed = new QueueBed();
    bed.memoryBudgetMiB = 512;
    const small = routeWith({ id: 'app/small', memoryMiB: 128, maxConcurrency: 9 });
    const large = routeWith({ id: 'app/large', memoryMiB: 400 });
    bed.routes.set(small.id, small).set(large.id, large);
    await bed.submit(small, small, small, large);
    const running = [bed.running];
    for (let n = 0; n < 3; n += 1) {
      await bed.next().answer(answered);
      await (n === 0 && bed.submit(small));
      running.push(bed.running);
    }
    assert.deepEqual(running, [['c1', 'c2'], ['c2', 'c3'], ['c3'], ['c4']]);
  });

  it('are cancelled where they wait or run', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, hot, hot);
    assert.deepEqual(
      [await bed.queue.cancel('c1'), await bed.queue.cancel('c2'), await bed.queue.cancel('c9')],
      [true, true, false],
    );
    await settled();
    assert.deepEqual([bed.store.told, bed.running], [['c1 cancelled'], ['c3']]);
  });

  it('that another window has cancelled end here', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    bed.store.markedCalls.push('c1');
    await bed.clock.pass(2000);
    assert.deepEqual(bed.store.told, ['c1 cancelled']);
  });

  it('that were left are picked up when the queue starts, and whenever there are new ones', async () => {
    const bed = new QueueBed();
    await bed.store.add({ callId: 'left', routeId: hot.id, request: {} });
    bed.queue.start();
    await settled();
    await bed.next().answer(answered);
    await bed.store.add({ callId: 'later', routeId: hot.id, request: {} });
    await bed.clock.pass(15_000);
    assert.deepEqual([bed.store.told, bed.running], [['left done'], ['later']]);
  });

  it('that another window puts back are picked up within seconds', async () => {
    const bed = new QueueBed();
    await bed.store.add({ callId: 'theirs', routeId: hot.id, request: {} });
    await bed.store.claim(hot.id, 1);
    bed.queue.start();
    await bed.clock.pass(2000);
    const meanwhile = bed.running;
    await bed.store.giveBack('theirs', { begun: true, as: 'pause', notBefore: 0 });
    await bed.clock.pass(2000);
    assert.deepEqual([meanwhile, bed.running], [[], ['theirs']]);
  });

  it('end in the store, however often it cannot be told', async () => {
    const bed = new QueueBed();
    await bed.submit(hot);
    bed.store.refusals = 2;
    await bed.next().answer(answered);
    await bed.clock.pass(4000);
    assert.deepEqual([bed.store.told, bed.finished, bed.errors.length], [['c1 done'], ['c1 done'], 1]);
  });

  it('are put back as interrupted when the window closes, and none is taken any more', async () => {
    const bed = new QueueBed();
    await bed.submit(hot, hot);
    await bed.queue.close();
    await assert.rejects(bed.queue.submit(hot, {}), { code: 'closing' });
    assert.deepEqual([bed.store.told, bed.running, bed.clock.pendingTimers], [['c1 begun, pause: interrupted'], [], 0]);
  });
});

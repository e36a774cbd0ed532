/**
 * Random histories of calls, aborts, slow and failing starts, crashes, late bytes, edits and idle expiries, on fake
 * time: what must hold whatever happens is checked after each step, and again when everything has come to rest.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import type { Route } from '../../../src/core/route.ts';
import { proofSize } from '../../proof-size.ts';
import { seedOf } from '../../seed.ts';
import { settled } from '../fakes/fake-clock.ts';
import type { FakeContainer } from '../fakes/fake-engine.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

type Step =
  | { readonly kind: 'call'; readonly route: 'steady' | 'edited' | 'cold'; readonly query: string }
  | { readonly kind: 'abort' | 'answer' | 'answer twice' | 'crash' | 'exit' | 'late bytes'; readonly pick: number }
  | { readonly kind: 'started' | 'start fails' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'edit'; readonly fields: Partial<Route> }
  | { readonly kind: 'code changes' | 'stop' }
  | { readonly kind: 'keep warm'; readonly kept: boolean };

const pick = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      route: fc.constantFrom('steady', 'edited', 'cold'),
      query: fc.constantFrom('', '', 'a=1'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick }) },
  { weight: 6, arbitrary: fc.constant({ kind: 'started' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('abort', 'answer twice', 'crash', 'exit', 'late bytes'), pick }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'start fails' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 99, 100, 101, 500, 1000, 3000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      fields: fc.oneof(
        fc.record({ config: fc.record({ version: fc.constantFrom('one', 'two') }) }),
        fc.record({ idleTimeoutMs: fc.constantFrom(0, 100) }),
        fc.record({ maxConcurrency: fc.integer({ min: 1, max: 3 }) }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('code changes', 'stop') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('keep warm' as const), kept: fc.boolean() }) },
);

const limits = fc.record({
  maxConcurrency: fc.integer({ min: 1, max: 3 }),
  idleTimeoutMs: fc.constantFrom(0, 100, 30_000),
  memoryBudgetMiB: fc.constantFrom(128, 300, 10_000),
});

interface Call {
  readonly id: string;
  readonly url: string;
  readonly controller: AbortController;
  outcomes: string[];
}

/** A history as it happens, and what it must never come to. */
class History {
  readonly #memoryBudgetMiB: number;
  readonly #steady: Route;
  #edited: Route;
  readonly #cold = routeWith({ path: '/cold', id: 'myapp/cold', timeoutMs: 1000 });
  readonly #bed: RunnerBed;
  readonly #calls: Call[] = [];
  readonly #answered = new Map<FakeContainer, number>();
  /** How many requests a container had been given when it wrote what it must not. */
  readonly #spoiled = new Map<FakeContainer, number>();

  constructor({ memoryBudgetMiB, ...fields }: Partial<Route> & { readonly memoryBudgetMiB: number }) {
    this.#memoryBudgetMiB = memoryBudgetMiB;
    this.#steady = routeWith({ format: 'http', timeoutMs: 1000, ...fields });
    this.#edited = routeWith({
      ...this.#steady,
      path: '/edited',
      id: 'myapp/edited',
      source: { folder: '/code' },
    });
    this.#bed = new RunnerBed([this.#steady, this.#edited, this.#cold], memoryBudgetMiB);
    this.#bed.engine.auto.start = false;
    this.#bed.runner.keepWarm(new Set([this.#cold.id]));
  }

  async take(next: Step): Promise<void> {
    const { engine, runner, clock } = this.#bed;
    switch (next.kind) {
      case 'call':
        this.#call({ steady: this.#steady, edited: this.#edited, cold: this.#cold }[next.route], next.query);
        break;
      case 'abort':
        pickFrom(this.#calls, next.pick)?.controller.abort();
        break;
      case 'answer':
      case 'answer twice': {
        const container = pickFrom(this.#owing(), next.pick);
        if (container !== undefined) {
          const twice = next.kind === 'answer twice';
          if (twice) {
            this.#spoiled.set(container, container.taskIds.length);
          }
          this.#answer(container, twice ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' : '');
        }
        break;
      }
      case 'crash':
        pickFrom(engine.containers, next.pick)?.exits({ reason: 'exit', code: 1 });
        break;
      case 'exit':
        // Of a cold one that has its input it is the end of its answer.
        pickFrom(this.#ofCold(), next.pick)?.exits({ reason: 'exit', code: 0 });
        break;
      case 'late bytes': {
        const container = pickFrom(engine.containers, next.pick);
        if (container?.stdout.writable === true) {
          this.#spoiled.set(container, container.taskIds.length);
          container.stdout.write('late');
        }
        break;
      }
      case 'started':
        if (engine.starting.length > 0) {
          engine.started();
        }
        break;
      case 'start fails':
        engine.starting.shift()?.reject(new HotFunctionsError('start-failed', 'no'));
        break;
      case 'pass':
        await clock.pass(next.ms);
        break;
      case 'edit':
        this.#edited = { ...this.#edited, ...next.fields };
        runner.setRoutes([this.#steady, this.#edited, this.#cold]);
        break;
      case 'code changes':
        runner.sourceChanged('/code');
        break;
      case 'stop':
        void runner.stopContainers();
        break;
      case 'keep warm':
        runner.keepWarm(new Set(next.kept ? [this.#cold.id] : []));
        break;
      default:
        next satisfies never;
    }
    await settled();
    this.#check();
  }

  /** Lets every clock run out, then closes: nothing may be left of anything. */
  async rest(): Promise<void> {
    const { engine, runner, clock } = this.#bed;
    // Long enough for every timeout in the queue, then for the longest idle timeout and the way out.
    for (const ms of [...Array.from({ length: 12 }, () => 1000), 31_000, 31_000]) {
      while (engine.starting.length > 0) {
        engine.started();
        await settled();
      }
      await clock.pass(ms);
    }
    this.#check();
    assert.deepEqual(
      this.#calls.filter(({ outcomes }) => outcomes.length !== 1),
      [],
      'every call has settled exactly once',
    );
    assert.deepEqual(this.#bed.states(), [], 'no container outlives its idle timeout');
    await runner.close();
    assert.deepEqual(
      [clock.pendingTimers, engine.containers.filter(({ asked }) => !asked.includes('kill')).length],
      [0, 0],
      'no timer and no container is left behind',
    );
    assert.equal(this.#bed.finished.length, this.#calls.length, 'every call is told of exactly once');
  }

  #call(route: Route, query: string): void {
    const id = `c${this.#calls.length + 1}`;
    const url = `http://localhost/r/${route.id}?${query}`;
    const call: Call = { id, url, controller: new AbortController(), outcomes: [] };
    this.#calls.push(call);
    void this.#bed
      .call(route, { url }, { signal: call.controller.signal })
      .then((outcome) => call.outcomes.push(outcome));
  }

  #ofCold(): readonly FakeContainer[] {
    return this.#bed.engine.containers.filter(({ spec }) => spec.routeId === this.#cold.id);
  }

  /** Containers with a request that they have not answered. */
  #owing(): readonly FakeContainer[] {
    return this.#bed.engine.containers.filter(
      (container) => container.stdout.writable && container.taskIds.length > (this.#answered.get(container) ?? 0),
    );
  }

  #answer(container: FakeContainer, more: string): void {
    this.#answered.set(container, (this.#answered.get(container) ?? 0) + 1);
    container.answer(container.taskIds.at(-1) ?? '', more);
  }

  #check(): void {
    const { runner, engine } = this.#bed;
    const ofSteady = runner.containers().filter(({ routeId }) => routeId === this.#steady.id);
    const serving = ofSteady.filter(({ state }) => ['starting', 'idle', 'busy'].includes(state.kind));
    assert.ok(serving.length <= this.#steady.maxConcurrency, 'maxConcurrency is never exceeded');
    const alive = runner.containers().filter(({ engineId }) => engineId !== '').length;
    assert.ok(alive * this.#steady.memoryMiB <= this.#memoryBudgetMiB, 'the memory budget is never exceeded');
    for (const container of engine.containers) {
      const owed = container.taskIds.length - (this.#answered.get(container) ?? 0);
      assert.ok(owed <= 1, 'a container has one exchange at a time');
      const spoiledAt = this.#spoiled.get(container);
      assert.ok(spoiledAt === undefined || container.taskIds.length === spoiledAt, 'a spoiled container is not used');
      assert.equal(container.writtenAfterEnd, '', 'nothing is written to a container that was told to end');
    }
    for (const { name, routeId, state } of runner.containers()) {
      if (state.kind === 'idle' && routeId === this.#edited.id) {
        const spec = engine.containers.find((container) => container.spec.name === name)?.spec;
        assert.equal(spec?.env['VERSION'], this.#edited.config['version'], 'no container of an old shape idles');
      }
    }
    this.#checkCold();
    for (const { id, outcomes } of this.#calls) {
      for (const outcome of outcomes) {
        assert.ok(!outcome.startsWith('200') || outcome === `200 ${id}` || /^200 (late)*$/.test(outcome), outcome);
      }
    }
  }

  #checkCold(): void {
    const { runner, finished } = this.#bed;
    const listed = runner.containers().map(({ name }) => name);
    assert.equal(new Set(listed).size, listed.length, 'a container is listed once');
    const waiting = runner
      .containers()
      .filter(({ routeId, state }) => routeId === this.#cold.id && state.kind === 'idle');
    assert.ok(waiting.length <= 1, 'at most one container waits for its call');
    for (const { spec, received, asked } of this.#ofCold()) {
      assert.ok(asked.filter((what) => what === 'end of file').length <= 1, 'a cold container has one call');
      const isWaiting = waiting.some(({ name }) => name === spec.name);
      assert.deepEqual([isWaiting && asked.length > 0, received], [false, ''], 'one that waits was told nothing');
    }
    const urls = new Map(this.#calls.map(({ id, url }) => [id, url]));
    const served = new Map(this.#ofCold().map(({ spec }) => [spec.name, spec.env['REQUEST_URL']]));
    for (const { callId, routeId, servedBy } of finished) {
      if (routeId === this.#cold.id && servedBy !== undefined) {
        assert.equal(served.get(servedBy.name), urls.get(callId), 'a cold call has the environment of a new container');
      }
    }
  }
}

function pickFrom<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}

const atLeast = proofSize({ quick: 100_000, full: 1_000_000 });

describe(`whatever happens to hot and cold routes, in ${atLeast} steps`, () => {
  it('calls get their own answers, settle once, and nothing is left behind', async (test) => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(limits, fc.array(step, { minLength: 20, maxLength: 60 }), async (fields, steps) => {
        const history = new History(fields);
        for (const next of steps) {
          await history.take(next);
          taken += 1;
        }
        await history.rest();
      }),
      // A history has 35 steps on average.
      { numRuns: Math.ceil(atLeast / 33), seed: seedOf(test) },
    );
    assert.ok(taken >= atLeast, `${taken} steps were taken`);
  });
});

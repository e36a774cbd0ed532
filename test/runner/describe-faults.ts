import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Route } from '../../src/core/route.ts';
import { proofSize } from '../proof-size.ts';
import { seedOf } from '../seed.ts';
import { until, untilEqual } from '../until.ts';
import { type Fault, FaultyCalls, faultsAtRandom, possibleFaults } from './faulty-calls.ts';
import { type Holdings, HoldingsOfProcess } from './holdings.ts';
import type { RealEngine } from './real-engine.ts';
import { RunnerUnderTest } from './runner-under-test.ts';

/** Faults at random, on a real engine: what calls come to, and what is left of it all. */
export function describeFaults(what: string, openEngine: () => Promise<RealEngine>): void {
  const calls = proofSize({ quick: 1000, full: 10_000 });

  describe(`calls of ${what} that go wrong`, () => {
    it(`each kind once, then one in a hundred of ${calls}, all end once and as is their own, and leave nothing`, async (test) => {
      const seed = seedOf(test);
      const process = new HoldingsOfProcess();
      test.after(() => process.close());

      // What a process makes once and keeps.
      await withFaults(openEngine, test, (faults) => faults.make([undefined]));
      const before = await atRest(process);
      await withFaults(openEngine, test, async (faults) => {
        await faults.make(faults.possible);
        await faults.make(faultsAtRandom(calls, faults.possible, seed));
        // The engine is still there, and so are the connections that it keeps.
        await untilEqual(async () => ({ ...before, ...onlyTimersAndAborts(await process.count()) }), before);
      });
      await untilEqual(() => process.count(), before);
    });
  });
}

/** On an engine of their own, which is let go of in the end. */
async function withFaults(
  openEngine: () => Promise<RealEngine>,
  test: TestContext,
  run: (faults: Faults) => Promise<void>,
): Promise<void> {
  const faults = new Faults(await openEngine(), test);
  await run(faults);
  await faults.close();
}

function onlyTimersAndAborts({ timers, abortListeners }: Holdings): Partial<Holdings> {
  return { timers, abortListeners };
}

/** An engine whose calls go wrong. */
class Faults {
  readonly possible: readonly Fault[];
  readonly #test: TestContext;
  readonly #bed: RunnerUnderTest;
  readonly #route: Route;
  /** Lives as long as a caller who makes many calls: each has to let go of its signal. */
  readonly #caller = new AbortController();
  readonly #begun: string[] = [];
  readonly #engineIds = new Set<string>();

  constructor(real: RealEngine, test: TestContext) {
    this.#test = test;
    this.possible = possibleFaults(real.engine.totalMemoryMiB !== undefined);
    this.#bed = new RunnerUnderTest(real);
    this.#route = this.#bed.route({ path: '/faults', format: 'http', maxConcurrency: 4, timeoutMs: 30_000 });
    this.#bed.runner.onDidStartCall(({ callId }) => this.#begun.push(callId));
    this.#bed.runner.onDidChangeContainers(({ engineId }) => {
      if (engineId !== '') {
        this.#engineIds.add(engineId);
      }
    });
  }

  /** Until every call has ended, as is its own, and no container and no process is left. */
  async make(plan: readonly (Fault | undefined)[]): Promise<void> {
    const { runner, finished, real } = this.#bed;
    const faulty = new FaultyCalls(this.#bed, this.#route, this.#caller.signal);
    await faulty.make(plan);
    this.#test.diagnostic(JSON.stringify(faulty.outcomes));
    assert.deepEqual(faulty.astray, []);
    await until(() => finished.length >= plan.length, 'every call to have ended');
    assert.equal(this.#begun.length, plan.length);
    assert.deepEqual(finished.map(({ callId }) => callId).sort(), this.#begun.sort());
    // An error that nobody has printed keeps what its stack was made of.
    finished.length = 0;
    this.#begun.length = 0;
    await runner.stopContainers();
    await untilEqual(
      async () => ({
        known: runner.containers(),
        there: await real.countAlive(),
        processes: await real.countProcesses(this.#engineIds),
      }),
      { known: [], there: 0, processes: 0 },
    );
  }

  close(): Promise<void> {
    return this.#bed.close();
  }
}

/** What it holds when no time limit runs any more and some counts in a row are the same. */
async function atRest(process: HoldingsOfProcess): Promise<Holdings> {
  let last = await process.count();
  let same = 0;
  await until(async () => {
    const now = await process.count();
    same = isDeepStrictEqual(now, last) ? same + 1 : 0;
    last = now;
    return now.timers === 0 && same >= 2;
  }, 'the process to come to rest');
  return last;
}

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
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

      // The first time also makes what a process has once and keeps.
      await runToTheEnd(test, openEngine, (possible) => possible);
      const before = await atRest(process);
      await runToTheEnd(test, openEngine, (possible) => faultsAtRandom(calls, possible, seed));
      await untilEqual(() => process.count(), before);
    });
  });
}

/** From opening an engine to letting go of it. */
async function runToTheEnd(
  test: TestContext,
  openEngine: () => Promise<RealEngine>,
  planOf: (possible: readonly Fault[]) => readonly (Fault | undefined)[],
): Promise<void> {
  const real = await openEngine();
  const bed = new RunnerUnderTest(real);
  const begun: string[] = [];
  const engineIds = new Set<string>();
  bed.runner.onDidStartCall(({ callId }) => begun.push(callId));
  bed.runner.onDidChangeContainers(({ engineId }) => engineIds.add(engineId));
  const route = bed.route({ path: '/faults', format: 'http', maxConcurrency: 4, timeoutMs: 30_000 });
  const faulty = new FaultyCalls(bed, route);
  const plan = planOf(possibleFaults(real.engine.totalMemoryMiB !== undefined));
  await faulty.make(plan);
  test.diagnostic(JSON.stringify(faulty.outcomes));

  assert.deepEqual(faulty.astray, []);
  await until(() => bed.finished.length >= plan.length, 'every call to have ended');
  assert.equal(begun.length, plan.length);
  assert.deepEqual(bed.finished.map(({ callId }) => callId).sort(), begun.sort());
  await bed.runner.stopContainers();
  await untilEqual(async () => [bed.runner.containers(), await real.countAlive()], [[], 0]);
  engineIds.delete('');
  await untilEqual(() => real.countProcesses(engineIds), 0);
  await bed.close();
}

/** When some counts in a row are the same. */
async function atRest(process: HoldingsOfProcess): Promise<Holdings> {
  let last = await process.count();
  let same = 0;
  await until(async () => {
    const now = await process.count();
    same = isDeepStrictEqual(now, last) ? same + 1 : 0;
    last = now;
    return same === 5;
  }, 'the process to come to rest');
  return last;
}

/** The runner under load and faults, on a real engine. `npm run soak` runs these in their full size. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { proofSize } from '../proof-size.ts';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { until } from '../until.ts';
import { dockerForRunner } from './docker-for-runner.ts';
import { directClient } from './engine-under-test.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const mebibyte = 1024 * 1024;
const keptConnections = 16;

function usedMiB(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / mebibyte;
}

/** What a process may leak without its heap telling. */
function openHandles(): { readonly descriptors: number; readonly timers: number } {
  const descriptors = readdirSync('/proc/self/fd').length;
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return { descriptors, timers };
}

describe('under load and faults', () => {
  let bed: RunnerUnderTest;
  before(async () => {
    bed = new RunnerUnderTest(await dockerForRunner());
  });
  after(() => bed.close());

  const calls = proofSize({ quick: 10_000, full: 100_000 });
  it(`${calls} hot calls leave the heap within 10 MB of where it was`, async () => {
    const route = bed.route({ path: '/soak', format: 'http', maxConcurrency: 2 });
    const some = async (count: number): Promise<void> => {
      for (let call = 0; call < count; call += 1) {
        const { status } = await bed.call(route, 'id');
        assert.equal(status, 200);
      }
      bed.finished.length = 0;
    };
    await some(1000);
    const before = usedMiB();
    await Promise.all([some(calls / 2), some(calls / 2)]);
    const grown = usedMiB() - before;
    assert.ok(grown < 10, `The heap has grown by ${grown.toFixed(1)} MiB`);
  });

  const bodyMiB = proofSize({ quick: 128, full: 1024 });
  it(`a body of ${bodyMiB} MiB goes through a hot function and back in at most 64 MiB of memory`, async () => {
    const route = bed.route({ path: '/stream', format: 'http', timeoutMs: 120_000 });
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < bodyMiB * mebibyte; sent += chunk.length) {
        yield chunk;
      }
    };
    const before = usedMiB();
    const result = await bed.runner.invoke(route, { body: chunks(), bodyLength: bodyMiB * mebibyte });
    let received = 0;
    let most = 0;
    let measuredAt = 0;
    for await (const piece of result.body) {
      received += piece.length;
      if (received - measuredAt > 16 * mebibyte) {
        measuredAt = received;
        most = Math.max(most, usedMiB() - before);
      }
    }
    assert.equal(received, bodyMiB * mebibyte);
    assert.ok(most < 64, `${most.toFixed(1)} MiB were in use on the way`);
  });

  const faulty = proofSize({ quick: 1000, full: 10_000 });
  it(`${faulty} calls, some of which go wrong, each end once with their own answer or their own failure`, async () => {
    const route = bed.route({ path: '/faults', format: 'http', maxConcurrency: 4, timeoutMs: 5_000 });
    const before = openHandles();
    const faults = ['exit', 'print', 'twice', 'no length', 'short', 'kill', 'cancel'];
    let crossed = 0;
    const begun = new Set<string>();
    const counting = bed.runner.onDidStartCall(({ callId }) => begun.add(callId));
    bed.finished.length = 0;
    const one = async (number: number): Promise<void> => {
      const fault = number % 97 === 0 ? faults[(number / 97) % faults.length] : undefined;
      const controller = new AbortController();
      const order = fault === undefined || fault === 'cancel' ? 'id' : fault === 'kill' ? 'hang' : fault;
      const result = bed.runner.invoke(route, { body: order }, { signal: controller.signal });
      if (fault === 'cancel') {
        setImmediate(() => controller.abort());
      }
      if (fault === 'kill') {
        void killOneThatHangs(bed);
      }
      try {
        const { callId, status, body, error } = await result;
        const text = Buffer.from((await body.collect(1000)).bytes).toString();
        if (order === 'id' && error === undefined && !(status === 200 && text === callId)) {
          crossed += 1;
        }
      } catch {
        // Cancelled, or broken off in its body.
      }
    };
    for (let first = 0; first < faulty; first += 8) {
      await Promise.all(Array.from({ length: 8 }, (_, index) => one(first + index)));
    }
    await until(() => bed.finished.length >= begun.size, 'every call to have ended');
    counting.dispose();
    await bed.runner.stopContainers();
    await bed.nothingLeft();
    assert.deepEqual(
      [crossed, bed.finished.map(({ callId }) => callId).sort(), bed.runner.containers()],
      [0, [...begun].sort(), []],
    );
    // The client keeps a few connections to the engine open: their number has a bound, whatever the number of calls.
    const within = () => {
      const now = openHandles();
      return now.timers <= before.timers && now.descriptors <= before.descriptors + keptConnections;
    };
    await until(within, `descriptors and timers to be what they were: ${JSON.stringify(before)}`);
  });

  const edges = proofSize({ quick: 40, full: 200 });
  it(`${edges} calls around the moment of idle expiry are all answered`, async () => {
    const route = bed.route({ path: '/edge', format: 'http', idleTimeoutMs: 60 });
    const statuses: number[] = [];
    const heat = new Set<string | undefined>();
    for (let call = 0; call < edges; call += 1) {
      const { status, result } = await bed.call(route, 'id');
      statuses.push(status);
      heat.add(result.servedBy?.temperature);
      // From well before the expiry to well after it, by steps of a fraction of a millisecond.
      await delay(55 + (10 * call) / edges);
    }
    assert.deepEqual([statuses.filter((status) => status !== 200), heat.size], [[], 2]);
  });
});

async function killOneThatHangs(bed: RunnerUnderTest): Promise<void> {
  const isBusy = () => bed.runner.containers().filter(({ state }) => state.kind === 'busy');
  await until(() => isBusy().length > 0, 'a container to be busy');
  // The one that hangs stays busy; whichever it is, its call must end at once.
  await delay(200);
  for (const { engineId } of isBusy()) {
    await directClient()
      .getContainer(engineId)
      .kill()
      .catch(() => {});
  }
}

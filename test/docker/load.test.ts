/** The runner under load, on a real engine. `npm run soak` runs these in their full size. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { proofSize } from '../proof-size.ts';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { dockerForRunner } from './docker-for-runner.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const mebibyte = 1024 * 1024;

function usedMiB(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / mebibyte;
}

describe('under load', () => {
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

import assert from 'node:assert/strict';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HotFunctionsApi } from '../../src/api.ts';
import { proofSize } from '../proof-size.ts';
import { allowedHotFunctions, bodyOf } from './hot-functions.ts';
import { addProbe, probeId, removeProbe } from './probe.ts';

const mebibyte = 1024 * 1024;
const calls = proofSize({ quick: 10_000, full: 100_000 });
/** What logs and caches fill up with until they are at their bounds. */
const callsBefore = 2000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapMiB(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / mebibyte;
}

suite('Many calls', function () {
  this.timeout(240_000);
  let hot: HotFunctionsApi;

  suiteSetup(async () => {
    hot = await allowedHotFunctions();
    await addProbe(hot);
  });
  suiteTeardown(() => removeProbe(hot));

  test(`${calls} of a hot function leave the heap of the extension host within 10 MB of where it was`, async () => {
    const call = async (): Promise<void> => assert.equal(await bodyOf(await hot.invoke(probeId, {})), 'did  saved');
    for (let number = 0; number < callsBefore; number += 1) {
      await call();
    }
    const before = heapMiB();
    for (let number = 0; number < calls; number += 1) {
      await call();
    }
    const grown = heapMiB() - before;
    assert.ok(grown < 10, `The heap has grown by ${grown.toFixed(1)} MiB.`);
  });
});

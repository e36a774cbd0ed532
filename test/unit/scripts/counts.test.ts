import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { countSuite, type TestCounts } from '../../../scripts/test/counts.ts';

function suite(counts: TestCounts, endedWell: boolean): (countsFile: string) => Promise<boolean> {
  return async (countsFile) => {
    writeFileSync(countsFile, JSON.stringify(counts));
    return endedWell;
  };
}

const failure = { name: 'a call › ends', error: 'It did not' };

describe('the outcome of a suite', () => {
  it('is what its tests say', async () => {
    const counts = { passed: 3, failures: [failure], skipped: [] };
    assert.deepEqual(await countSuite(suite(counts, false), true), { passed: 3, failures: [failure] });
  });

  it('has a failure when the suite did not end well though no test failed', async () => {
    const counts = { passed: 3, failures: [], skipped: [] };
    assert.deepEqual(await countSuite(suite(counts, false), false), {
      passed: 3,
      failures: [{ name: 'The suite', error: 'Did not end well' }],
    });
  });

  it('has a failure when the suite did not come to count', async () => {
    assert.deepEqual(await countSuite(async () => true, false), {
      passed: 0,
      failures: [{ name: 'The suite', error: 'Has told no counts' }],
    });
  });

  it('counts a skipped test as failed in CI, and elsewhere not', async (t) => {
    t.mock.method(console, 'log', () => {});
    const counts = { passed: 3, failures: [], skipped: ['needs an engine'] };
    const outcomes = [await countSuite(suite(counts, true), true), await countSuite(suite(counts, true), false)];
    assert.deepEqual(outcomes, [
      { passed: 3, failures: [{ name: 'needs an engine', error: 'Skipped' }] },
      { passed: 3, failures: [] },
    ]);
  });
});

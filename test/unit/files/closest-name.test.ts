import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closestName } from '../../../src/core/files/closest-name.ts';

const names = ['name', 'memory', 'type', 'format', 'max_concurrency', 'timeout', 'idle_timeout', 'in', 'out'];

describe('closestName', () => {
  for (const [written, meant] of [
    ['memroy', 'memory'],
    ['Memory', 'memory'],
    ['tpye', 'type'],
    ['fromat', 'format'],
    ['idleTimeout', 'idle_timeout'],
    ['max-concurency', 'max_concurrency'],
    ['maxConcurrency', 'max_concurrency'],
    ['nam', 'name'],
  ] as const) {
    it(`takes ${written} for ${meant}`, () => {
      assert.equal(closestName(written, names), meant);
    });
  }

  for (const written of ['', 'labels', 'x', 'memory'.repeat(1000)]) {
    it(`does not guess at ${JSON.stringify(written.slice(0, 12))}`, () => {
      assert.equal(closestName(written, names), undefined);
    });
  }
});

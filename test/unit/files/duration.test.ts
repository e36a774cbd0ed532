import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDuration, secondsToMilliseconds } from '../../../src/core/files/duration.ts';
import { seedOf } from '../../seed.ts';

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['+2s', 2000],
    ['-5s', -5000],
    ['-0s', 0],
    ['1.1s', 1100],
    ['1µs', 1],
    ['1μs', 1],
    ['1500us', 2],
    ['1ns', 1],
    ['0ns', 0],
  ] as const) {
    it(`reads ${text} as ${milliseconds} ms`, () => {
      assert.equal(parseDuration(text), milliseconds);
    });
  }

  for (const text of ['', '30', 's', '1 s', '1s ', '1d', '1m-5s', '30S', 's30', '1,5s', '1e3s', '9'.repeat(1e6)]) {
    it(`knows nothing of ${JSON.stringify(text.slice(0, 12))}`, () => {
      assert.equal(parseDuration(text), undefined);
    });
  }

  it('reads back whatever hours, minutes, seconds and milliseconds it is written of', (test) => {
    const parts = fc.tuple(fc.nat(500), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([h, m, s, ms]) => {
        const milliseconds = ((h * 60 + m) * 60 + s) * 1000 + ms;
        assert.equal(parseDuration(`${h}h${m}m${s}s${ms}ms`), milliseconds);
        assert.equal(parseDuration(`${milliseconds / 1000}s`), milliseconds);
        assert.equal(secondsToMilliseconds(milliseconds / 1000), milliseconds);
      }),
      { seed: seedOf(test) },
    );
  });
});

describe('secondsToMilliseconds', () => {
  it('rounds up to whole milliseconds, so that a short limit does not become none', () => {
    assert.deepEqual([0, 0.0001, 0.1, 1.1, 2.0005, -0.1].map(secondsToMilliseconds), [0, 1, 100, 1100, 2001, -100]);
  });
});

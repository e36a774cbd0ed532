import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownHeaders } from '../../../src/gateway/known-headers.ts';

const mine: readonly string[] = [];

describe('headers that come again on a connection', () => {
  it('are the same list, which cannot be changed', () => {
    const known = new KnownHeaders();
    const first = known.of(['Accept', '*/*', 'Connection', 'keep-alive'], mine);
    const second = known.of(['Accept', '*/*', 'Connection', 'keep-alive'], mine);
    assert.deepEqual([first, second === first, Object.isFrozen(first)], [[['Accept', '*/*']], true, true]);
  });

  for (const [what, raw] of Object.entries({
    'another value': ['Accept', 'text/html'],
    'another name': ['accept', '*/*'],
    'one more': ['Accept', '*/*', 'X', 'y'],
    'one less': [],
  })) {
    it(`are read anew with ${what}`, () => {
      const known = new KnownHeaders();
      known.of(['Accept', '*/*'], mine);
      assert.deepEqual(known.of(raw, mine).flat(), raw);
    });
  }

  it('are read anew where other ones are meant for the gateway', () => {
    const known = new KnownHeaders();
    const seen = [mine, ['accept'], mine].map((names) => known.of(['Accept', '*/*'], names));
    assert.deepEqual(seen, [[['Accept', '*/*']], [], [['Accept', '*/*']]]);
  });
});

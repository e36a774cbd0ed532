import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { KnownHeaders } from '../../../src/gateway/known-headers.ts';

const mine: readonly string[] = [];

describe('headers that come again on a connection', () => {
  it('are the same list, which cannot be changed', () => {
    const known = new KnownHeaders();
    const socket = new Socket();
    const first = known.of(socket, ['Accept', '*/*', 'Connection', 'keep-alive'], mine);
    const second = known.of(socket, ['Accept', '*/*', 'Connection', 'keep-alive'], mine);
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
      const socket = new Socket();
      known.of(socket, ['Accept', '*/*'], mine);
      assert.deepEqual(known.of(socket, raw, mine).flat(), raw);
    });
  }

  it('are read anew where other ones are meant for the gateway', () => {
    const known = new KnownHeaders();
    const socket = new Socket();
    const seen = [mine, ['accept'], mine].map((names) => known.of(socket, ['Accept', '*/*'], names));
    assert.deepEqual(seen, [[['Accept', '*/*']], [], [['Accept', '*/*']]]);
  });

  it('are those of each connection by itself', () => {
    const known = new KnownHeaders();
    const [a, b] = [new Socket(), new Socket()];
    const seen = [a, b, a].map((socket) => known.of(socket, ['From', socket === a ? 'a' : 'b'], mine).flat());
    assert.deepEqual(seen, [
      ['From', 'a'],
      ['From', 'b'],
      ['From', 'a'],
    ]);
  });
});

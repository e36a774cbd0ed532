import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WireEvent } from '../../../src/core/wire/recording.ts';
import { WireBacklog } from '../../../src/editor/wire-log/wire-backlog.ts';

function exchangeOf(callId: string, bytes = new Uint8Array()): readonly WireEvent[] {
  const of = { exchange: { callId, routeId: 'a/b', container: 'c', format: 'http', callNumber: 1 }, atMs: 0 } as const;
  return [
    { kind: 'begin', ...of },
    { kind: 'bytes', direction: 'stdin', bytes, ...of },
    { kind: 'end', note: 'answered', ...of },
  ];
}

function taken(backlog: WireBacklog): readonly string[] {
  const all: string[] = [];
  for (let event = backlog.take(); event !== undefined; event = backlog.take()) {
    all.push(`${event.exchange.callId} ${event.kind}`);
  }
  return all;
}

function addAll(backlog: WireBacklog, events: readonly WireEvent[]): void {
  for (const event of events) {
    backlog.add(event);
  }
}

describe('what waits for the wire log', () => {
  it('comes out in the order it came in', () => {
    const backlog = new WireBacklog();
    const [begin, bytes, end] = exchangeOf('one');
    addAll(
      backlog,
      [begin, ...exchangeOf('two'), bytes, end].filter((event) => event !== undefined),
    );
    assert.deepEqual(taken(backlog), ['one begin', 'two begin', 'two bytes', 'two end', 'one bytes', 'one end']);
  });

  it('leaves out whole exchanges, and counts them, once many events wait', () => {
    const backlog = new WireBacklog();
    const [begin, ...rest] = exchangeOf('early');
    addAll(backlog, begin === undefined ? [] : [begin]);
    for (let call = 0; call < 2000; call += 1) {
      addAll(backlog, exchangeOf(`call ${call}`));
    }
    addAll(backlog, rest);
    const shown = taken(backlog);
    const whole = shown.filter((event) => event.endsWith('end')).length;
    assert.deepEqual(
      [shown.length, shown.slice(-2), whole + backlog.takeLeftOut(), backlog.takeLeftOut()],
      [whole * 3, ['early bytes', 'early end'], 2001, 0],
    );
  });

  it('takes exchanges again once there is room', () => {
    const backlog = new WireBacklog();
    for (let call = 0; call < 2000; call += 1) {
      addAll(backlog, exchangeOf(`call ${call}`));
    }
    taken(backlog);
    addAll(backlog, exchangeOf('late'));
    assert.deepEqual(taken(backlog), ['late begin', 'late bytes', 'late end']);
  });

  it('is full with 8 MiB, and not any more when they are taken', () => {
    const backlog = new WireBacklog();
    addAll(backlog, exchangeOf('large', new Uint8Array(8 * 1024 * 1024)));
    const before = backlog.full;
    taken(backlog);
    assert.deepEqual([before, backlog.full, backlog.empty], [true, false, true]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldableClock } from '../../src/core/holdable-clock.ts';
import { FakeClock } from './fakes/fake-clock.ts';

function bed(): { inner: FakeClock; clock: HoldableClock; told: string[] } {
  const inner = new FakeClock();
  const told: string[] = [];
  const clock = new HoldableClock(inner, () => told.push(clock.held ? 'stands still' : 'goes on'));
  return { inner, clock, told };
}

describe('a clock that can be held', () => {
  it('runs out of time as the inner one does', async () => {
    const { inner, clock, told } = bed();
    clock.after(10, () => told.push(`ran at ${clock.now()}`));
    await inner.pass(10);
    assert.deepEqual(told, ['ran at 10']);
  });

  it('does not count the time for which it stands still', async () => {
    const { inner, clock, told } = bed();
    clock.after(10, () => told.push(`ran at ${clock.now()}, ${inner.now()} outside`));
    await inner.pass(4);
    const hold = clock.hold();
    await inner.pass(1000);
    const heldAt = clock.now();
    hold.dispose();
    await inner.pass(5);
    await inner.pass(1);
    assert.deepEqual([heldAt, told], [4, ['stands still', 'goes on', 'ran at 10, 1010 outside']]);
  });

  it('lets no timer run out that is set while it stands still, not even one of no time', async () => {
    const { inner, clock, told } = bed();
    const hold = clock.hold();
    clock.after(0, () => told.push('ran'));
    await inner.pass(50);
    hold.dispose();
    await inner.pass(0);
    assert.deepEqual(told, ['stands still', 'goes on', 'ran']);
  });

  it('stands still until the last of several holds is disposed, each counting once', async () => {
    const { inner, clock, told } = bed();
    const first = clock.hold();
    const second = clock.hold();
    first.dispose();
    first.dispose();
    await inner.pass(5);
    const stillHeld = clock.held;
    second.dispose();
    assert.deepEqual([stillHeld, clock.held, clock.now(), told], [true, false, 0, ['stands still', 'goes on']]);
  });

  it('forgets timers that are disposed, held or not', async () => {
    const { inner, clock, told } = bed();
    const before = clock.after(5, () => told.push('ran'));
    const hold = clock.hold();
    const meanwhile = clock.after(5, () => told.push('ran'));
    before.dispose();
    meanwhile.dispose();
    hold.dispose();
    await inner.pass(100);
    assert.deepEqual([told, inner.pendingTimers], [['stands still', 'goes on'], 0]);
  });
});

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

  it('runs its timers when each is due, in that order, at the same time in the order they were set', async () => {
    const { inner, clock, told } = bed();
    for (const [name, ms] of Object.entries({ c: 30, a: 10, b: 20, a2: 10 })) {
      clock.after(ms, () => told.push(`${name} at ${inner.now()}`));
    }
    await inner.pass(30);
    assert.deepEqual(told, ['a at 10', 'a2 at 10', 'b at 20', 'c at 30']);
  });

  it('needs one timer for all, however many come and go', async () => {
    const { inner, clock, told } = bed();
    const most = Array.from({ length: 5 }, () => {
      clock.after(10, () => told.push('ran')).dispose();
      return inner.pendingTimers;
    });
    clock.after(20, () => told.push(`ran at ${clock.now()}`));
    await inner.pass(20);
    assert.deepEqual([most, told, inner.pendingTimers], [[1, 1, 1, 1, 1], ['ran at 20'], 0]);
  });

  it('leaves nothing behind a second after its last timer was disposed, and still runs one that is due much later', async () => {
    const { inner, clock, told } = bed();
    clock.after(60_000, () => told.push('disposed')).dispose();
    const before = inner.pendingTimers;
    await inner.pass(1000);
    const after = inner.pendingTimers;
    clock.after(60_000, () => told.push(`ran at ${clock.now()}`));
    await inner.pass(60_000);
    assert.deepEqual([before, after, told, inner.pendingTimers], [1, 0, ['ran at 61000'], 0]);
  });

  it('lets what runs dispose another timer, set one, and make the clock stand still', async () => {
    const { inner, clock, told } = bed();
    clock.after(10, () => {
      other.dispose();
      clock.after(5, () => told.push('set by one that ran'));
    });
    const other = clock.after(10, () => told.push('disposed'));
    await inner.pass(15);
    clock.after(1, () => clock.hold());
    clock.after(1, () => told.push('ran while held'));
    await inner.pass(100);
    assert.deepEqual([told, clock.now()], [['set by one that ran', 'stands still'], 16]);
  });

  it('still runs the others when one throws', async () => {
    const { inner, clock, told } = bed();
    clock.after(10, () => {
      throw new Error('a bug');
    });
    clock.after(10, () => told.push('the other'));
    await assert.rejects(inner.pass(10), /a bug/);
    await inner.pass(0);
    assert.deepEqual(told, ['the other']);
  });

  it('runs nothing any more when it is disposed', async () => {
    const { inner, clock, told } = bed();
    clock.after(10, () => told.push('ran'));
    clock.dispose();
    await inner.pass(100);
    assert.deepEqual([told, inner.pendingTimers], [[], 0]);
  });
});

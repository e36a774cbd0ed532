import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Deadline } from '../../src/core/deadline.ts';
import { FakeClock } from './fakes/fake-clock.ts';

describe('a deadline', () => {
  it('expires once, when its time is used up', async () => {
    const clock = new FakeClock();
    let expired = 0;
    const deadline = new Deadline(clock, 1_000, () => {
      expired += 1;
    });
    await clock.pass(999);
    const before = expired;
    await clock.pass(5_000);
    assert.deepEqual([before, expired, deadline.usedMs()], [0, 1, 1_000]);
  });

  it('stands still while it is held, by however many, and counts on from there', async () => {
    const clock = new FakeClock();
    let expired = false;
    const deadline = new Deadline(clock, 1_000, () => {
      expired = true;
    });
    await clock.pass(400);
    const [one, other] = [deadline.hold(), deadline.hold()];
    await clock.pass(60_000);
    one.dispose();
    one.dispose();
    await clock.pass(60_000);
    const used = deadline.usedMs();
    other.dispose();
    await clock.pass(599);
    const early = expired;
    await clock.pass(1);
    assert.deepEqual([used, early, expired], [400, false, true]);
  });

  it('leaves no timer behind when it is disposed, held or not', () => {
    const clock = new FakeClock();
    const [running, held] = [new Deadline(clock, 10, () => {}), new Deadline(clock, 10, () => {})];
    const hold = held.hold();
    running.dispose();
    held.dispose();
    hold.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});

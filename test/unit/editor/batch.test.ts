import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { Batch } from '../../../src/editor/routes/batch.ts';
import { isInExcludedFolder } from '../../../src/editor/routes/excluded-folders.ts';
import { mapBounded } from '../../../src/editor/routes/map-bounded.ts';
import { Countdown } from '../../../src/editor/tree/countdown.ts';

describe('batch', () => {
  it('hands over what came together, and starts anew', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const seen: (readonly string[])[] = [];
      const batch = new Batch<string>(50, (items) => seen.push(items));
      batch.add('a');
      mock.timers.tick(49);
      batch.add('b');
      mock.timers.tick(1);
      batch.add('c');
      mock.timers.tick(50);
      assert.deepEqual(seen, [['a', 'b'], ['c']]);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('bounded mapping', () => {
  it('keeps the order and never runs more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const doubled = await mapBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return item * 2;
    });
    assert.deepEqual({ doubled, most }, { doubled: [2, 4, 6, 8, 10, 12, 14], most: 3 });
  });
});

describe('excluded folders', () => {
  it('are told by a whole segment of the path', () => {
    const paths = ['/node_modules/x/func.yaml', '/a/.git/func.yaml', '/node_modules_of_mine/func.yaml', '/func.yaml'];
    assert.deepEqual(paths.map(isInExcludedFolder), [true, true, false, false]);
  });
});

describe('countdown', () => {
  /** A clock whose only timer is fired by hand. */
  function fakeClock() {
    let due: (() => void) | undefined;
    return {
      now: () => 0,
      after: (_ms: number, run: () => void) => {
        due = run;
        return {
          dispose: () => {
            due = undefined;
          },
        };
      },
      fire: () => {
        const run = due;
        due = undefined;
        run?.();
        return run !== undefined;
      },
    };
  }

  it('ticks only while somebody looks and only while something counts', () => {
    const clock = fakeClock();
    const left = [true, false];
    let ticks = 0;
    const countdown = new Countdown(clock, () => {
      ticks += 1;
      return left.shift() ?? false;
    });
    countdown.wake();
    assert.equal(clock.fire(), false, 'nobody looks');
    countdown.setVisible(true);
    assert.deepEqual([clock.fire(), clock.fire(), clock.fire()], [true, true, false]);
    countdown.wake();
    countdown.setVisible(false);
    assert.equal(clock.fire(), false, 'nobody looks any more');
    assert.equal(ticks, 2);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { EngineState } from '../../../src/editor/engine-choice/engine-choice.ts';
import { MemoryShare } from '../../../src/editor/engine-choice/memory-share.ts';
import { WindowLease } from '../../../src/store/window-lease.ts';
import { until } from '../../until.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';

const onEngine: EngineState = {
  kind: 'selected',
  preference: 'auto',
  selected: { engine: new FakeEngine(), why: '' },
};

interface Given {
  state?: EngineState;
  setting?: number;
  windows?: number;
}

function share(clock: FakeClock, given: Given): MemoryShare {
  return new MemoryShare({
    clock,
    engineState: () => given.state ?? onEngine,
    setting: () => given.setting,
    countWindows: async () => given.windows ?? 1,
  });
}

describe('the memory of a window', () => {
  it('is half of what the engine has', () => {
    assert.equal(share(new FakeClock(), {}).limitMiB(), 512);
  });

  it('is what the user says', () => {
    assert.equal(share(new FakeClock(), { setting: 900 }).limitMiB(), 900);
  });

  it('is not limited where the engine limits nothing, or there is none', () => {
    assert.equal(share(new FakeClock(), { state: { kind: 'none' }, setting: 900 }).limitMiB(), undefined);
  });

  it('is shared with the windows that have come, and no more with those that have gone', async () => {
    const clock = new FakeClock();
    const given: Given = { windows: 4 };
    const memory = share(clock, given);
    const limits: (number | undefined)[] = [];
    for (const windows of [4, 4, 1, 1]) {
      given.windows = windows;
      memory.limitMiB();
      await clock.pass(0);
      limits.push(memory.limitMiB());
      await clock.pass(6000);
    }
    assert.deepEqual(limits, [128, 128, 512, 512]);
  });

  it('is half of that for each of two windows with leases on one storage, and all of it for the one that stays', async (test) => {
    const storage = await mkdtemp(join(tmpdir(), 'hot-functions-windows-'));
    test.after(() => rm(storage, { recursive: true }));
    const clock = new FakeClock();
    const leases = [await WindowLease.take(storage), await WindowLease.take(storage)] as const;
    const [one, other] = leases.map(
      (lease) =>
        new MemoryShare({
          clock,
          engineState: () => onEngine,
          setting: () => undefined,
          countWindows: async () => (await lease.windows()).live.size,
        }),
    );
    await until(() => one?.limitMiB() === 256 && other?.limitMiB() === 256, 'both windows to see each other');
    await leases[1].release();
    await clock.pass(6000);
    await until(() => one?.limitMiB() === 512, 'the one that stays to have all of it');
    await leases[0].release();
  });
});

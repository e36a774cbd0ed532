import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EngineState } from '../../../src/editor/engine-choice/engine-choice.ts';
import { MemoryShare } from '../../../src/editor/engine-choice/memory-share.ts';
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
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallSummary } from '../../../src/core/call.ts';
import { CallAssembler } from '../../../src/core/calls/call-assembler.ts';
import { recordingDefaults } from '../../../src/core/calls/call-record.ts';
import { CallRecorder } from '../../../src/core/calls/call-recorder.ts';
import { isUsualSecret } from '../../../src/core/wire/secret-names.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const megabyte = 1024 * 1024;

/** A recorder that follows a runner, and what it has sent. */
class RecorderBed extends RunnerBed {
  readonly time = new FakeClock();
  readonly batches: Uint8Array[] = [];
  readonly recorder = new CallRecorder({
    clock: this.time,
    wallClock: () => 1000,
    limits: () => ({ ...recordingDefaults, maxBytes: megabyte }),
    send: (batch) => this.batches.push(batch),
  });

  constructor() {
    super([route]);
    this.recorder.follow(this.runner);
  }

  /** The calls in what was sent, with their ends. */
  calls(): readonly string[] {
    const assembler = new CallAssembler(() => isUsualSecret);
    for (const batch of this.batches) {
      assembler.take(batch);
    }
    return assembler.changed().map(({ raw, end }) => `${raw.callId} ${raw.origin} ${end?.state ?? 'running'}`);
  }
}

const route = routeWith({ format: 'http' });

describe('a recorder', () => {
  it('sends what has happened in batches', async () => {
    const bed = new RecorderBed();
    const call = bed.call(route, { body: 'x' }, { origin: 'api' });
    await bed.clock.pass(0);
    bed.engine.at(0).answer('y');
    await call;
    const before = bed.batches.length;
    await bed.time.pass(200);
    assert.deepEqual([before, bed.batches.length, bed.calls()], [0, 1, ['c1 api done']]);
  });

  it('sends nothing, and wakes nobody, while nothing happens', async () => {
    const bed = new RecorderBed();
    await bed.time.pass(1000);
    bed.recorder.flush();
    assert.deepEqual([bed.batches, bed.time.pendingTimers], [[], 0]);
  });

  it('hands out memory that it does not write to again', async () => {
    const bed = new RecorderBed();
    const summaries: CallSummary[] = bed.finished;
    for (const body of ['one', 'two']) {
      const call = bed.call(route, { body });
      await bed.clock.pass(0);
      bed.engine.at(0).answer(body);
      await call;
      bed.recorder.flush();
    }
    assert.equal(summaries.length, 2);
    assert.deepEqual(bed.calls(), ['c1 editor done', 'c2 editor done']);
    assert.equal(new Set(bed.batches.map(({ buffer }) => buffer)).size, 2);
  });

  it('records no new call while too much is on its way, and goes on when it has arrived', async () => {
    const bed = new RecorderBed();
    const body = Buffer.alloc(megabyte, 'x');
    for (let n = 0; n < 40; n += 1) {
      const call = bed.call(route, { body });
      await bed.clock.pass(0);
      bed.engine.at(0).answer('');
      await call;
    }
    bed.recorder.flush();
    const recorded = bed.calls().length;
    bed.recorder.written(bed.batches.reduce((sum, { length }) => sum + length, 0));
    const call = bed.call(route, { body: 'x' });
    await bed.clock.pass(0);
    bed.engine.at(0).answer('');
    await call;
    bed.recorder.flush();
    assert.ok(recorded >= 32 && recorded < 36, `${recorded} were recorded`);
    assert.deepEqual(bed.calls().at(-1), 'c41 editor done');
  });
});

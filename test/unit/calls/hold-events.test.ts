import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallSummary } from '../../../src/core/call.ts';
import type { RunnerEvents } from '../../../src/core/calls/call-recorder.ts';
import { holdEvents } from '../../../src/core/calls/hold-events.ts';
import { type Disposable, DisposableStore } from '../../../src/core/disposable.ts';
import { Emitter } from '../../../src/core/event.ts';
import type { StderrEvent } from '../../../src/core/pool/container-events.ts';
import type { CallStart } from '../../../src/core/runner-options.ts';
import type { WireEvent } from '../../../src/core/wire/recording.ts';

const facts = { method: 'GET', url: 'http://localhost/r/app/a', headers: [] };

function runnerBed() {
  const started = new Emitter<CallStart>();
  const wire = new Emitter<WireEvent>();
  const stderr = new Emitter<StderrEvent>();
  const finished = new Emitter<CallSummary>();
  const runner: RunnerEvents = {
    onDidStartCall: started.event,
    onWire: wire.event,
    onStderr: stderr.event,
    onDidFinishCall: finished.event,
  };
  return {
    runner,
    call: (callId: string): void => {
      started.fire({ callId, routeId: 'app/a', origin: 'editor', format: 'http', facts });
      stderr.fire({ container: 'hot-1', routeId: 'app/a', callId, text: 'warm' });
      const outcome = { kind: 'answered', status: 200 } as const;
      finished.fire({ callId, routeId: 'app/a', outcome, timings: { totalMs: 1 }, requestBytes: 0, responseBytes: 0 });
    },
  };
}

class Recorder {
  readonly heard: string[] = [];

  follow(events: RunnerEvents): Disposable {
    const owned = new DisposableStore();
    owned.add(events.onDidStartCall(({ callId }) => void this.heard.push(`${callId} started`)));
    owned.add(events.onStderr(({ callId }) => void this.heard.push(`${callId} wrote`)));
    owned.add(events.onDidFinishCall(({ callId }) => void this.heard.push(`${callId} finished`)));
    return owned;
  }
}

describe('events that are held for a recorder', () => {
  it('are all handed over, in their order, and followed by what comes later, once', () => {
    const { runner, call } = runnerBed();
    const handOver = holdEvents(runner);
    call('early');
    const recorder = new Recorder();
    handOver(recorder);
    call('late');
    assert.deepEqual(recorder.heard, [
      'early started',
      'early wrote',
      'early finished',
      'late started',
      'late wrote',
      'late finished',
    ]);
  });

  it('are followed no more when the recorder is let go', () => {
    const { runner, call } = runnerBed();
    const recorder = new Recorder();
    holdEvents(runner)(recorder).dispose();
    call('late');
    assert.deepEqual(recorder.heard, []);
  });

  it('are let go of when nobody comes for them', () => {
    const { runner, call } = runnerBed();
    const handOver = holdEvents(runner);
    for (let number = 0; number < 4000; number += 1) {
      call(`early ${number}`);
    }
    const recorder = new Recorder();
    handOver(recorder);
    call('late');
    assert.deepEqual(recorder.heard, ['late started', 'late wrote', 'late finished']);
  });
});

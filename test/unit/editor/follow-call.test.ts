import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emitter } from '../../../src/core/event.ts';
import type { ContainerSnapshot, ContainerState } from '../../../src/core/pool/container-snapshot.ts';
import { followCall } from '../../../src/editor/invoke/follow-call.ts';

describe('following a call', () => {
  it('reports the container that starts for its route and the one that serves it, of no other call', () => {
    const started = new Emitter<{ callId: string; routeId: string }>();
    const changed = new Emitter<ContainerSnapshot>();
    const reports: string[] = [];
    const following = followCall(
      { onDidStartCall: started.event, onDidChangeContainers: changed.event },
      'myapp/hot',
      (message) => reports.push(message),
    );
    const change = (routeId: string, state: ContainerState): void =>
      changed.fire({ name: 'hot-1a-3', engineId: '', routeId, format: 'http', state, served: 0 });

    change('myapp/hot', { kind: 'busy', callId: 'before' });
    started.fire({ callId: 'other', routeId: 'myapp/other' });
    started.fire({ callId: 'mine', routeId: 'myapp/hot' });
    started.fire({ callId: 'later', routeId: 'myapp/hot' });
    change('myapp/other', { kind: 'starting' });
    change('myapp/hot', { kind: 'starting' });
    change('myapp/hot', { kind: 'busy', callId: 'later' });
    change('myapp/hot', { kind: 'busy', callId: 'mine' });
    following.dispose();
    change('myapp/hot', { kind: 'starting' });

    assert.deepEqual(reports, ['starting a container…', 'running in hot-3…']);
  });
});

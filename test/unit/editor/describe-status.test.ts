import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerSnapshot } from '../../../src/core/pool/container-snapshot.ts';
import { describeStatus } from '../../../src/editor/status/describe-status.ts';

const docker = { short: 'Docker', long: ['Docker 20.10 at unix:///docker.sock.'], isFailure: false };
const verbatim = (text: string): string => text;

function container(name: string, change: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  return {
    name,
    engineId: '7',
    routeId: 'app/hello',
    format: 'http',
    state: { kind: 'busy', callId: 'a' },
    served: 1,
    ...change,
  };
}

describe('the status bar', () => {
  it('names the engine while nothing runs', () => {
    assert.deepEqual(describeStatus(docker, [], [], verbatim), {
      text: '$(flame) Docker',
      tooltip: ['**Hot Functions**', 'Docker 20.10 at unix:///docker.sock.', 'No containers.'],
      spoken: 'Hot Functions, Docker, no containers',
    });
  });

  it('counts what runs, hot and cold', () => {
    const containers = [container('a'), container('b'), container('c', { format: 'default' })];
    assert.deepEqual(describeStatus(docker, containers, [], verbatim), {
      text: '$(flame) Docker: 2 hot, 1 cold',
      tooltip: ['**Hot Functions**', 'Docker 20.10 at unix:///docker.sock.', 'Containers: 2 hot, 1 cold.'],
      spoken: 'Hot Functions, Docker, containers: 2 hot, 1 cold',
    });
  });

  it('says how far the timeout of the debugged call had come when the clocks were stopped', () => {
    const containers = [container('normal'), container('debugged', { debugged: true })];
    const held = [
      { callId: 'a', routeId: 'app/hello', container: 'normal', usedMs: 100, limitMs: 30_000 },
      { callId: 'b', routeId: 'app/hello', container: 'debugged', usedMs: 12_400, limitMs: 30_000 },
    ];
    assert.deepEqual(describeStatus(docker, containers, held, verbatim), {
      text: '$(debug-pause) timeout paused at 12.4 of 30 s',
      tooltip: [
        '**Hot Functions**',
        'app/hello: timeout paused at 0.1 of 30 s.',
        'app/hello: timeout paused at 12.4 of 30 s.',
        'Docker 20.10 at unix:///docker.sock.',
        'Containers: 2 hot.',
      ],
      spoken: 'Hot Functions, timeout paused at 12.4 of 30 s, Docker, containers: 2 hot',
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerSnapshot, ContainerState } from '../../../src/core/pool/container-snapshot.ts';
import type { Route } from '../../../src/core/route.ts';
import {
  containerContext,
  containerTooltip,
  describeContainer,
  formatCountdown,
} from '../../../src/editor/tree/describe-container.ts';
import { describeRoute, routeTooltip } from '../../../src/editor/tree/describe-route.ts';

const route: Route = {
  id: 'myapp/team/hello',
  app: 'myapp',
  path: '/team/hello',
  image: 'someone/hello:1',
  memoryMiB: 64,
  type: 'sync',
  format: 'http',
  maxConcurrency: 2,
  timeoutMs: 1500,
  idleTimeoutMs: 30_000,
  config: { password: 'hunter2' },
  headers: [],
  jwtKey: 'hunter3',
};

function container(state: ContainerState, change: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  return {
    name: 'hot-1a-myapp-team-hello-3',
    engineId: '7',
    routeId: route.id,
    format: 'http',
    state,
    served: 2,
    ...change,
  };
}

const idle: ContainerState = { kind: 'idle', sinceMs: 0, untilMs: 12_400 };

describe('a container in the tree', () => {
  it('has a short name, its state, its countdown and its calls', () => {
    assert.deepEqual(describeContainer(container(idle), 400), {
      label: 'hello-3',
      description: 'idle 12 s · 2 calls',
      icon: 'debug-pause',
      color: 'charts.blue',
      spoken: 'Container hello-3, idle, 12 s left, 2 calls',
    });
  });

  it('says each state in its own words', () => {
    const states: readonly ContainerState[] = [
      { kind: 'starting' },
      { kind: 'busy', callId: 'a' },
      { kind: 'draining', why: 'the route has changed' },
      { kind: 'gone', why: 'idle timeout' },
    ];
    assert.deepEqual(
      states.map((state) => describeContainer(container(state, { served: 1 }), 0).description),
      ['starting · 1 call', 'busy · 1 call', 'draining · 1 call', 'gone · 1 call'],
    );
  });

  it('says how far its timeout had come when a debugger stopped the clocks', () => {
    const call = { callId: 'a', routeId: route.id, usedMs: 12_440, limitMs: 30_000 };
    const busy: ContainerState = { kind: 'busy', callId: 'a' };
    const paused = {
      description: 'paused at 12.4 of 30 s',
      color: 'charts.yellow',
      spoken: 'Container hello-3, timeout paused at 12.4 of 30 s',
    };
    assert.deepEqual(
      [describeContainer(container(busy, { debugged: true }), 0, call), describeContainer(container(busy), 0, call)],
      [
        { label: 'hello-3', ...paused, icon: 'debug' },
        { label: 'hello-3', ...paused, icon: 'debug-start' },
      ],
    );
  });

  it('that a debugger keeps counts nothing down', () => {
    const kept: ContainerState = { kind: 'idle', sinceMs: 0, untilMs: Number.POSITIVE_INFINITY };
    assert.deepEqual(describeContainer(container(kept, { debugged: true }), 400), {
      label: 'hello-3',
      description: 'debugging · 2 calls',
      icon: 'debug',
      color: 'charts.blue',
      spoken: 'Container hello-3, kept for the debugger, 2 calls',
    });
  });

  it('that is kept warm waits for its call, and says for how long', () => {
    assert.deepEqual(describeContainer(container(idle, { format: 'default', served: 0 }), 400), {
      label: 'hello-3',
      description: 'waiting for its call 12 s',
      icon: 'debug-pause',
      color: 'charts.blue',
      spoken: 'Container hello-3, waiting for its call, 12 s left',
    });
  });

  it('is known to menus by whether it is debugged, or can be', () => {
    const busy: ContainerState = { kind: 'busy', callId: 'a' };
    assert.deepEqual(
      [
        container(busy, { debugged: true }),
        container(busy),
        container(idle),
        container({ kind: 'starting' }),
        container(busy, { format: 'default' }),
      ].map(containerContext),
      ['container.debugged.busy', 'container.hot.busy', 'container.hot.idle', 'container.starting', 'container.busy'],
    );
  });

  it("tells in its tooltip its whole name, its engine's id, and why it is going", () => {
    assert.equal(
      containerTooltip(container({ kind: 'draining', why: 'The route was changed.' })),
      'hot-1a-myapp-team-hello-3\n7\ndraining: The route was changed.',
    );
  });

  it('tells in its tooltip why it stays, and where the timeout of its call stands still', () => {
    const kept = container({ kind: 'idle', sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, { debugged: true });
    const call = { callId: 'a', routeId: route.id, usedMs: 100, limitMs: 1500 };
    assert.deepEqual(
      [containerTooltip(kept), containerTooltip(container({ kind: 'busy', callId: 'a' }), call)],
      [
        'hot-1a-myapp-team-hello-3\n7\nkept for the debugger',
        'hot-1a-myapp-team-hello-3\n7\ntimeout paused at 0.1 of 1.5 s',
      ],
    );
  });

  it('counts down in whole seconds and never to less than nothing', () => {
    assert.deepEqual([61_000, 60_000, 59_001, 1, 0, -500].map(formatCountdown), [
      '1 min 1 s',
      '1 min 0 s',
      '1 min 0 s',
      '1 s',
      '0 s',
      '0 s',
    ]);
  });

  it('of a long name leaves room for its state', () => {
    const routeId = 'myapp/a-name-that-goes-on-and-on';
    assert.equal(describeContainer(container(idle, { routeId }), 0).label, 'a-name-that-goes…-3');
  });

  it('of the root path is called after its app', () => {
    assert.equal(describeContainer(container(idle, { routeId: 'myapp/' }), 0).label, 'myapp-3');
  });
});

describe('a route in the tree', () => {
  it('says for how long a crash loop keeps it from being started', () => {
    assert.deepEqual(describeRoute(route, [], 2_300), {
      label: '/team/hello',
      description: 'crash loop · 3 s',
      icon: 'error',
      color: 'list.errorForeground',
      spoken: 'Route /team/hello, hot, crash loop, again in 3 s',
    });
  });

  it('says hot or cold, async, and what its containers do', () => {
    const containers = [container(idle), container({ kind: 'busy', callId: 'a' }), container(idle)];
    assert.deepEqual(
      [
        describeRoute(route, [], undefined),
        describeRoute(route, containers, undefined),
        describeRoute({ ...route, format: 'default', type: 'async' }, [], undefined),
      ].map(({ label, description, icon, spoken }) => ({ label, description, icon, spoken })),
      [
        { label: '/team/hello', description: 'hot', icon: 'flame', spoken: 'Route /team/hello, hot' },
        {
          label: '/team/hello',
          description: 'hot · 1 busy, 2 idle',
          icon: 'flame',
          spoken: 'Route /team/hello, hot, 1 busy, 2 idle',
        },
        {
          label: '/team/hello',
          description: 'cold · async',
          icon: 'server-process',
          spoken: 'Route /team/hello, cold, async',
        },
      ],
    );
  });

  it('does not count what a debugger keeps as idle', () => {
    const containers = [container(idle, { debugged: true }), container(idle)];
    assert.equal(describeRoute(route, containers, undefined).description, 'hot · 1 idle, 1 debugging');
  });

  it('says that it is kept warm, and whether a container waits', () => {
    const cold: Route = { ...route, format: 'default' };
    const waiting = container(idle, { format: 'default', served: 0 });
    assert.deepEqual(
      [[], [waiting]].map((containers) => describeRoute(cold, containers, undefined, true).description),
      ['cold · kept warm', 'cold · kept warm · 1 waiting'],
    );
  });

  it('explains itself in its tooltip, without its secrets', () => {
    assert.equal(
      routeTooltip(route, 'team/hello/func.yaml', [container(idle)], (text) => text),
      [
        '**myapp/team/hello**',
        'Hot (`format: http`), sync',
        'Image someone/hello:1',
        '64 MiB, timeout 1.5 s, idle timeout 30 s, at most 2 containers',
        'Containers: 1 idle',
        'team/hello/func.yaml',
      ].join('\n\n'),
    );
  });
});

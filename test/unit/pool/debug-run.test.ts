import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallGate } from '../../../src/core/call-gate.ts';
import type { Alter } from '../../../src/core/debug-run.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const hot = routeWith({ format: 'http', timeoutMs: 1000, idleTimeoutMs: 500 });
const cold = routeWith({ format: 'default', timeoutMs: 1000 });
const alter: Alter = async (found) => ({
  files: [],
  command: ({ env }) => ({ argv: ['debugger', ...found.argv], env }),
  extraMemoryMiB: 100,
});

/** A gate whose steps end when the test says so. */
class HeldGate implements CallGate {
  readonly reached: string[] = [];
  readonly #steps = new Map<string, PromiseWithResolvers<void>>();

  ready = (): Promise<void> => this.#step('ready');
  afterWrite = (): Promise<void> => this.#step('after write');

  pass(step: string): void {
    this.#steps.get(step)?.resolve();
  }

  #step(name: string): Promise<void> {
    this.reached.push(name);
    const step = Promise.withResolvers<void>();
    this.#steps.set(name, step);
    return step.promise;
  }
}

async function textOf(
  call: Promise<{ status: number; body: { collect(max: number): Promise<{ bytes: Uint8Array }> } }>,
) {
  const { status, body } = await call;
  return `${status} ${Buffer.from((await body.collect(1000)).bytes)}`;
}

describe('a route under a debugger', () => {
  it('is started as the debugger says, with the memory that it needs besides', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    const call = run.invoke({ body: 'x' }, {});
    await settled();
    const { spec } = bed.engine.at(0);
    const given = { argv: ['function'], env: { A: '1' } };
    assert.deepEqual(
      [spec.memoryMiB, spec.alteration?.command(given, '/files')],
      [hot.memoryMiB + 100, { argv: ['debugger', 'function'], env: { A: '1' } }],
    );
    bed.engine.at(0).answer('ok');
    await call;
    await run.close();
  });

  it('is written nothing before the debugger is ready, and the clock of the call stands still meanwhile', async () => {
    const bed = new RunnerBed([hot]);
    const gate = new HeldGate();
    const run = bed.runner.openDebug(hot, alter);
    const call = run.invoke({ body: 'x' }, { ready: gate.ready });
    await bed.clock.pass(5000);
    const before = [bed.engine.at(0).received, bed.runner.calls()];
    gate.pass('ready');
    await settled();
    bed.engine.at(0).answer('ok');
    assert.deepEqual(
      [before, await textOf(call)],
      [['', [{ callId: 'c1', routeId: hot.id, usedMs: 0, limitMs: 1000 }]], '200 ok'],
    );
    await run.close();
  });

  it('is not read from between the request and its answer until the debugger goes on', async () => {
    const bed = new RunnerBed([hot]);
    const gate = new HeldGate();
    const run = bed.runner.openDebug(hot, alter);
    const call = run.invoke({ body: 'x' }, { afterWrite: gate.afterWrite });
    await settled();
    bed.engine.at(0).answer('ok');
    await settled();
    const read = bed.wire.some((event) => event.kind === 'bytes' && event.direction === 'stdout');
    gate.pass('after write');
    assert.deepEqual([gate.reached, read, await textOf(call)], [['after write'], false, '200 ok']);
    await run.close();
  });

  it('is sent what the debugger makes of the request', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    let previewed = '';
    const call = run.invoke(
      { body: 'before' },
      {
        beforeWrite: async (unwritten) => {
          const edited = { method: 'PUT', headers: [['X-Edited', 'yes']], body: 'after' } as const;
          previewed = Buffer.from(unwritten.preview(edited)).toString();
          return edited;
        },
      },
    );
    await settled();
    const { received } = bed.engine.at(0);
    assert.deepEqual(
      [
        received === previewed,
        /Method: PUT\r\n/.test(received),
        /Header_x_edited: yes/.test(received),
        received.slice(-5),
      ],
      [true, true, true, 'after'],
    );
    bed.engine.at(0).answer('ok');
    await call;
    await run.close();
  });

  it('keeps its hot container from call to call, without an idle clock, apart from the pool of the route', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    for (const name of ['first', 'second']) {
      const call = run.invoke({ body: name }, {});
      await settled();
      bed.engine.at(0).answer(name);
      await call;
      await bed.clock.pass(60_000);
    }
    const normal = bed.call(hot, { body: 'normal' });
    await settled();
    bed.engine.at(1).answer('normal');
    await normal;
    assert.deepEqual(
      bed.runner.containers().map(({ state, served, debugged }) => [state.kind, served, debugged]),
      [
        ['idle', 1, undefined],
        ['idle', 2, true],
      ],
    );
    await run.close();
    assert.deepEqual(bed.engine.at(0).asked, ['kill']);
  });

  it('leaves nothing when it is closed while the debugger is attaching', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    const call = run.invoke({}, { ready: new HeldGate().ready });
    const rejected = assert.rejects(call, { code: 'aborted' });
    await settled();
    await run.close();
    await rejected;
    const left = [...bed.runner.containers(), ...bed.runner.calls()];
    await bed.runner.close();
    assert.deepEqual([left, bed.clock.pendingTimers], [[], 0]);
  });

  it('does not wait for a debugger that looks at the request when the container has ended', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    const call = run.invoke({}, { beforeWrite: () => new Promise(() => {}) });
    await settled();
    bed.engine.at(0).exits({ reason: 'exit', code: 3 });
    assert.equal((await call).error?.code, 'function-exited');
    await run.close();
  });

  it('fails the call with what the debugger fails with', async () => {
    const bed = new RunnerBed([hot]);
    const run = bed.runner.openDebug(hot, alter);
    const unreachable = new HotFunctionsError('debugger-unreachable', 'Nobody listens.');
    const { error } = await run.invoke({}, { ready: () => Promise.reject(unreachable) });
    assert.equal(error, unreachable);
    await run.close();
  });

  it('gives a cold function its input only when the debugger is ready', async () => {
    const bed = new RunnerBed([cold]);
    const gate = new HeldGate();
    const run = bed.runner.openDebug(cold, alter);
    const call = run.invoke({ body: 'input' }, { ready: gate.ready });
    await settled();
    const before = bed.engine.at(0).received;
    gate.pass('ready');
    await settled();
    const container = bed.engine.at(0);
    container.stdout.write('done');
    container.exits({ reason: 'exit', code: 0 });
    assert.deepEqual([before, container.received, await textOf(call)], ['', 'input', '200 done']);
    await run.close();
  });

  it('starts a cold function with the request that the debugger has made', async () => {
    const bed = new RunnerBed([cold]);
    const run = bed.runner.openDebug(cold, alter);
    const call = run.invoke(
      { body: 'a' },
      { beforeWrite: async () => ({ headers: [['X-Edited', 'yes']], body: 'b' }) },
    );
    await settled();
    const container = bed.engine.at(0);
    container.exits({ reason: 'exit', code: 0 });
    await call;
    assert.deepEqual([container.spec.env['HEADER_X_EDITED'], container.received], ['yes', 'b']);
    await run.close();
  });
});

describe('a debugger on a hot container that runs', () => {
  async function idleContainer(): Promise<{ bed: RunnerBed; name: string }> {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot);
    await settled();
    bed.engine.at(0).answer('first');
    await call;
    return { bed, name: bed.engine.at(0).spec.name };
  }

  it('keeps it from going idle until it is closed', async () => {
    const { bed, name } = await idleContainer();
    const run = bed.runner.attachDebug(name);
    await bed.clock.pass(60_000);
    const during = bed.runner.containers().map(({ state, debugged }) => [state, debugged]);
    await run.close();
    const after = bed.states();
    await bed.clock.pass(500);
    assert.deepEqual(
      [during, after, bed.states()],
      [[[{ kind: 'idle', sinceMs: 0, untilMs: Number.POSITIVE_INFINITY }, true]], ['idle'], ['draining']],
    );
  });

  it('sends its calls into that container, after the one that it is serving', async () => {
    const { bed, name } = await idleContainer();
    const run = bed.runner.attachDebug(name);
    const busy = bed.call(hot, { body: 'busy' });
    await settled();
    const directed = run.invoke({ body: 'directed' }, {});
    await settled();
    const sent = bed.engine.at(0).taskIds;
    bed.engine.at(0).answer('busy');
    await busy;
    await settled();
    bed.engine.at(0).answer('directed');
    assert.deepEqual([sent, await textOf(directed), bed.engine.containers.length], [['c1', 'c2'], '200 directed', 1]);
    await run.close();
  });

  it('fails its waiting calls when the container ends', async () => {
    const { bed, name } = await idleContainer();
    const run = bed.runner.attachDebug(name);
    const busy = bed.call(hot);
    await settled();
    const directed = run.invoke({}, {});
    await settled();
    bed.engine.at(0).exits({ reason: 'exit', code: 1 });
    await busy;
    assert.equal((await directed).error?.code, 'stopped');
    await run.close();
  });

  it('is refused where there is no such container any more', () => {
    assert.throws(() => new RunnerBed([hot]).runner.attachDebug('gone'), { code: 'stopped' });
  });
});

describe('held clocks', () => {
  it('hold the timeout of every call, those that come later included, and count on afterwards', async () => {
    const bed = new RunnerBed([hot]);
    const early = bed.call(hot);
    await bed.clock.pass(400);
    const hold = bed.runner.holdClocks();
    const late = bed.call(hot);
    await bed.clock.pass(60_000);
    const during = bed.runner.calls().map(({ callId, usedMs }) => [callId, usedMs]);
    hold.dispose();
    await bed.clock.pass(599);
    const stillRunning = bed.runner.calls().length;
    await bed.clock.pass(1);
    const first = await early;
    await bed.clock.pass(400);
    assert.deepEqual(
      [during, stillRunning, first, await late],
      [
        [
          ['c1', 400],
          ['c2', 0],
        ],
        2,
        '504 timeout',
        '504 timeout',
      ],
    );
  });

  it('hold the wait for memory', async () => {
    const bed = new RunnerBed([hot], hot.memoryMiB);
    const other = routeWith({ path: '/other', format: 'http', timeoutMs: 60_000 });
    bed.runner.setRoutes([hot, other]);
    const busy = bed.call({ ...hot, timeoutMs: 120_000 });
    await settled();
    const waiting = bed.call(other);
    const hold = bed.runner.holdClocks();
    await bed.clock.pass(30_000);
    hold.dispose();
    await bed.clock.pass(9_999);
    bed.engine.at(0).answer('busy');
    await busy;
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await settled();
    bed.engine.at(1).answer('other');
    assert.equal(await waiting, '200 other');
    await bed.runner.close();
  });

  it('are told of', () => {
    const bed = new RunnerBed();
    const told: boolean[] = [];
    bed.runner.onDidHoldClocks((held) => told.push(held));
    const hold = bed.runner.holdClocks();
    const held = bed.runner.clocksHeld;
    hold.dispose();
    assert.deepEqual([told, held, bed.runner.clocksHeld], [[true, false], true, false]);
  });
});

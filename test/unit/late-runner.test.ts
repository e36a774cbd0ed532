import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LateRunner } from '../../src/core/late-runner.ts';
import { settled } from './fakes/fake-clock.ts';
import { outcomeOf, RunnerBed } from './fakes/runner-bed.ts';
import { routeWith } from './route-with.ts';

const hot = routeWith({ format: 'http' });

/** A late runner whose code is there, or cannot be had, when the test says so. */
class LateBed {
  readonly runner: LateRunner;
  /** Of each time that the code was asked for, what ends the loading. */
  readonly loads: PromiseWithResolvers<void>[] = [];
  readonly beds: RunnerBed[] = [];

  constructor() {
    this.runner = new LateRunner(async (emitters) => {
      const load = Promise.withResolvers<void>();
      this.loads.push(load);
      await load.promise;
      const bed = new RunnerBed([hot], undefined, emitters);
      this.beds.push(bed);
      return bed.runner;
    });
  }

  call(): Promise<string> {
    return outcomeOf(this.runner.invoke(hot, {}));
  }

  /** Lets the code be there, for what was asked of it last. */
  async load(): Promise<RunnerBed> {
    this.loads.at(-1)?.resolve();
    await settled();
    const bed = this.beds.at(-1);
    assert.ok(bed);
    return bed;
  }
}

describe('a runner that is loaded late', () => {
  it('is not loaded by being followed, looked at or closed', async () => {
    const late = new LateBed();
    late.runner.onDidFinishCall(() => {});
    const seen = [late.runner.loaded, late.runner.containers(), await late.runner.stopContainers()];
    await late.runner.close();
    assert.deepEqual([seen, late.loads.length], [[undefined, [], undefined], 0]);
  });

  it('is loaded once for all calls that wait for it, and then serves them', async () => {
    const late = new LateBed();
    const calls = [late.call(), late.call()];
    await settled();
    const { engine } = await late.load();
    engine.at(0).answer('one');
    await settled();
    engine.at(0).answer('two');
    assert.deepEqual([await Promise.all(calls), late.loads.length], [['200 one', '200 two'], 1]);
  });

  it('is the runner itself once it is there', async () => {
    const late = new LateBed();
    const asked = late.runner.get();
    const { runner } = await late.load();
    assert.deepEqual([(await asked) === runner, late.runner.loaded === runner], [true, true]);
  });

  it('shows and stops the containers that its runner has', async () => {
    const late = new LateBed();
    const call = late.call();
    await late.load();
    const before = late.runner.containers().map(({ state }) => state.kind);
    await late.runner.stopContainers(hot.id);
    assert.deepEqual([before, await call, late.runner.containers()], [['busy'], '503 stopped', []]);
  });

  it('tells whoever followed it before there was a runner', async () => {
    const late = new LateBed();
    const { runner } = late;
    const told = new Set<string>();
    runner.onDidStartCall(() => told.add('call started'));
    runner.onDidFinishCall(() => told.add('call finished'));
    runner.onDidChangeContainers(() => told.add('containers'));
    runner.onWire(() => told.add('wire'));
    runner.onStderr(() => told.add('stderr'));
    runner.onDidHoldClocks(() => told.add('clocks'));
    const call = late.call();
    const bed = await late.load();
    bed.engine.at(0).stderr.write('a line');
    bed.runner.holdClocks().dispose();
    await settled();
    bed.engine.at(0).answer('one');
    await call;
    assert.deepEqual([...told], ['call started', 'containers', 'wire', 'stderr', 'clocks', 'call finished']);
  });

  it('fails the calls that wait if it cannot be loaded, and is tried again with the next one', async () => {
    const late = new LateBed();
    const first = late.call();
    late.loads.at(-1)?.reject(new Error('no such file'));
    assert.equal(await first, 'rejected: Error: no such file');
    const second = late.call();
    const { engine } = await late.load();
    engine.at(0).answer('one');
    assert.deepEqual([await second, late.loads.length], ['200 one', 2]);
  });

  it('refuses calls when it was closed before it was loaded, and is not loaded any more', async () => {
    const late = new LateBed();
    await late.runner.close();
    assert.deepEqual([await late.call(), late.loads.length], ['rejected: closing', 0]);
  });
});

describe('a runner that is closed while it is loaded', () => {
  it('ends the calls that wait, and leaves nothing behind', async () => {
    const late = new LateBed();
    const waiting = late.call();
    const closed = late.runner.close();
    const { engine } = await late.load();
    await closed;
    const left = engine.containers.filter(({ asked }) => !asked.includes('kill'));
    assert.deepEqual([await waiting, left, late.runner.containers()], ['503 closing', [], []]);
  });

  it('takes no more calls at once', async () => {
    const late = new LateBed();
    const waiting = late.call();
    const closed = late.runner.close();
    assert.equal(await late.call(), 'rejected: closing');
    await late.load();
    await Promise.all([waiting, closed]);
    assert.equal(await late.call(), 'rejected: closing');
  });

  it('is closed although it cannot be loaded', async () => {
    const late = new LateBed();
    const waiting = late.call();
    const closed = late.runner.close();
    late.loads.at(-1)?.reject(new Error('no such file'));
    await closed;
    assert.deepEqual(
      [await waiting, await late.call(), late.loads.length],
      ['rejected: Error: no such file', 'rejected: closing', 1],
    );
  });
});

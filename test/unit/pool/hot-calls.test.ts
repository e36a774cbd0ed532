import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const hot = routeWith({ format: 'http', idleTimeoutMs: 30_000, timeoutMs: 10_000 });

describe('a hot route', () => {
  it('serves call after call from one container', async () => {
    const bed = new RunnerBed([hot]);
    const first = bed.call(hot, { body: 'a' });
    await settled();
    bed.engine.at(0).answer('one');
    const second = first.then(() => bed.call(hot, { body: 'b' }));
    assert.equal(await first, '200 one');
    await settled();
    bed.engine.at(0).answer('two');
    assert.equal(await second, '200 two');
    assert.deepEqual(bed.engine.at(0).taskIds, ['c1', 'c2']);
    assert.deepEqual(
      bed.finished.map(({ servedBy }) => [servedBy?.temperature, servedBy?.callNumber]),
      [
        ['started-hot', 1],
        ['reused-hot', 2],
      ],
    );
  });

  it('gives a container one exchange at a time and the queue its order of arrival', async () => {
    const bed = new RunnerBed([hot]);
    const calls = [1, 2, 3].map(() => bed.call(hot));
    const served: (readonly string[])[] = [];
    for (const body of ['a', 'b', 'c']) {
      await settled();
      served.push(bed.engine.at(0).taskIds);
      bed.engine.at(0).answer(body);
    }
    assert.deepEqual(await Promise.all(calls), ['200 a', '200 b', '200 c']);
    assert.deepEqual(served, [['c1'], ['c1', 'c2'], ['c1', 'c2', 'c3']]);
  });

  it('is given to who waits for it before the caller is answered: the next call does not wait for that', async () => {
    const bed = new RunnerBed([hot]);
    const order: string[] = [];
    bed.runner.onWire(({ kind, exchange }) => kind === 'begin' && order.push(`${exchange.callId} written`));
    const call = async () => order.push(`${(await bed.runner.invoke(hot, {})).callId} answered`);
    const first = call();
    await settled();
    const second = call();
    bed.engine.at(0).answer('a');
    await first;
    bed.engine.at(0).answer('b');
    await second;
    assert.deepEqual(order, ['c1 written', 'c2 written', 'c1 answered', 'c2 answered']);
  });

  it('never has more containers than maxConcurrency, starting ones included', async () => {
    const route = routeWith({ ...hot, maxConcurrency: 3 });
    const bed = new RunnerBed([route]);
    bed.engine.auto.start = false;
    const calls = Array.from({ length: 10 }, () => bed.call(route));
    await settled();
    assert.equal(bed.engine.starting.length, 3);
    for (let started = 0; started < 3; started += 1) {
      bed.engine.started();
    }
    for (let answered = 0; answered < 10; ) {
      await settled();
      for (const container of bed.engine.containers) {
        if (container.taskIds.length > 0 && answered < 10) {
          container.answer('x');
          answered += 1;
        }
      }
    }
    await Promise.all(calls);
    assert.deepEqual([bed.engine.containers.length, bed.engine.starting.length], [3, 0]);
  });

  it('prefers the container that was used last, so that spare ones go idle', async () => {
    const route = routeWith({ ...hot, maxConcurrency: 2 });
    const bed = new RunnerBed([route]);
    const both = [bed.call(route), bed.call(route)];
    await settled();
    bed.engine.at(0).answer('first');
    await settled();
    bed.engine.at(1).answer('second');
    await Promise.all(both);
    const next = bed.call(route);
    await settled();
    bed.engine.at(1).answer('third');
    await next;
    assert.deepEqual(
      bed.engine.containers.map(({ taskIds }) => taskIds),
      [['c1'], ['c2', 'c3']],
    );
  });

  it('fails the caller a start was for, with the words of the engine, and starts anew for the others', async () => {
    const bed = new RunnerBed([hot]);
    bed.engine.auto.start = false;
    const calls = [bed.call(hot), bed.call(hot)];
    await settled();
    bed.engine.starting.shift()?.reject(new HotFunctionsError('start-failed', 'no space left on device'));
    await settled();
    bed.engine.started().answer('ok');
    assert.deepEqual(await Promise.all(calls), ['502 start-failed', '200 ok']);
  });

  it("adds the route's headers to the function's", async () => {
    const route = routeWith({ ...hot, headers: [['X-Route', 'r']] });
    const bed = new RunnerBed([route]);
    const result = bed.runner.invoke(route, {});
    await settled();
    bed.engine.at(0).answer('');
    assert.deepEqual((await result).headers, [
      ['Content-Length', '0'],
      ['X-Route', 'r'],
    ]);
  });

  it('does not use a container again whose function closes the connection', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot);
    await settled();
    bed.engine.at(0).stdout.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    assert.equal(await call, '200 ok');
    await settled();
    assert.deepEqual([bed.states(), bed.engine.at(0).asked], [['draining'], ['end of file']]);
  });

  it('is prepared when a container has to be started, and only then', async () => {
    const bed = new RunnerBed([hot]);
    for (const body of ['a', 'b']) {
      const call = bed.call(hot);
      await settled();
      bed.engine.at(0).answer(body);
      await call;
    }
    assert.equal(bed.engine.prepares.length, 1);
  });
});

describe('the timeout of a call', () => {
  it('answers 504 with the body of the contract, and the container is dead before', async () => {
    const bed = new RunnerBed([hot]);
    const result = bed.runner.invoke(hot, {});
    await bed.clock.pass(10_000);
    const { status, headers, body } = await result;
    const { bytes } = await body.collect(1000);
    assert.deepEqual(
      [status, headers, JSON.parse(Buffer.from(bytes).toString())],
      [
        504,
        [['Content-Type', 'application/json; charset=utf-8']],
        { request_id: 'c1', error: { message: 'Timed out', code: 'timeout' } },
      ],
    );
    assert.deepEqual([bed.engine.at(0).asked.includes('kill'), bed.states()], [true, []]);
  });

  it('covers waiting in the queue', async () => {
    const bed = new RunnerBed([hot]);
    const slow = bed.call(hot);
    await bed.clock.pass(9_000);
    const queued = bed.call(hot);
    await bed.clock.pass(1_000);
    assert.equal(await slow, '504 timeout');
    await bed.clock.pass(8_999);
    assert.equal(bed.finished.length, 1);
    await bed.clock.pass(1);
    assert.equal(await queued, '504 timeout');
  });

  it('covers the start of the container, which is given up with it', async () => {
    const bed = new RunnerBed([hot]);
    bed.engine.auto.start = false;
    const call = bed.call(hot);
    await bed.clock.pass(10_000);
    assert.equal(await call, '504 timeout');
    await settled();
    assert.deepEqual(bed.states(), []);
  });

  it('stands still while the image is being built', async () => {
    const bed = new RunnerBed([hot]);
    bed.engine.auto.prepare = false;
    const call = bed.call(hot);
    await bed.clock.pass(600_000);
    bed.engine.prepares[0]?.resolve({ identity: 'v1' });
    await bed.clock.pass(9_999);
    assert.deepEqual(bed.states(), ['busy']);
    await bed.clock.pass(1);
    assert.equal(await call, '504 timeout');
  });

  it('leaves the next call a fresh container, which nothing written late can reach', async () => {
    const bed = new RunnerBed([hot]);
    const slow = bed.call(hot);
    await bed.clock.pass(10_000);
    await slow;
    const next = bed.call(hot);
    await settled();
    bed.engine.at(1).answer('mine');
    assert.equal(await next, '200 mine');
  });

  it('waits at most a second for a kill that does not come', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot);
    await settled();
    bed.engine.at(0).kill = () => new Promise(() => {});
    await bed.clock.pass(10_999);
    assert.equal(bed.finished.length, 0);
    await bed.clock.pass(1);
    assert.equal(await call, '504 timeout');
  });
});

describe('a cancelled call', () => {
  it('rejects with aborted and its container is killed', async () => {
    const bed = new RunnerBed([hot]);
    const controller = new AbortController();
    const call = bed.call(hot, {}, { signal: controller.signal });
    await settled();
    controller.abort();
    assert.equal(await call, 'rejected: aborted');
    assert.deepEqual([bed.engine.at(0).asked.includes('kill'), bed.finished[0]?.outcome], [true, { kind: 'aborted' }]);
  });

  it('leaves the queue without disturbing the others', async () => {
    const bed = new RunnerBed([hot]);
    const controller = new AbortController();
    const calls = [bed.call(hot), bed.call(hot, {}, { signal: controller.signal }), bed.call(hot)];
    await settled();
    controller.abort();
    for (const body of ['a', 'b']) {
      await settled();
      bed.engine.at(0).answer(body);
    }
    assert.deepEqual(await Promise.all(calls), ['200 a', 'rejected: aborted', '200 b']);
  });

  it('gives up the build it waits for', async () => {
    const bed = new RunnerBed([hot]);
    bed.engine.auto.prepare = false;
    const controller = new AbortController();
    const call = bed.call(hot, {}, { signal: controller.signal });
    await settled();
    controller.abort();
    assert.deepEqual([await call, bed.engine.prepares[0]?.signal.aborted], ['rejected: aborted', true]);
  });
});

describe('an idle hot container', () => {
  async function afterOneCall(idleTimeoutMs: number): Promise<RunnerBed> {
    const route = routeWith({ ...hot, idleTimeoutMs });
    const bed = new RunnerBed([route]);
    const call = bed.call(route);
    await settled();
    bed.engine.at(0).answer('ok');
    await call;
    await settled();
    return bed;
  }

  it('leaves the pool at its idle timeout, then is told to end: end of file, SIGTERM, SIGKILL', async () => {
    const bed = await afterOneCall(2_000);
    await bed.clock.pass(1_999);
    const seen = [[...bed.states()]];
    for (const ms of [1, 999, 1, 1_999, 1]) {
      await bed.clock.pass(ms);
      seen.push([...bed.states(), ...bed.engine.at(0).asked]);
    }
    assert.deepEqual(seen, [
      ['idle'],
      ['draining', 'end of file'],
      ['draining', 'end of file'],
      ['draining', 'end of file', 'terminate'],
      ['draining', 'end of file', 'terminate'],
      ['end of file', 'terminate', 'kill'],
    ]);
  });

  it('counts from the last call', async () => {
    const route = routeWith({ ...hot, idleTimeoutMs: 2_000 });
    const bed = await afterOneCall(2_000);
    await bed.clock.pass(1_500);
    const call = bed.call(route);
    await settled();
    bed.engine.at(0).answer('again');
    await call;
    await bed.clock.pass(1_999);
    assert.deepEqual(bed.states(), ['idle']);
  });

  it('with idle timeout 0 ends right after its last call, but not before the queue is served', async () => {
    const route = routeWith({ ...hot, idleTimeoutMs: 0 });
    const bed = new RunnerBed([route]);
    const calls = [bed.call(route), bed.call(route)];
    await settled();
    bed.engine.at(0).answer('a');
    await settled();
    bed.engine.at(0).answer('b');
    assert.deepEqual(await Promise.all(calls), ['200 a', '200 b']);
    await settled();
    assert.deepEqual([bed.states(), bed.engine.at(0).asked], [['draining'], ['end of file']]);
  });

  it('is never given a call in the moment it ends', async () => {
    const route = routeWith({ ...hot, idleTimeoutMs: 2_000 });
    const bed = await afterOneCall(2_000);
    await bed.clock.pass(2_000);
    const call = bed.call(route);
    await settled();
    bed.engine.at(1).answer('fresh');
    assert.equal(await call, '200 fresh');
  });

  it('is not among the containers any more when its end is told', async () => {
    const bed = await afterOneCall(2_000);
    const seen: number[] = [];
    bed.runner.onDidChangeContainers(({ state }) => {
      if (state.kind === 'gone') {
        seen.push(bed.runner.containers().length);
      }
    });
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await settled();
    assert.deepEqual(seen, [0]);
  });

  it('that exits by itself is gone, and the next call gets another', async () => {
    const bed = await afterOneCall(2_000);
    bed.engine.at(0).exits({ reason: 'exit', code: 1 });
    await settled();
    assert.deepEqual(bed.states(), []);
    const route = routeWith({ ...hot, idleTimeoutMs: 2_000 });
    const call = bed.call(route);
    await settled();
    bed.engine.at(1).answer('ok');
    assert.equal(await call, '200 ok');
  });

  it('that writes to stdout is evicted at once, and the bytes are laid to the exchange that left them', async () => {
    const bed = await afterOneCall(2_000);
    bed.engine.at(0).stdout.write('late\n');
    await settled();
    const stray = bed.wire.filter((event) => event.kind === 'stray');
    assert.deepEqual(
      [bed.states(), stray.map((event) => [event.exchange.callId, Buffer.from(event.bytes).toString()])],
      [[], [['c1', 'late\n']]],
    );
  });
});

describe('a hot function that breaks the protocol', () => {
  type Break = (container: import('../fakes/fake-engine.ts').FakeContainer) => void;
  const cases: Readonly<Record<string, readonly [does: Break, result: string]>> = {
    'prints before its answer': [(c) => c.stdout.write('hello\n'), '502 stray-output'],
    'sends no length': [(c) => c.stdout.write('HTTP/1.1 200 OK\r\n\r\nhello'), '502 missing-content-length'],
    'exits before it answers': [(c) => c.exits({ reason: 'exit', code: 3 }), '502 function-exited'],
    'runs out of memory': [(c) => c.exits({ reason: 'out-of-memory', code: 137, certain: true }), '502 out-of-memory'],
    'is lost with its engine': [(c) => c.exits({ reason: 'lost', detail: 'socket hang up' }), '503 engine-lost'],
    'exits in its body': [
      (c) => {
        c.stdout.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel');
        setImmediate(() => c.exits({ reason: 'exit', code: 0 }));
      },
      '200, then short-body',
    ],
    'answers twice': [(c) => c.answer('one', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo'), '200 one'],
  };
  for (const [what, [does, result]] of Object.entries(cases)) {
    it(`and ${what} gives ${result}, and its container is not used again`, async () => {
      const bed = new RunnerBed([hot]);
      const call = bed.call(hot);
      await settled();
      does(bed.engine.at(0));
      assert.equal(await call, result);
      const next = bed.call(hot);
      await settled();
      bed.engine.at(1).answer('fresh');
      assert.equal(await next, '200 fresh');
    });
  }

  it('names the exit code and the end of stderr', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.runner.invoke(hot, {});
    await settled();
    bed.engine.at(0).stderr.write('Traceback: boom\n');
    await settled();
    bed.engine.at(0).exits({ reason: 'exit', code: 3 });
    const { error } = await call;
    assert.deepEqual(
      [error?.message, error?.exitCode, error?.stderr],
      ['The function exited with code 3 before it answered.', 3, 'Traceback: boom\n'],
    );
  });

  it('in its body tells how far it came, and its last bytes', async () => {
    const bed = new RunnerBed([hot]);
    const result = bed.runner.invoke(hot, {});
    await settled();
    bed.engine.at(0).stdout.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel');
    const { body } = await result;
    bed.engine.at(0).exits({ reason: 'exit', code: 0 });
    await assert.rejects(body.collect(100), {
      code: 'short-body',
      message: 'The function exited with code 0 after 3 of 9 bytes of the body.',
      offset: 41,
      bytes: Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel'),
    });
  });

  const unfinished: Readonly<Record<string, readonly [written: readonly string[], shown: string]>> = {
    head: [['HTTP/1.1 200 OK\r\n', 'X-A: 1'], 'HTTP/1.1 200 OK\r\nX-A: 1'],
    body: [[`HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n${'.'.repeat(100)}`, 'end'], `${'.'.repeat(93)}end`],
  };
  for (const [part, [written, shown]] of Object.entries(unfinished)) {
    it(`by stopping in the ${part} of its answer times out, and tells how far it came, and its last bytes`, async () => {
      const bed = new RunnerBed([hot]);
      const result = bed.runner.invoke(hot, {});
      for (const text of written) {
        await settled();
        bed.engine.at(0).stdout.write(text);
      }
      await bed.clock.pass(10_000);
      const { error, body, finished } = await result;
      const failure = error ?? (await body.collect(1000).catch((broken: unknown) => broken));
      assert.ok(failure instanceof HotFunctionsError);
      assert.deepEqual(
        [failure.code, failure.offset, String(failure.bytes), failure.hint !== undefined, (await finished).outcome],
        ['timeout', written.join('').length, shown, true, { kind: 'failed', error: failure }],
      );
    });
  }

  it('by writing nothing times out without a place', async () => {
    const bed = new RunnerBed([hot]);
    const result = bed.runner.invoke(hot, {});
    await bed.clock.pass(10_000);
    const { error } = await result;
    assert.deepEqual([error?.code, error?.offset, error?.bytes], ['timeout', undefined, undefined]);
  });

  it('answering twice is warned of in the summary of the call that did', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot);
    await settled();
    bed.engine.at(0).answer('one', 'two');
    await call;
    await settled();
    const outcome = bed.finished[0]?.outcome;
    assert.equal(outcome?.kind === 'answered' ? outcome.warning?.code : undefined, 'stray-output');
  });

  it('by answering with the Task-Id of another call gives nobody that answer', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot);
    await settled();
    bed.engine.at(0).stdout.write('HTTP/1.1 200 OK\r\nTask-Id: c0\r\nContent-Length: 2\r\n\r\nno');
    assert.equal(await call, '502 stray-output');
  });

  it('with a second answer that meets the next call is given away by what is left over; both calls are named', async () => {
    const bed = new RunnerBed([hot]);
    const first = bed.call(hot);
    await settled();
    bed.engine.at(0).answer('one');
    await first;
    const second = bed.call(hot);
    await settled();
    bed.engine.at(0).answer('one again', 'HTTP/1.1 200 OK');
    await second;
    await settled();
    const outcome = bed.finished[1]?.outcome;
    assert.match(outcome?.kind === 'answered' ? (outcome.warning?.message ?? '') : '', /the call before \(c1\) twice/);
    assert.deepEqual(bed.states(), []);
  });

  it('without a length still has what it wrote shown', async () => {
    const bed = new RunnerBed([hot]);
    const result = bed.runner.invoke(hot, {});
    await settled();
    const container = bed.engine.at(0);
    container.kill = async () => {
      container.stdout.write('the body');
      await settled();
      container.exits({ reason: 'killed' });
    };
    container.stdout.write('HTTP/1.1 200 OK\r\n\r\n');
    const { salvage } = await result;
    assert.equal(Buffer.from(salvage ?? []).toString(), 'the body');
  });

  it('in a large answer that nobody reads holds the function back, and the timeout ends it', async () => {
    const bed = new RunnerBed([hot]);
    const result = bed.runner.invoke(hot, {});
    await settled();
    const { stdout } = bed.engine.at(0);
    stdout.write(`HTTP/1.1 200 OK\r\nContent-Length: ${8 * 1024 * 1024}\r\n\r\n`);
    const chunk = Buffer.alloc(64 * 1024);
    let taken = 0;
    while (taken < 8 * 1024 * 1024 && stdout.write(chunk)) {
      taken += chunk.length;
      await settled();
    }
    assert.ok(taken < 2 * 1024 * 1024, `${taken} bytes were taken without a reader`);
    await bed.clock.pass(10_000);
    await assert.rejects((await result).body.collect(100), { code: 'timeout' });
  });
});

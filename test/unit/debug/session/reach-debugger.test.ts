import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HotFunctionsError } from '../../../../src/core/errors.ts';
import { greetDebugger, reach } from '../../../../src/debug/session/reach-debugger.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { DebuggerEnd } from './debugger-end.ts';

const early = new HotFunctionsError('debugger-unreachable', 'Nobody listens yet.');

describe('Reaching a debugger', () => {
  it('is tried until somebody listens', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const reached = reach(
      async () => {
        tries += 1;
        if (tries < 4) {
          throw early;
        }
        return tries;
      },
      { clock, signal: new AbortController().signal },
    );
    await clock.pass(1000);
    assert.equal(await reached, 4);
    assert.equal(clock.pendingTimers, 0);
  });

  it('is given up after 30 s, with the last failure', async () => {
    const clock = new FakeClock();
    const reached = assert.rejects(
      reach(() => Promise.reject(early), { clock, signal: new AbortController().signal }),
      early,
    );
    await clock.pass(31_000);
    await reached;
    assert.equal(clock.pendingTimers, 0);
  });

  it('is given up after 30 s where a connection is taken and never answered', async () => {
    const clock = new FakeClock();
    const far = new DebuggerEnd();
    const reached = assert.rejects(
      reach((signal) => greetDebugger(far.stream, { adapterID: 'x' }, signal), {
        clock,
        signal: new AbortController().signal,
      }),
      { code: 'debugger-unreachable' },
    );
    await clock.pass(31_000);
    await reached;
    assert.equal(far.stream.destroyed, true);
  });

  it('is not repeated where it can never work', async () => {
    const clock = new FakeClock();
    const never = new HotFunctionsError('debugger-missing', 'No debugger.');
    await assert.rejects(
      reach(() => Promise.reject(never), { clock, signal: new AbortController().signal }),
      never,
    );
  });

  it('ends at once with the container', async () => {
    const clock = new FakeClock();
    const gone = new AbortController();
    const reached = reach(() => Promise.reject(early), { clock, signal: gone.signal });
    const ended = assert.rejects(reached, { code: 'function-exited' });
    await clock.pass(100);
    gone.abort(new HotFunctionsError('function-exited', 'Gone.'));
    await ended;
    assert.equal(clock.pendingTimers, 0);
  });

  it('keeps the connection that answered, and what the debugger had already sent on it', async () => {
    const far: DebuggerEnd = new DebuggerEnd(() => {
      far.send({ seq: 1, type: 'event', event: 'initialized' });
      far.send({ seq: 2, type: 'response', request_seq: 1, command: 'initialize', success: true });
      far.send({ seq: 3, type: 'event', event: 'process' });
    });
    const { connection } = await greetDebugger(far.stream, { adapterID: 'x' }, new AbortController().signal);
    const told: unknown[] = [];
    connection.take({ message: (message) => told.push('event' in message && message.event), closed: () => {} });
    assert.deepEqual(told, ['initialized', 'process']);
  });
});

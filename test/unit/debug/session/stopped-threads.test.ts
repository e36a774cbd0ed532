import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoppedThreads } from '../../../../src/debug/session/stopped-threads.ts';

function follow(): { readonly threads: StoppedThreads; readonly changes: boolean[] } {
  const changes: boolean[] = [];
  return { threads: new StoppedThreads((stopped) => changes.push(stopped)), changes };
}

function stopped(threadId: number, allThreadsStopped?: boolean) {
  return event('stopped', { threadId, allThreadsStopped });
}

function event(name: string, body: object = {}) {
  return { seq: 0, type: 'event', event: name, body };
}

function ask(threads: StoppedThreads, command: string, args: object = {}, success = true, body: object = {}): void {
  threads.toAdapter({ seq: 8, type: 'request', command, arguments: args } as never);
  threads.toEditor({ seq: 0, type: 'response', request_seq: 8, command, success, body } as never);
}

describe('A session', () => {
  it('stops and goes on by its events', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1, true));
    threads.toEditor(event('continued', { threadId: 1 }));
    assert.deepEqual(changes, [true, false]);
  });

  for (const command of ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto']) {
    it(`goes on with a successful ${command}, of which not every debugger tells`, () => {
      const { threads, changes } = follow();
      threads.toEditor(stopped(1, true));
      ask(threads, command, { threadId: 1 });
      assert.deepEqual(changes, [true, false]);
    });
  }

  it('stays stopped when it cannot go on, and when a frame is restarted', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1, true));
    ask(threads, 'continue', { threadId: 1 }, false);
    ask(threads, 'restartFrame', { frameId: 1 });
    ask(threads, 'evaluate', {});
    assert.deepEqual(changes, [true]);
  });

  it('is stopped as long as one of its threads is', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1));
    threads.toEditor(stopped(2));
    ask(threads, 'continue', { threadId: 1 }, true, { allThreadsContinued: false });
    const between = [...changes];
    ask(threads, 'next', { threadId: 2, singleThread: true });
    assert.deepEqual([between, changes], [[true], [true, false]]);
  });

  it('goes on when a stopped thread ends', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1));
    threads.toEditor(event('thread', { reason: 'exited', threadId: 1 }));
    assert.deepEqual(changes, [true, false]);
  });

  it('goes on when it is told to end, and what it says afterwards is nothing', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1, true));
    threads.toAdapter({ seq: 9, type: 'request', command: 'disconnect' } as never);
    threads.toEditor(stopped(1, true));
    assert.deepEqual(changes, [true, false]);
  });

  it('goes on when it goes away while it is stopped', () => {
    const { threads, changes } = follow();
    threads.toEditor(stopped(1, true));
    threads.end();
    threads.end();
    assert.deepEqual(changes, [true, false]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { AsyncEnd } from '../../../src/core/calls/async-call-store.ts';
import { failureNotice, type Notice } from '../../../src/editor/history/failure-notice.ts';

const failed: AsyncEnd = { state: 'failed', error: { code: 'function-exited', message: 'It ended.' } };

function noticeBed() {
  const shown: Notice[] = [];
  let close = (): void => {};
  const tell = failureNotice((notice) => {
    shown.push(notice);
    const { promise, resolve } = Promise.withResolvers<void>();
    close = resolve;
    return promise;
  });
  return {
    shown,
    end: (callId: string, end: AsyncEnd = failed): void => tell({ callId, routeId: 'app/later', end }),
    close: async (): Promise<void> => {
      close();
      await turn();
    },
  };
}

describe('messages of asynchronous calls', () => {
  it('tell of failures only', () => {
    const { shown, end } = noticeBed();
    end('a', { state: 'done' });
    end('b', { state: 'cancelled' });
    end('c');
    assert.deepEqual(shown, [{ text: 'An asynchronous call to app/later has failed: It ended.', callId: 'c' }]);
  });

  it('come one at a time, and then together', async () => {
    const { shown, end, close } = noticeBed();
    for (const callId of ['a', 'b', 'c']) {
      end(callId);
    }
    assert.equal(shown.length, 1);
    await close();
    await close();
    assert.deepEqual(
      shown.map(({ text }) => text),
      ['An asynchronous call to app/later has failed: It ended.', '2 asynchronous calls have failed.'],
    );
  });

  it('come again after the last one is gone', async () => {
    const { shown, end, close } = noticeBed();
    end('a');
    await close();
    end('b');
    assert.deepEqual(
      shown.map(({ callId }) => callId),
      ['a', 'b'],
    );
  });
});

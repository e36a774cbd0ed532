import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallEntry } from '../../../src/core/calls/call-record.ts';
import { describeEntry, entryContext, entryTooltip } from '../../../src/editor/history/describe-entry.ts';

const now = new Date(2026, 10, 22, 14, 3, 5).getTime();
const hot = { name: 'hot-1', engineId: '1', temperature: 'reused-hot', callNumber: 2 } as const;
const done: CallEntry = {
  callId: 'c1',
  routeId: 'app/hot',
  origin: 'editor',
  state: 'done',
  createdAt: now,
  attempts: 1,
  method: 'POST',
  status: 200,
  timings: { totalMs: 12.34 },
  servedBy: hot,
  requestBytes: 6,
  responseBytes: 12,
};
const failure = { code: 'timeout', message: 'Timed out', hint: 'Be faster.' } as const;

describe('a row of the history', () => {
  it('says how a call went, how long it took, and how warm its container was', () => {
    assert.deepEqual(describeEntry(done, now), {
      label: '/hot',
      description: '200 · 12.3 ms · hot · 14:03',
      icon: 'check',
      color: 'charts.green',
      spoken: 'Call to app/hot, done, 200, 12.3 ms, hot, 14:03',
    });
  });

  it("marks a function's own failure as an answer that is worth a look", () => {
    const { description, icon, color } = describeEntry({ ...done, status: 404 }, now);
    assert.deepEqual([description, icon, color], ['404 · 12.3 ms · hot · 14:03', 'check', 'charts.yellow']);
  });

  it('names what has failed', () => {
    const { description, icon } = describeEntry({ ...done, state: 'failed', error: failure }, now);
    assert.deepEqual([description, icon], ['timeout · 12.3 ms · hot · 14:03', 'error']);
  });

  it('says of a call that waits how often it was tried and when it is tried again', () => {
    const { callId, routeId, createdAt, requestBytes, responseBytes } = done;
    const { description, icon } = describeEntry(
      {
        ...{ callId, routeId, createdAt, requestBytes, responseBytes },
        ...{ origin: 'async', state: 'queued', attempts: 2, notBefore: now + 4000 },
      },
      now,
    );
    assert.deepEqual([description, icon], ['queued · attempt 2 · again at 14:03:09 · 14:03 · async', 'clock']);
  });

  it('says the day of a call that is not of today', () => {
    const { description } = describeEntry({ ...done, createdAt: now - 24 * 60 * 60 * 1000 }, now);
    assert.equal(description, '200 · 12.3 ms · hot · 2026-11-21 14:03');
  });

  it('leaves room for that beside a long path, whose end tells routes apart', () => {
    const { label } = describeEntry({ ...done, routeId: 'app/a-folder-with-a-long-name/and-a-function' }, now);
    assert.equal(label, '…/and-a-function');
  });

  it('lets only calls of the queue be cancelled, and only what is over be run again', () => {
    const contexts = (['queued', 'running', 'done', 'failed', 'cancelled'] as const).flatMap((state) =>
      (['editor', 'async'] as const).map((origin) => entryContext({ ...done, origin, state })),
    );
    assert.deepEqual(contexts, [
      'call.sync.queued',
      'call.async.queued',
      'call.sync.running',
      'call.async.running',
      'call.sync.over',
      'call.async.over',
      'call.sync.over',
      'call.async.over',
      'call.sync.over',
      'call.async.over',
    ]);
  });

  it('has the rest in its tooltip', () => {
    assert.equal(
      entryTooltip({ ...done, state: 'failed', error: failure }),
      [
        'POST app/hot',
        'Made in the editor, 2026-11-22 14:03:05',
        'Container hot-1, its call 2',
        'Timed out (timeout)',
        'Be faster.',
        'Call c1',
      ].join('\n'),
    );
  });
});

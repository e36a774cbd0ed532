import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallOutcome } from '../../../src/core/call.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { describeCall } from '../../../src/editor/log/describe-call.ts';

const late = new HotFunctionsError('stray-output', 'More came after the answer.');

describe('a call in the log', () => {
  for (const [outcome, words] of [
    [{ kind: 'answered', status: 404 }, 'answered 404 in 1.5 ms (hot, call 3 of reused container hot-1)'],
    [
      { kind: 'answered', status: 200, warning: late },
      'answered 200 in 1.5 ms (hot, call 3 of reused container hot-1), but stray-output: More came after the answer.',
    ],
    [
      { kind: 'failed', error: late },
      'failed in 1.5 ms (hot, call 3 of reused container hot-1), stray-output: More came after the answer.',
    ],
    [{ kind: 'aborted' }, 'cancelled in 1.5 ms (hot, call 3 of reused container hot-1)'],
  ] as const satisfies readonly (readonly [CallOutcome, string])[]) {
    it(`that was ${words.split(' ')[0]} is one line with its route, call and container`, () => {
      const servedBy = { name: 'hot-1', engineId: '7', temperature: 'reused-hot', callNumber: 3 } as const;
      const line = describeCall({
        callId: 'aaaaaaaa-1111',
        routeId: 'myapp/hot',
        outcome,
        servedBy,
        timings: { totalMs: 1.5 },
        requestBytes: 0,
        responseBytes: 0,
      });
      assert.equal(line, `[myapp/hot call aaaaaaaa] ${words}`);
    });
  }
});

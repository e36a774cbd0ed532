import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallOutcome, CallSummary, ServedBy } from '../../../src/core/call.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { CallMetrics } from '../../../src/gateway/call-metrics.ts';

const answered: CallOutcome = { kind: 'answered', status: 200 };
const failed: CallOutcome = { kind: 'failed', error: new HotFunctionsError('timeout', 'Timed out') };

function call(
  routeId: string,
  outcome: CallOutcome,
  totalMs: number,
  hot?: { readonly queuedMs: number },
): CallSummary {
  const servedBy: ServedBy = { name: 'c', engineId: 'c', temperature: 'reused-hot', callNumber: 2 };
  const timings = { totalMs, ...hot };
  return { callId: 'x', routeId, outcome, timings, requestBytes: 0, responseBytes: 0, ...(hot && { servedBy }) };
}

async function linesOf(calls: readonly CallSummary[], name: string): Promise<readonly string[]> {
  const metrics = new CallMetrics({ calls: () => [], containers: () => [], connections: () => 0 });
  for (const one of calls) {
    metrics.add(one);
  }
  return (await metrics.text()).split('\n').filter((line) => line.includes(name));
}

describe('metrics of calls', () => {
  it('count calls by route, by how they ended and by what served them', async () => {
    const hot = { queuedMs: 0 };
    const calls = [
      call('a/x', answered, 1, hot),
      call('a/x', answered, 1, hot),
      call('a/x', failed, 1),
      call('b/y', failed, 1),
    ];
    assert.deepEqual(await linesOf(calls, 'calls_total'), [
      '# HELP hot_functions_calls_total Calls that have ended, by how, and by the container that served them.',
      '# TYPE hot_functions_calls_total counter',
      'hot_functions_calls_total{route="a/x",state="answered",temperature="reused-hot"} 2',
      'hot_functions_calls_total{route="a/x",state="failed",temperature="none"} 1',
      'hot_functions_calls_total{route="b/y",state="failed",temperature="none"} 1',
    ]);
  });

  it('count durations by every bound that they do not exceed', async () => {
    const lines = await linesOf(
      [250, 500, 60_000, 64_000].map((totalMs) => call('a/x', answered, totalMs)),
      'duration_seconds',
    );
    const labels = 'route="a/x",temperature="none"';
    const bucket = (le: string, count: number): string =>
      `hot_functions_call_duration_seconds_bucket{le="${le}",${labels}} ${count}`;
    assert.deepEqual(lines, [
      '# HELP hot_functions_call_duration_seconds From the begin of a call to the end of its answer.',
      '# TYPE hot_functions_call_duration_seconds histogram',
      ...['0.0005', '0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1'].map((le) => bucket(le, 0)),
      bucket('0.25', 1),
      ...['0.5', '1', '2.5', '5', '10', '30'].map((le) => bucket(le, 2)),
      bucket('60', 3),
      bucket('+Inf', 4),
      `hot_functions_call_duration_seconds_sum{${labels}} 124.75`,
      `hot_functions_call_duration_seconds_count{${labels}} 4`,
    ]);
  });

  it('tell the wait for a container only of routes that have had one', async () => {
    const lines = await linesOf([call('a/x', answered, 5, { queuedMs: 2 }), call('b/y', failed, 5)], 'queue_seconds_');
    assert.deepEqual(
      lines.filter((line) => !line.includes('_bucket')),
      [
        'hot_functions_call_queue_seconds_sum{route="a/x"} 0.002',
        'hot_functions_call_queue_seconds_count{route="a/x"} 1',
      ],
    );
  });
});

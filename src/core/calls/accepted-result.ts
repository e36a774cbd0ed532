import { BodyQueue } from '../body-queue.ts';
import type { CallResult } from '../call.ts';
import type { Route } from '../route.ts';

/** The answer to an asynchronous call as soon as it is stored: what the function says is for its record. */
export function acceptedResult(route: Route, callId: string, totalMs: number): CallResult {
  const answer = Buffer.from(JSON.stringify({ call_id: callId }));
  const body = new BodyQueue();
  body.push(answer);
  body.complete();
  return {
    callId,
    routeId: route.id,
    status: 202,
    headers: [['Content-Type', 'application/json; charset=utf-8']],
    body,
    finished: Promise.resolve({
      callId,
      routeId: route.id,
      outcome: { kind: 'answered', status: 202 },
      timings: { totalMs },
      requestBytes: 0,
      responseBytes: answer.length,
    }),
  };
}

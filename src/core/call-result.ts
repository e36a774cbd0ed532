import type { ActiveCall } from './active-call.ts';
import { BodyQueue } from './body-queue.ts';
import type { CallResult, HeaderList, ResponseBody } from './call.ts';
import { type HotFunctionsError, statusOf } from './errors.ts';
import type { Answer } from './wire/answer.ts';

export function answeredResult(call: ActiveCall, status: number, own: HeaderList, body: ResponseBody): CallResult {
  const { id: callId, route, finished, servedBy } = call;
  const headers = route.headers.length === 0 ? own : [...own, ...route.headers];
  return servedBy === undefined
    ? { callId, routeId: route.id, status, headers, body, finished }
    : { callId, routeId: route.id, status, headers, body, finished, servedBy };
}

/** A failure as the answer that callers get: the status and the body of the contract. */
export function failedResult(call: ActiveCall, answer: Answer | undefined, error: HotFunctionsError): CallResult {
  const { code, message } = error;
  const body = new BodyQueue();
  body.push(Buffer.from(JSON.stringify({ request_id: call.id, error: { message, code } })));
  body.complete();
  const own: HeaderList = [['Content-Type', 'application/json; charset=utf-8']];
  const salvage = answer === undefined || answer.salvage.length === 0 ? {} : { salvage: answer.salvage };
  return { ...answeredResult(call, statusOf(code), own, body), error, ...salvage };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { HotFunctionsError, statusOf } from '../core/errors.ts';
import type { Route } from '../core/route.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { tokenHeader } from './guard.ts';
import { headersForFunction } from './headers.ts';
import { announcedBody, type ReceivedBody, receiveBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { sendError, sendJson } from './send.ts';
import { sendAnswer } from './send-answer.ts';
import { tokenProblem } from './signed-token.ts';

export interface ServeCallOptions extends Pick<GatewayOptions, 'invoke' | 'submitAsync' | 'clock'> {
  readonly limits: GatewayLimits;
}

/** A request to a function, admitted by the gateway. */
export interface CallAsked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly target: RequestTarget;
  /** Whether `Authorization` was meant for the gateway and not for the function. */
  readonly authorizationIsMine: boolean;
  /** Tells a caller that waits for it to send its body. */
  readonly proceed: () => void;
}

const mine: readonly string[] = [tokenHeader];
const mineWithAuthorization: readonly string[] = [tokenHeader, 'authorization'];

/** Calls the route for a caller over HTTP and answers it. Settles when the answer is handed over; rejects for a bug. */
export async function serveCall(asked: CallAsked, route: Route, options: ServeCallOptions): Promise<void> {
  const { req, res } = asked;
  if (route.jwtKey !== undefined) {
    // An authorization that was the gateway's is no token of the route.
    const problem = await tokenProblem(asked.authorizationIsMine ? undefined : req.headers.authorization, route.jwtKey);
    if (problem !== undefined) {
      sendError(res, 401, problem, ['WWW-Authenticate', 'Bearer realm=""']);
      return;
    }
  }
  const announced = announcedBody(req, options.limits);
  if (announced.kind === 'refused') {
    sendError(res, announced.status, announced.message);
    return;
  }
  asked.proceed();

  const caller = new AbortController();
  const leave = (): void => caller.abort();
  // A body that breaks off is a caller that has left: known before the call is told of the body's own error.
  req.once('error', leave);
  res.once('close', () => {
    if (!res.writableFinished) {
      leave();
    }
  });
  let body: ReceivedBody | undefined;
  try {
    body = await receiveBody(req, announced, options.limits, options.clock);
    await call(asked, route, body, caller.signal, options);
  } catch (error) {
    if (caller.signal.aborted) {
      res.destroy();
    } else if (error instanceof HotFunctionsError) {
      const status = body === undefined ? 408 : body.isTooLarge() ? 413 : statusOf(error.code);
      sendError(res, status, error.message, [], error.code);
    } else {
      throw error;
    }
  }
}

async function call(
  { req, res, target, authorizationIsMine }: CallAsked,
  route: Route,
  received: ReceivedBody,
  signal: AbortSignal,
  { invoke, submitAsync, clock, limits }: ServeCallOptions,
): Promise<void> {
  const request = {
    method: req.method ?? 'GET',
    query: target.query,
    url: target.url,
    headers: headersForFunction(req.rawHeaders, authorizationIsMine ? mineWithAuthorization : mine),
    ...received.parts,
  };
  if (route.type === 'async') {
    if (submitAsync === undefined) {
      sendError(res, 501, `${route.id} is asynchronous, and there is no store for its calls.`);
      return;
    }
    sendJson(res, 202, { call_id: await submitAsync(route, request) });
    return;
  }
  const result = await invoke(route, request, { signal });
  await sendAnswer(res, result, received.isTooLarge() ? 413 : result.status, { clock, stallMs: limits.stallMs });
}

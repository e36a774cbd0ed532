import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallRequest, CallResult } from '../core/call.ts';
import { HotFunctionsError, statusOf } from '../core/errors.ts';
import type { Route } from '../core/route.ts';
import type { Connection } from './connection.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { tokenHeader } from './guard.ts';
import { announcedBody, type ReceivedBody, receiveBody } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';
import { sendError, sendJson } from './send.ts';
import { sendAnswer } from './send-answer.ts';
import { tokenProblem } from './signed-token.ts';

export interface ServeCallOptions extends Pick<GatewayOptions, 'runner' | 'submitAsync' | 'clock'> {
  readonly limits: GatewayLimits;
}

/** A request to a function, admitted by the gateway. */
export interface CallAsked {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly connection: Connection;
  readonly target: RequestTarget;
  readonly route: Route;
  /** Whether `Authorization` was meant for the gateway and not for the function. */
  readonly authorizationIsMine: boolean;
  /** Whether the caller sends its body without being told to. */
  readonly proceeds: boolean;
  /** Whether the connection may be kept once the body has been asked for. */
  readonly shouldKeepAlive: boolean;
}

const mine: readonly string[] = [tokenHeader];
const mineWithAuthorization: readonly string[] = [tokenHeader, 'authorization'];

/**
 * Calls the route for a caller over HTTP and answers it. Settles when the answer is handed over; rejects for a bug.
 * What waits here is small functions that keep little: of the memory that a call through the gateway took, a fifth was
 * what larger ones kept while they waited.
 */
export function serveCall(asked: CallAsked, options: ServeCallOptions): Promise<void> | undefined {
  return asked.route.jwtKey === undefined ? serve(asked, options) : serveSigned(asked, asked.route.jwtKey, options);
}

async function serveSigned(asked: CallAsked, key: string, options: ServeCallOptions): Promise<void> {
  const { req, res, authorizationIsMine } = asked;
  // An authorization that was the gateway's is no token of the route.
  const problem = await tokenProblem(authorizationIsMine ? undefined : req.headers.authorization, key);
  if (problem === undefined) {
    await serve(asked, options);
  } else {
    sendError(res, 401, problem, ['WWW-Authenticate', 'Bearer realm=""']);
  }
}

function serve(asked: CallAsked, options: ServeCallOptions): Promise<void> | undefined {
  const { req, res, proceeds, shouldKeepAlive } = asked;
  const announced = announcedBody(req, options.limits);
  if (announced.kind === 'refused') {
    sendError(res, announced.status, announced.message);
    return undefined;
  }
  if (!proceeds) {
    res.shouldKeepAlive = shouldKeepAlive;
    res.writeContinue();
  }
  return call(asked, receiveBody(req, announced, options), options);
}

async function call(
  asked: CallAsked,
  receiving: ReceivedBody | Promise<ReceivedBody>,
  options: ServeCallOptions,
): Promise<void> {
  let received: ReceivedBody | undefined;
  try {
    received = receiving instanceof Promise ? await receiving : receiving;
    if (asked.route.type === 'async') {
      await submit(asked, received, options);
      return;
    }
    const result = await invoke(asked, received, options);
    const sending = sendAnswer(asked.res, result, received.isTooLarge() ? 413 : result.status, options);
    if (sending !== undefined) {
      await sending;
    }
  } catch (error) {
    fail(asked, received, error);
  }
}

function invoke(asked: CallAsked, received: ReceivedBody, { runner }: ServeCallOptions): Promise<CallResult> {
  return runner.invoke(asked.route, requestOf(asked, received), { signal: asked.connection, origin: 'endpoint' });
}

function requestOf({ req, connection, target, authorizationIsMine }: CallAsked, received: ReceivedBody): CallRequest {
  return {
    ...received.parts,
    method: req.method ?? 'GET',
    query: target.query,
    url: target.url,
    headers: connection.headers.of(req.rawHeaders, authorizationIsMine ? mineWithAuthorization : mine),
  };
}

async function submit(asked: CallAsked, received: ReceivedBody, options: ServeCallOptions): Promise<void> {
  const { res, route } = asked;
  const { submitAsync } = options;
  if (submitAsync === undefined) {
    sendError(res, 501, `${route.id} is asynchronous, and there is no store for its calls.`);
  } else {
    sendJson(res, 202, { call_id: await submitAsync(route, requestOf(asked, received)) });
  }
}

function fail({ res, connection }: CallAsked, received: ReceivedBody | undefined, error: unknown): void {
  if (connection.aborted) {
    res.destroy();
  } else if (error instanceof HotFunctionsError) {
    const status = received === undefined ? 408 : received.isTooLarge() ? 413 : statusOf(error.code);
    sendError(res, status, error.message, [], error.code);
  } else {
    throw error;
  }
}

import type { ActiveCall } from './active-call.ts';
import type { Clock } from './clock.ts';
import type { Engine, PreparedFunction, PrepareProgress, PrepareRequest } from './engine.ts';
import type { Route } from './route.ts';

interface CallToPrepareFor {
  readonly call: ActiveCall;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Present when a debugger will look at the function. */
  readonly debugging: object | undefined;
  readonly report: ((progress: PrepareProgress) => void) | undefined;
}

/** A build or a pull has its own progress and cancel; the call's clock stands still meanwhile. */
export async function prepareForCall(wanted: CallToPrepareFor): Promise<PreparedFunction> {
  const { call, engine, clock, debugging, report = () => {} } = wanted;
  const since = clock.now();
  const hold = call.deadline.hold();
  try {
    const request = prepareRequestOf(call.route);
    return await engine.prepare(debugging ? { ...request, debug: true } : request, report, call.signal);
  } finally {
    hold.dispose();
    call.preparedMs = clock.now() - since;
  }
}

export function prepareRequestOf(route: Route, force = false): PrepareRequest {
  const { id: routeId, image, source } = route;
  return { routeId, image, ...(source === undefined ? {} : { source }), force };
}

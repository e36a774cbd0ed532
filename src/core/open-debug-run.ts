import type { ActiveCall } from './active-call.ts';
import type { CallRequest, CallResult } from './call.ts';
import { callFactsOf, inputOf } from './call-facts.ts';
import { type CallGate, type EditableRequest, type GateContainer, stepOf } from './call-gate.ts';
import type { Alter, AttachedRun, DebugCallOptions, DebugRun } from './debug-run.ts';
import type { Engine } from './engine.ts';
import { HotFunctionsError } from './errors.ts';
import type { HotContainer } from './pool/hot-container.ts';
import type { HotRoute } from './pool/hot-route.ts';
import type { HotRoutes } from './pool/hot-routes.ts';
import type { RequestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { CallFacts } from './wire/call-variables.ts';

/** How a call for a debugger differs from others. */
export interface Debugging {
  readonly gate: CallGate;
  /** How containers are started for it; absent where one is attached to. */
  readonly alter?: Alter;
  /** Whose container takes a hot call. */
  readonly hot: (engine: Engine) => HotRoute;
  /** The one container that takes it. */
  readonly only?: HotContainer;
}

type Invoke = (
  route: Route,
  request: CallRequest,
  options: DebugCallOptions,
  debugging: Debugging,
) => Promise<CallResult>;

export function openDebugRun(route: Route, alter: Alter, routes: HotRoutes, invoke: Invoke): DebugRun {
  const stopped = new HotFunctionsError('stopped', 'The debugger was stopped.');
  const ended = new AbortController();
  const calls = new Set<Promise<unknown>>();
  let opened: HotRoute | undefined;
  const end = async (): Promise<void> => {
    const hot = opened;
    opened = undefined;
    await (hot && routes.end(hot, stopped));
  };
  const hot = (engine: Engine): HotRoute => {
    if (opened !== undefined && opened.engine !== engine) {
      void end();
    }
    opened ??= routes.open(route, engine, alter);
    return opened;
  };
  return {
    route,
    invoke: (request, gate, options = {}) => {
      const signal = options.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, options.signal]);
      const call = invoke(route, request, { ...options, signal }, { gate, alter, hot });
      const settled = call.then(
        ({ finished }) => finished,
        () => {},
      );
      calls.add(settled);
      void settled.then(() => calls.delete(settled));
      return call;
    },
    close: async () => {
      ended.abort(stopped);
      await Promise.all([end(), ...calls]);
    },
  };
}

/** Throws `stopped`. */
export function attachDebugRun(containerName: string, routes: HotRoutes, invoke: Invoke): AttachedRun {
  const found = routes.find(containerName);
  if (found === undefined) {
    throw new HotFunctionsError('stopped', `The container ${containerName} serves no more calls.`, {
      hint: 'Debug its route instead: a new container is started.',
    });
  }
  const { hot, container } = found;
  const pin = container.pin();
  const { route } = hot.pool;
  return {
    route,
    container,
    invoke: (request, gate, options = {}) => invoke(route, request, options, { gate, hot: () => hot, only: container }),
    close: async () => pin.dispose(),
  };
}

/** A container is there: the debugger attaches to it. Over when the container is. */
export function ready({ gate }: Debugging, call: ActiveCall, container: GateContainer): Promise<void> {
  return stepOf(call.signal, Promise.race([gate.ready?.(container), container.gone]));
}

/** Lets the debugger change what is about to be sent. Over when the container is that it was to be sent to. */
export async function beforeWrite(
  { gate }: Debugging,
  call: ActiveCall,
  bytesOf: (facts: CallFacts, input: RequestBody) => Uint8Array,
  container?: GateContainer,
): Promise<void> {
  const { id: callId, route, signal } = call;
  const read = (request: EditableRequest): readonly [CallFacts, RequestBody] => {
    const facts = callFactsOf(route, request);
    return [facts, inputOf(request, facts.method)];
  };
  const step = gate.beforeWrite?.({ callId, preview: (request) => bytesOf(...read(request)) });
  const gone = container?.gone.then(() => undefined);
  const edited = await stepOf(signal, step && gone ? Promise.race([step, gone]) : step);
  if (edited !== undefined) {
    [call.facts, call.input] = read(edited);
  }
}

/** What is to happen between the request and its answer. Never rejects: the call's own end ends it. */
export function afterWrite({ gate }: Debugging, call: ActiveCall): () => Promise<void> {
  return () => stepOf(call.signal, gate.afterWrite?.()).catch(() => {});
}

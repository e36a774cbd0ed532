import type { CallOrigin } from './call.ts';
import type { CallSignal } from './call-signal.ts';
import type { Clock } from './clock.ts';
import type { Engine, PrepareProgress } from './engine.ts';
import type { Spool } from './request-body.ts';
import type { Format, Route, RouteId } from './route.ts';
import type { CallFacts } from './wire/call-variables.ts';

export interface RunnerOptions {
  readonly clock: Clock;
  /** The engine to run on now. Rejects with `engine-unavailable`. */
  readonly engine: () => Engine | Promise<Engine>;
  /** Throws a HotFunctionsError where a route must not run: untrusted workspace, host run not confirmed. */
  readonly admit: (route: Route, engine: Engine) => void;
  /** What live containers may use together, in MiB; absent or undefined where it is not counted. */
  readonly memoryBudgetMiB?: () => number | undefined;
  /** Puts request bodies of unknown length aside. */
  readonly spool: Spool;
  readonly newCallId: () => string;
  /** Begins the name of each container; unique to this runner on its machine. */
  readonly containerPrefix: string;
}

export interface InvokeOptions {
  readonly signal?: CallSignal;
  /** Told of a build or a pull while the call waits for it. */
  readonly report?: (progress: PrepareProgress) => void;
  /** Who asks; a debugger's calls say so by themselves. Default: `editor`. */
  readonly origin?: CallOrigin;
  /** Of a call that had its id before it began. Nothing else that runs may have the same one. */
  readonly callId?: string;
}

export interface PrepareOptions extends Pick<InvokeOptions, 'report'> {
  readonly signal?: AbortSignal;
  /** Also where what is there would do. */
  readonly force?: boolean;
}

export interface CallStart {
  readonly callId: string;
  readonly routeId: RouteId;
  readonly origin: CallOrigin;
  readonly format: Format;
  /** As the caller asked; a debugger may change them until the request is written. */
  readonly facts: CallFacts;
}

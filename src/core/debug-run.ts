import type { CallResult } from './call.ts';
import type { CallGate, EditableRequest, GateContainer } from './call-gate.ts';
import type { Engine, FunctionCommand, PrepareProgress, StartAlteration } from './engine.ts';
import type { Route } from './route.ts';

/** Decides how a container is started for a debugger. What it rejects with fails the call. */
export type Alter = (found: FunctionCommand, engine: Engine) => Promise<StartAlteration>;

export interface DebugCallOptions {
  readonly signal?: AbortSignal;
  readonly report?: (progress: PrepareProgress) => void;
}

/** A route under a debugger. A hot one's container is kept from call to call and goes idle for nobody. */
export interface DebugRun {
  readonly route: Route;
  /** As `Runner.invoke`, with the debugger stepping in. Calls come one after the other. */
  invoke(request: EditableRequest, gate: CallGate, options?: DebugCallOptions): Promise<CallResult>;
  /**
   * Ends it: what was started for it is killed and its calls fail with `stopped`; a container that was attached to
   * lives on, with its idle clock from the start. Settles when nothing is left. Safe to repeat.
   */
  close(): Promise<void>;
}

/** A run in a container that is there already. */
export interface AttachedRun extends DebugRun {
  readonly container: GateContainer;
}

import type { Container, ContainerSpec, Engine, PreparedFunction } from '../engine.ts';
import type { MemoryBudget, Reservation } from './memory-budget.ts';

export interface StartWithinBudget {
  readonly engine: Engine;
  readonly prepared: PreparedFunction;
  readonly spec: ContainerSpec;
  readonly signal: AbortSignal;
  /** Called when the start has to wait for memory, and when it need not any more. */
  readonly onWaiting: (waiting: boolean) => void;
}

/** A container with the memory that is to be released when it is gone. */
export interface Started {
  readonly container: Container;
  readonly memory: Reservation;
}

/** Waits for the memory that the container may use, then starts it. Rejects as `reserve` and the engine's start do. */
export async function startWithinBudget(budget: MemoryBudget, start: StartWithinBudget): Promise<Started> {
  const { engine, prepared, spec, signal, onWaiting } = start;
  let waited = false;
  const memory = await budget.reserve(spec.memoryMiB, signal, () => {
    waited = true;
    onWaiting(true);
  });
  if (waited) {
    onWaiting(false);
  }
  try {
    return { container: await engine.start(prepared, spec, signal), memory };
  } catch (error) {
    memory.release();
    throw error;
  }
}

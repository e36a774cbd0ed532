import { HotFunctionsError } from '../errors.ts';
import type { RouteId } from '../route.ts';
import type { ContainerSnapshot, ContainerState } from './container-snapshot.ts';

/** A container on its way. */
export interface PoolStart {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onWaiting: (waiting: boolean) => void;
}

interface Start {
  readonly controller: AbortController;
  waitsForMemory: boolean;
}

/** The containers of a route that are being started. */
export class PoolStarts {
  readonly #routeId: RouteId;
  readonly #onChange: (snapshot: ContainerSnapshot) => void;
  readonly #starting = new Map<string, Start>();

  constructor(routeId: RouteId, onChange: (snapshot: ContainerSnapshot) => void) {
    this.#routeId = routeId;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#starting.size;
  }

  begin(name: string): PoolStart {
    const controller = new AbortController();
    const start: Start = { controller, waitsForMemory: false };
    this.#starting.set(name, start);
    this.#onChange(this.#snapshot(name));
    const onWaiting = (waiting: boolean): void => {
      start.waitsForMemory = waiting;
      this.#onChange(this.#snapshot(name));
    };
    return { name, signal: controller.signal, onWaiting };
  }

  succeeded({ name }: PoolStart): void {
    this.#starting.delete(name);
  }

  failed({ name }: PoolStart): void {
    this.#starting.delete(name);
    this.#onChange({ ...this.#snapshot(name), state: { kind: 'gone', why: 'did not start' } });
  }

  abort(error: HotFunctionsError): void {
    for (const start of this.#starting.values()) {
      start.controller.abort(error);
    }
  }

  /** A start is for a caller; when the caller has gone away, the youngest start is for nobody. */
  abortAllBut(wanted: number): void {
    const alive = [...this.#starting.values()].filter((start) => !start.controller.signal.aborted);
    for (const start of alive.slice(wanted)) {
      start.controller.abort(new HotFunctionsError('aborted', 'The call it was for has ended.'));
    }
  }

  snapshots(): readonly ContainerSnapshot[] {
    return [...this.#starting.keys()].map((name) => this.#snapshot(name));
  }

  #snapshot(name: string): ContainerSnapshot {
    const waits = this.#starting.get(name)?.waitsForMemory === true;
    const state: ContainerState = { kind: 'starting', ...(waits ? { waitingFor: 'memory' } : {}) };
    return { name, engineId: '', routeId: this.#routeId, format: 'http', state, served: 0 };
  }
}

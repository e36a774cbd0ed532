import type * as vscode from 'vscode';
import { Emitter } from '../../core/event.ts';
import type { Route, RouteId } from '../../core/route.ts';

const memoryKey = 'keptWarm';

/** Whether there is anything to keep warm: hot routes stay so by themselves, and nobody waits for asynchronous calls. */
export function mayBeKeptWarm({ format, type }: Route): boolean {
  return format === 'default' && type === 'sync';
}

/**
 * The routes that a person has switched Keep Warm on for, remembered for this workspace. Not a setting: a file of the
 * workspace could have it started what nobody here has chosen.
 */
export class KeptRoutes {
  readonly #memory: vscode.Memento;
  readonly #didChange = new Emitter<RouteId>();
  readonly onDidChange = this.#didChange.event;
  #ids: ReadonlySet<RouteId>;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    const kept: unknown = memory.get(memoryKey);
    this.#ids = new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []);
  }

  get ids(): ReadonlySet<RouteId> {
    return this.#ids;
  }

  async keep(routeId: RouteId, kept: boolean): Promise<void> {
    const others = [...this.#ids].filter((id) => id !== routeId);
    const ids = kept ? [...others, routeId] : others;
    this.#ids = new Set(ids);
    this.#didChange.fire(routeId);
    await this.#memory.update(memoryKey, ids);
  }
}

import type * as vscode from 'vscode';
import type { RouteId } from '../../core/route.ts';
import { asPayload, type Payload } from './payload.ts';

/** The last payload of each route, kept with the workspace. */
export class PayloadMemory {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  last(routeId: RouteId): Payload {
    return asPayload(this.#memory.get(keyOf(routeId)));
  }

  async remember(routeId: RouteId, payload: Payload): Promise<void> {
    await this.#memory.update(keyOf(routeId), payload);
  }
}

function keyOf(routeId: RouteId): string {
  return `payload:${routeId}`;
}

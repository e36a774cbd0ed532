import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import type { Disposable } from '../core/disposable.ts';
import { Connection } from './connection.ts';
import type { GatewayLimits } from './gateway-limits.ts';

export interface ConnectionsOptions {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'maxConnections' | 'keepAliveMs'>;
  /** Ends those that Node knows to wait for their next request. */
  readonly closeIdle: () => void;
}

/** How often each is looked at until it has been idle for too long. */
const looks = 8;

/**
 * The open connections of callers. Which of them have waited too long for their next request is looked for now and then:
 * Node's own timer, which is set and ended with each request, is a tenth of what one costs where many come at once.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  #nextLook: Disposable | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** One more than there may be is ended, unless one that is idle can be ended for it. */
  add(socket: Socket): void {
    this.#open.set(socket, new Connection(socket));
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) {
        this.#stopLooking();
      }
    });
    this.#lookLater();
    const { maxConnections } = this.#options.limits;
    if (this.#open.size > maxConnections) {
      this.#options.closeIdle();
      // Those that were closed are told of as closed only later.
      if ([...this.#open.keys()].filter(({ destroyed }) => !destroyed).length > maxConnections) {
        socket.destroy();
      }
    }
  }

  of(socket: Socket): Connection {
    // Its end may have been told already: then nobody waits for an answer.
    return this.#open.get(socket) ?? new Connection(socket);
  }

  #lookLater(): void {
    const { clock, limits } = this.#options;
    this.#nextLook ??= clock.after(limits.keepAliveMs / looks, () => {
      this.#nextLook = undefined;
      this.#look();
      this.#lookLater();
    });
  }

  #stopLooking(): void {
    this.#nextLook?.dispose();
    this.#nextLook = undefined;
  }

  #look(): void {
    for (const connection of this.#open.values()) {
      if (connection.look() > looks) {
        connection.end();
      }
    }
  }
}

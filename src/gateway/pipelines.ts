import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Line {
  length: number;
  last: { readonly turn: Promise<void>; readonly res: ServerResponse } | undefined;
}

/**
 * Has requests that a caller sends without waiting for answers take turns, connection by connection: the second call
 * may rely on what the first has done. More than a bounded number end the connection.
 */
export class Pipelines {
  readonly #max: number;
  readonly #lines = new WeakMap<Socket, Line>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Settles as `serve` does, or without it when the connection has ended before its turn. */
  inTurn(req: IncomingMessage, res: ServerResponse, serve: () => Promise<void>): Promise<void> {
    const { socket } = req;
    let line = this.#lines.get(socket);
    if (line === undefined) {
      line = { length: 0, last: undefined };
      this.#lines.set(socket, line);
    }
    if (line.length === this.#max) {
      socket.destroy();
      return Promise.resolve();
    }
    const before = line.length === 0 ? undefined : line.last;
    line.length += 1;
    const turn = takeTurn(line, before, socket, serve);
    line.last = { turn, res };
    return turn;
  }
}

async function takeTurn(line: Line, before: Line['last'], socket: Socket, serve: () => Promise<void>): Promise<void> {
  try {
    if (before !== undefined) {
      await before.turn.catch(() => {});
      // Until its answer is out, this one's has no connection whose end would be told.
      if (!before.res.writableFinished && !socket.destroyed) {
        await once(before.res, 'close');
      }
    }
    if (!socket.destroyed) {
      await serve();
    }
  } finally {
    line.length -= 1;
  }
}

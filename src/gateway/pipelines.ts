import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one connection that are not answered yet. */
interface Line {
  length: number;
  last: { readonly served: Promise<void>; readonly res: ServerResponse } | undefined;
  readonly left: () => void;
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

  /** @param serve called when its turn has come, also when the connection has ended before; never rejects */
  inTurn(socket: Socket, res: ServerResponse, serve: () => Promise<void>): void {
    let line = this.#lines.get(socket);
    if (line === undefined) {
      line = newLine();
      this.#lines.set(socket, line);
    }
    if (line.length === this.#max) {
      socket.destroy();
    }
    // Nearly all come alone: for them nothing is waited for.
    const before = line.length === 0 ? undefined : line.last;
    line.length += 1;
    const served = before === undefined ? serve() : serveAfter(before, socket, serve);
    line.last = { served, res };
    void served.then(line.left);
  }
}

function newLine(): Line {
  const line: Line = {
    length: 0,
    last: undefined,
    left: () => {
      line.length -= 1;
    },
  };
  return line;
}

async function serveAfter(
  before: { readonly served: Promise<void>; readonly res: ServerResponse },
  socket: Socket,
  serve: () => Promise<void>,
): Promise<void> {
  await before.served;
  // Until its answer is out, this one's has no connection whose end would be told.
  if (!before.res.writableFinished && !socket.destroyed) {
    await once(before.res, 'close');
  }
  await serve();
}

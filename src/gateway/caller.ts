import type { IncomingMessage, ServerResponse } from 'node:http';

/** Who has made a request: its signal is aborted when nobody is there any more to be answered. */
export class Caller {
  readonly #controller = new AbortController();

  constructor(req: IncomingMessage, res: ServerResponse) {
    if (!req.complete) {
      // A body that breaks off is a caller that has left: known before the call is told of the body's own error.
      req.on('error', () => this.#controller.abort());
    }
    res.on('close', () => {
      if (!res.writableFinished) {
        this.#controller.abort();
      }
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get hasLeft(): boolean {
    return this.#controller.signal.aborted;
  }
}

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CallSignal } from '../core/call-signal.ts';
import { KnownHeaders } from './known-headers.ts';
import { KnownTargets } from './request-target.ts';

/** What a caller keeps between its requests: what it sends each time, and its place among its own requests. */
export class Connection implements CallSignal {
  readonly headers = new KnownHeaders();
  readonly targets = new KnownTargets();
  readonly #socket: Socket;
  #aborted = false;
  /** Of the call whose turn it is. An AbortController for each request would cost it 2 µs. */
  readonly #listeners: (() => void)[] = [];
  #last: { readonly served: Promise<void>; readonly res: ServerResponse } | undefined;
  #unanswered = 0;
  #bytesSeen = 0;
  #idleLooks = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // Before the server hears of it: that the caller has left is known before a call is told that its body broke off.
    socket.once('close', () => this.#leave());
  }

  /** Whether nobody is there any more to be answered. */
  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at !== -1) {
      this.#listeners.splice(at, 1);
    }
  }

  /** Requests whose turn has not ended. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /**
   * Looks whether something has come since the last look, and whether an answer is due or on its way.
   *
   * @returns how many looks in a row it has been idle
   */
  look(): number {
    const { bytesRead, writableLength } = this.#socket;
    const isIdle = bytesRead === this.#bytesSeen && writableLength === 0 && this.#unanswered === 0;
    this.#bytesSeen = bytesRead;
    this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
    return this.#idleLooks;
  }

  end(): void {
    this.#socket.destroy();
  }

  /**
   * Has requests that a caller sends without waiting for answers take turns: the second call may rely on what the first
   * one has done.
   *
   * @param serve called when its turn has come, also when the connection has ended before; never rejects
   */
  inTurn(res: ServerResponse, serve: () => Promise<void>): void {
    // Nearly all come alone: for them nothing is waited for.
    const before = this.#unanswered === 0 ? undefined : this.#last;
    this.#unanswered += 1;
    const served = before === undefined ? serve() : this.#serveAfter(before, serve);
    this.#last = { served, res };
  }

  /** The turn of one has ended. */
  answered(): void {
    this.#unanswered -= 1;
  }

  #leave(): void {
    this.#aborted = true;
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  async #serveAfter(
    before: { readonly served: Promise<void>; readonly res: ServerResponse },
    serve: () => Promise<void>,
  ): Promise<void> {
    await before.served;
    // Until its answer is out, this one's has no connection whose end would be told.
    if (!before.res.writableFinished && !this.#socket.destroyed) {
      await once(before.res, 'close');
    }
    await serve();
  }
}

/** Between the answer to one ping and the next one. */
const intervalMs = 2000;
/** Two pings in a row that take longer are silence. With the interval this is how late a silent engine is noticed. */
const limitMs = 2500;

export interface HeartbeatOptions {
  /** Rejects when the signal is aborted or the engine cannot be reached. */
  readonly ping: (limitMs: number) => Promise<void>;
  /** Called each time two pings in a row were not answered. */
  readonly onSilence: () => void;
  readonly onAnswer: () => void;
}

/**
 * Asks the engine again and again whether it is there. A paused engine, or a link that was cut without a word, shows
 * nothing on the connections that are open: without this a call would wait for its whole timeout.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: NodeJS.Timeout | undefined;
  #beating = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#beating) {
      this.#beating = true;
      this.#next();
    }
  }

  stop(): void {
    this.#beating = false;
    clearTimeout(this.#timer);
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.#beat(), intervalMs);
    // It must not keep the process alive by itself.
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    const { ping, onAnswer, onSilence } = this.#options;
    try {
      // One that was missed may be our own: where other code has held this thread up, the limit has run out before the
      // answer that is there is read.
      await ping(limitMs).catch(() => ping(limitMs));
      onAnswer();
    } catch {
      onSilence();
    }
    if (this.#beating) {
      this.#next();
    }
  }
}

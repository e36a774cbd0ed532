import type { Clock } from '../../core/clock.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { StderrEvent } from '../../core/pool/container-events.ts';
import type { RouteId } from '../../core/route.ts';
import { LineBuffer } from '../../editor/log/line-buffer.ts';

const maxLineChars = 16 * 1024;
const tailChars = 16 * 1024;
/** Containers of the same route that are not known to be this session's, or not yet. */
const maxOthers = 8;

/** How long a line waits for the debugger to show it: it does so with a link to where it was written. */
const echoMs = 300;
/** Lines that a debugger has shown and that have not come by stderr, or not yet. */
const maxShown = 256;

/**
 * What a function under a debugger writes to stderr, line by line. A container writes before it is known to be this
 * session's, so the end of what those of its route have written is kept.
 */
export class FunctionStderr implements Disposable {
  readonly #clock: Clock;
  readonly #onLine: (line: string) => void;
  readonly #subscription: Disposable;
  readonly #tails = new Map<string, string>();
  readonly #lines: LineBuffer;
  readonly #listeners = new Set<{ readonly container: string; readonly listener: (text: string) => void }>();
  #container: string | undefined;
  /** Lines that are the debugger's own. */
  #chatter: RegExp | undefined;

  /** Waiting to be shown by the debugger; in order. */
  #waiting: { readonly line: string; readonly timer: Disposable }[] = [];
  #shown: string[] = [];
  #onSettled: (() => void)[] = [];
  #echoed = false;

  constructor(
    {
      onStderr,
      routeId,
      clock,
    }: { readonly onStderr: Event<StderrEvent>; readonly routeId: RouteId; readonly clock: Clock },
    onLine: (line: string) => void,
  ) {
    this.#clock = clock;
    this.#onLine = onLine;
    this.#lines = new LineBuffer(maxLineChars, (line) => this.#line(line));
    this.#subscription = onStderr((event) => {
      if (event.routeId === routeId) {
        this.#write(event.container, event.text);
      }
    });
  }

  /** The end of what the function has written. */
  get tail(): string {
    return this.tailOf(this.#container);
  }

  tailOf(container: string | undefined): string {
    return (container === undefined ? undefined : this.#tails.get(container)) ?? '';
  }

  /** What a container writes from now on, as it comes. */
  listen(container: string, listener: (text: string) => void): Disposable {
    const entry = { container, listener };
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }

  /**
   * From here on it is this container's that is told, what it has written so far included.
   *
   * @param of the debugger: lines that are its own, and whether it may show some of the function's itself
   */
  follow(container: string, of: { readonly chatter: RegExp | undefined; readonly echoes: boolean }): void {
    if (container === this.#container) {
      return;
    }
    this.#flush();
    this.#container = container;
    this.#chatter = of.chatter;
    this.#echoed = of.echoes;
    this.#shown = [];
    this.#lines.write(this.tail);
  }

  /** The debugger has shown this itself. */
  shown(text: string): void {
    for (const line of text.split('\n')) {
      const at = this.#waiting.findIndex((waiting) => waiting.line === line);
      if (at !== -1) {
        this.#waiting.splice(at, 1)[0]?.timer.dispose();
        this.#tellIfSettled();
      } else if (line !== '') {
        this.#shown = [...this.#shown, line].slice(-maxShown);
      }
    }
  }

  /** Settles when all that has been written so far is shown, what no line end has ended included. */
  settled(): Promise<void> {
    this.#lines.end();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled.push(resolve);
    this.#tellIfSettled();
    return promise;
  }

  #flush(): void {
    this.#lines.end();
    this.#giveOut(this.#waiting.length);
  }

  dispose(): void {
    this.#flush();
    this.#subscription.dispose();
  }

  #write(container: string, text: string): void {
    const tail = this.#tails.get(container) ?? '';
    this.#tails.delete(container);
    this.#tails.set(container, (tail + text).slice(-tailChars));
    for (const other of this.#tails.keys()) {
      if (this.#tails.size > maxOthers && other !== this.#container) {
        this.#tails.delete(other);
      }
    }
    for (const { container: of, listener } of this.#listeners) {
      if (of === container) {
        listener(text);
      }
    }
    if (container === this.#container) {
      this.#lines.write(text);
    }
  }

  #line(line: string): void {
    if (this.#chatter?.test(line) === true) {
      return;
    }
    if (!this.#echoed) {
      this.#onLine(line);
      return;
    }
    const at = this.#shown.indexOf(line);
    if (at !== -1) {
      this.#shown.splice(at, 1);
      return;
    }
    const waiting = {
      line,
      timer: this.#clock.after(echoMs, () => this.#giveOut(this.#waiting.indexOf(waiting) + 1)),
    };
    this.#waiting.push(waiting);
  }

  #giveOut(count: number): void {
    for (const { line, timer } of this.#waiting.splice(0, count)) {
      timer.dispose();
      this.#onLine(line);
    }
    this.#tellIfSettled();
  }

  #tellIfSettled(): void {
    if (this.#waiting.length === 0) {
      for (const tell of this.#onSettled.splice(0)) {
        tell();
      }
    }
  }
}

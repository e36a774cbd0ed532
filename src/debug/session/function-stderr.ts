import type { Disposable } from '../../core/disposable.ts';
import type { Event } from '../../core/event.ts';
import type { StderrEvent } from '../../core/pool/container-events.ts';
import type { RouteId } from '../../core/route.ts';
import { LineBuffer } from '../../editor/log/line-buffer.ts';

const maxLineChars = 16 * 1024;
const tailChars = 16 * 1024;
/** Containers of the same route that are not known to be this session's, or not yet. */
const maxOthers = 8;

/**
 * What a function under a debugger writes to stderr, line by line. A container writes before it is known to be this
 * session's, so the end of what those of its route have written is kept.
 */
export class FunctionStderr implements Disposable {
  readonly #onLine: (line: string) => void;
  readonly #subscription: Disposable;
  readonly #tails = new Map<string, string>();
  readonly #lines: LineBuffer;
  readonly #listeners = new Set<{ readonly container: string; readonly listener: (text: string) => void }>();
  #container: string | undefined;
  /** Lines that are the debugger's own. */
  #chatter: RegExp | undefined;

  constructor(onStderr: Event<StderrEvent>, routeId: RouteId, onLine: (line: string) => void) {
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

  /** From here on it is this container's that is told, what it has written so far included. */
  follow(container: string, chatter: RegExp | undefined): void {
    if (container === this.#container) {
      return;
    }
    this.#lines.end();
    this.#container = container;
    this.#chatter = chatter;
    this.#lines.write(this.tail);
  }

  /** Gives out what no line end has ended. */
  flush(): void {
    this.#lines.end();
  }

  dispose(): void {
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
    if (this.#chatter?.test(line) !== true) {
      this.#onLine(line);
    }
  }
}

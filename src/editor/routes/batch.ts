import type { Disposable } from '../../core/disposable.ts';

/** Collects what comes in bursts and hands it over together, `waitMs` after the first of it. */
export class Batch<T> implements Disposable {
  readonly #waitMs: number;
  readonly #onReady: (items: readonly T[]) => void;
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(waitMs: number, onReady: (items: readonly T[]) => void) {
    this.#waitMs = waitMs;
    this.#onReady = onReady;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const items = this.#items;
      this.#items = [];
      this.#onReady(items);
    }, this.#waitMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#items = [];
  }
}

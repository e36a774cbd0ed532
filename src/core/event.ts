import type { Disposable } from './disposable.ts';

/** A subscription point. Structurally compatible with `vscode.Event`, so the editor can pass it on as it is. */
export type Event<T> = (listener: (event: T) => void) => Disposable;

/** The owner's side of an `Event`. Listeners run in order of subscription, synchronously. */
export class Emitter<T> implements Disposable {
  #listeners: readonly ((event: T) => void)[] = [];
  readonly #onListenerError: (error: unknown) => void;

  /** @param onListenerError a listener's failure must not reach the call that fired the event. */
  constructor(onListenerError: (error: unknown) => void = () => {}) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    // Copy on write: a listener may subscribe or unsubscribe while an event is being delivered.
    // Wrapped, so that one function subscribed twice is two subscriptions.
    const subscription = (event: T): void => listener(event);
    this.#listeners = [...this.#listeners, subscription];
    return {
      dispose: () => {
        this.#listeners = this.#listeners.filter((other) => other !== subscription);
      },
    };
  };

  fire(event: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners = [];
  }
}

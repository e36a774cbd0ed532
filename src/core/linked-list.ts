import type { Disposable } from './disposable.ts';

export interface Entry<T> {
  readonly value: T;
  /** Disposing it takes the value out of the list; doing so twice is harmless. */
  readonly place: Disposable;
}

/** The place of a value in a list. */
class Link<T> implements Disposable {
  readonly value: T | undefined;
  previous: Link<T> = this;
  next: Link<T> = this;

  constructor(value: T | undefined) {
    this.value = value;
  }

  dispose(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    // One that has left must not lead to those that stay: where it is old and not collected yet, they would grow old too.
    this.previous = this;
    this.next = this;
  }
}

/**
 * What comes and goes with each call, in order of coming. A set of these is dear: it copies itself every few calls, and
 * each copy is kept by the one before, with the calls in it, until the whole heap is collected. That made pauses of up to
 * 10 ms out of those of 1 ms.
 */
export class LinkedList<T extends object> {
  /** Before the first and behind the last. */
  readonly #ends = new Link<T>(undefined);

  /** @returns what takes it out again */
  add(value: T): Disposable {
    const link = new Link(value);
    const last = this.#ends.previous;
    link.previous = last;
    link.next = this.#ends;
    last.next = link;
    this.#ends.previous = link;
    return link;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const { value } of this.entries()) {
      yield value;
    }
  }

  *entries(): Generator<Entry<T>, void, undefined> {
    for (let link = this.#ends.next; link.value !== undefined; link = link.next) {
      yield { value: link.value, place: link };
    }
  }
}

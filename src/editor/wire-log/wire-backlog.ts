import type { WireEvent } from '../../core/wire/recording.ts';

/** With more events than this waiting, the exchanges that begin are not shown: nobody could read them. */
const manyEvents = 4096;
/** An exchange that was begun to be shown is shown whole, so there may be more; but not this many, nor this many bytes. */
const mostEvents = 4 * manyEvents;
const mostBytes = 8 * 1024 * 1024;

/** What has happened on the wire and is not in its log yet: a call must not wait until it is written there. */
export class WireBacklog {
  #events: WireEvent[] = [];
  #next = 0;
  #bytes = 0;
  /** Calls whose exchange is not shown. */
  readonly #leftOut = new Set<string>();
  #leftOutCount = 0;

  add(event: WireEvent): void {
    const { callId } = event.exchange;
    if (event.kind === 'begin' && this.#events.length - this.#next >= manyEvents) {
      this.#leftOut.add(callId);
      this.#leftOutCount += 1;
    }
    if (this.#leftOut.has(callId)) {
      if (event.kind === 'end') {
        this.#leftOut.delete(callId);
      }
      return;
    }
    this.#events.push(event);
    this.#bytes += sizeOf(event);
  }

  /** The one that has waited for longest. */
  take(): WireEvent | undefined {
    const event = this.#events[this.#next];
    if (event === undefined) {
      this.#events = [];
      this.#next = 0;
      return undefined;
    }
    this.#next += 1;
    this.#bytes -= sizeOf(event);
    if (this.#next >= manyEvents) {
      this.#events = this.#events.slice(this.#next);
      this.#next = 0;
    }
    return event;
  }

  get empty(): boolean {
    return this.#next === this.#events.length;
  }

  /** Whether no more should be added before some are taken. */
  get full(): boolean {
    return this.#events.length - this.#next >= mostEvents || this.#bytes >= mostBytes;
  }

  /** @returns how many exchanges were left out since it was asked last. */
  takeLeftOut(): number {
    const count = this.#leftOutCount;
    this.#leftOutCount = 0;
    return count;
  }
}

function sizeOf(event: WireEvent): number {
  return event.kind === 'bytes' || event.kind === 'stray' ? event.bytes.length : 0;
}

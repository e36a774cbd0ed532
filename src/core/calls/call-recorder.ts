import type { CallOutcome, CallSummary } from '../call.ts';
import type { Clock } from '../clock.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import type { StderrEvent } from '../pool/container-events.ts';
import type { Runner } from '../runner.ts';
import type { CallStart } from '../runner-options.ts';
import type { WireEvent } from '../wire/recording.ts';
import type { KeptError, RecordedEvent, RecordingLimits } from './call-record.ts';
import { FrameWriter } from './frame-writer.ts';
import { keptError } from './kept-error.ts';
import { type RoomFor, writeEvent, writeFinished, writeStarted, writeStderr } from './write-frames.ts';

/** Batches are this large, unless one frame is larger, in bytes. */
const batchBytes = 256 * 1024;
/** How long what has happened waits for more. */
const batchMs = 200;
/** With more than this on its way, nothing new is recorded, in bytes. */
const maxUnwritten = 32 * 1024 * 1024;

export interface CallRecorderOptions {
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  /** Asked for each call. */
  readonly limits: () => RecordingLimits;
  /** Takes a batch over, memory and all; `written` is to be called when it is dealt with. */
  readonly send: (batch: Uint8Array<ArrayBuffer>) => void;
}

export type RunnerEvents = Pick<Runner, 'onDidStartCall' | 'onWire' | 'onStderr' | 'onDidFinishCall'>;

/** A call that is being recorded, and what there still is room for. */
interface Recording {
  readonly number: number;
  readonly left: { stdin: number; stdout: number };
  eventsLeft: number;
  stderrLeft: number;
  skipped: number;
}

const nothing = new Uint8Array();

/**
 * Writes down what a runner tells of its calls. All that it does on the spot is to copy bytes to where they are handed
 * to another thread, because calls wait for it.
 */
export class CallRecorder {
  readonly #options: CallRecorderOptions;
  readonly #calls = new Map<string, Recording>();
  #writer = new FrameWriter(batchBytes);
  #number = 0;
  #unwritten = 0;
  #timer: Disposable | undefined;
  readonly #roomFor: RoomFor = (size) => {
    if (!this.#writer.fits(size)) {
      this.flush();
      if (!this.#writer.fits(size)) {
        this.#writer = new FrameWriter(size);
      }
    }
    this.#timer ??= this.#options.clock.after(batchMs, () => this.flush());
    return this.#writer;
  };

  constructor(options: CallRecorderOptions) {
    this.#options = options;
  }

  follow(runner: RunnerEvents): Disposable {
    const owned = new DisposableStore();
    owned.add(runner.onDidStartCall((start) => this.#started(start)));
    owned.add(runner.onWire((event) => this.#wire(event)));
    owned.add(runner.onStderr((event) => this.#stderr(event)));
    owned.add(runner.onDidFinishCall((summary) => this.#finished(summary)));
    return owned;
  }

  /** Sends what was written so far. */
  flush(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#writer.length > 0) {
      const batch = this.#writer.take(batchBytes);
      this.#unwritten += batch.length;
      this.#options.send(batch);
    }
  }

  /** Of a batch that was sent. */
  written(bytes: number): void {
    this.#unwritten -= bytes;
  }

  #started({ callId, routeId, origin, format, facts }: CallStart): void {
    if (this.#unwritten > maxUnwritten) {
      return;
    }
    const { maxBytes, maxEvents, maxStderr } = this.#options.limits();
    this.#number += 1;
    this.#calls.set(callId, {
      number: this.#number,
      left: { stdin: maxBytes, stdout: maxBytes },
      eventsLeft: maxEvents,
      stderrLeft: maxStderr,
      skipped: 0,
    });
    const { method, url, headers } = facts;
    const at = this.#options.wallClock();
    writeStarted(this.#roomFor, this.#number, { at, callId, routeId, origin, format, method, url, headers });
  }

  #wire(event: WireEvent): void {
    const recording = this.#calls.get(event.exchange.callId);
    if (recording === undefined) {
      return;
    }
    // What ends it and what should not be there is always kept.
    if (recording.eventsLeft <= 0 && event.kind !== 'end' && event.kind !== 'stray') {
      recording.skipped += 1;
      return;
    }
    recording.eventsLeft -= 1;
    writeEvent(this.#roomFor, recording.number, recorded(event, recording));
  }

  #stderr({ callId, text }: StderrEvent): void {
    const recording = callId === undefined ? undefined : this.#calls.get(callId);
    if (recording !== undefined && recording.stderrLeft > 0) {
      const part = text.slice(0, recording.stderrLeft);
      recording.stderrLeft -= part.length;
      writeStderr(this.#roomFor, recording.number, part);
    }
  }

  #finished({ callId, outcome, servedBy, timings, requestBytes, responseBytes }: CallSummary): void {
    const recording = this.#calls.get(callId);
    if (recording === undefined) {
      return;
    }
    this.#calls.delete(callId);
    writeFinished(this.#roomFor, recording.number, {
      at: this.#options.wallClock(),
      ...endOf(outcome),
      servedBy,
      timings,
      requestBytes,
      responseBytes,
      skipped: recording.skipped,
    });
  }
}

function recorded(event: WireEvent, { left }: Recording): RecordedEvent {
  const { atMs } = event;
  switch (event.kind) {
    case 'begin': {
      const { container, format, callNumber } = event.exchange;
      return { kind: 'begin', atMs, container, format, callNumber };
    }
    case 'bytes': {
      const { direction } = event;
      const bytes = firstOf(event.bytes, left[direction]);
      left[direction] -= bytes.length;
      return { kind: 'bytes', atMs, direction, bytes, length: event.bytes.length };
    }
    case 'stray': {
      const bytes = firstOf(event.bytes, left.stdout);
      left.stdout -= bytes.length;
      return { kind: 'stray', atMs, bytes, length: event.bytes.length };
    }
    case 'boundary':
      return { kind: 'boundary', atMs, boundary: event.boundary };
    case 'end':
      return { kind: 'end', atMs, note: event.note };
    default:
      return event satisfies never;
  }
}

function firstOf(bytes: Uint8Array, room: number): Uint8Array {
  if (room <= 0) {
    return nothing;
  }
  return bytes.length <= room ? bytes : bytes.subarray(0, room);
}

function endOf(outcome: CallOutcome): {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly status: number | undefined;
  readonly error: KeptError | undefined;
} {
  switch (outcome.kind) {
    case 'answered': {
      const error = outcome.warning && keptError(outcome.warning);
      return { state: 'done', status: outcome.status, error };
    }
    case 'failed':
      return { state: 'failed', status: undefined, error: keptError(outcome.error) };
    case 'aborted':
      return { state: 'cancelled', status: undefined, error: undefined };
    default:
      return outcome satisfies never;
  }
}

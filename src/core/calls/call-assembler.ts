import { CredentialMask, maskedHeaders, maskedUrl } from '../wire/mask.ts';
import type { IsSecret } from '../wire/secret-names.ts';
import { bytesOffset, type FinishedFrame, frames, type StartedFrame } from './frame-kinds.ts';
import { FrameReader } from './frame-reader.ts';
import { readEvent, readFinished, readStarted } from './read-frames.ts';

/** What is known of a call so far: with credentials masked, and as it was. */
export interface AssembledCall {
  readonly masked: StartedFrame;
  readonly raw: StartedFrame;
  /** Frames of what happened on the wire. */
  readonly maskedWire: readonly Uint8Array[];
  readonly rawWire: readonly Uint8Array[];
  readonly stderr: string;
  readonly end: FinishedFrame | undefined;
}

class Assembly implements AssembledCall {
  readonly masked: StartedFrame;
  readonly raw: StartedFrame;
  readonly maskedWire: Uint8Array[] = [];
  readonly rawWire: Uint8Array[] = [];
  stderr = '';
  end: FinishedFrame | undefined;
  readonly #isSecret: IsSecret;
  readonly #masks: { stdin: CredentialMask | undefined; stdout: CredentialMask | undefined };

  constructor(started: StartedFrame, isSecret: IsSecret) {
    this.raw = started;
    const { headers, url } = started;
    this.masked = { ...started, headers: maskedHeaders(headers, isSecret), url: maskedUrl(url, isSecret) };
    this.#isSecret = isSecret;
    this.#masks = { stdin: this.#newMask(), stdout: this.#newMask() };
  }

  wire(kind: number, reader: FrameReader): void {
    const frame = Uint8Array.from(reader.whole());
    const event = readEvent(kind, reader);
    this.rawWire.push(frame);
    if (event?.kind === 'bytes') {
      this.maskedWire.push(withMasked(frame, this.#masks[event.direction]));
    } else if (event?.kind === 'stray') {
      this.maskedWire.push(withMasked(frame, this.#newMask()));
    } else {
      this.maskedWire.push(frame);
      if (event?.kind === 'end') {
        // What a function still writes after that begins nowhere: it is looked at as if it were an answer.
        this.#masks.stdout = this.#newMask();
      }
    }
  }

  /** Only hot messages have headers; a cold function's bytes are its payload, whatever they look like. */
  #newMask(): CredentialMask | undefined {
    return this.raw.format === 'http' ? new CredentialMask(this.#isSecret) : undefined;
  }
}

/** Puts the frames of a recorder together to calls. */
export class CallAssembler {
  readonly #isSecret: () => IsSecret;
  readonly #running = new Map<number, Assembly>();
  /** In order of their first change. */
  readonly #changed = new Set<Assembly>();

  /** @param isSecret asked for each call */
  constructor(isSecret: () => IsSecret) {
    this.#isSecret = isSecret;
  }

  take(batch: Uint8Array): void {
    const reader = new FrameReader(batch);
    for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
      this.#frame(kind, reader);
    }
  }

  /** Calls that have changed and are not written. */
  changed(): readonly AssembledCall[] {
    return [...this.#changed];
  }

  written(): void {
    this.#changed.clear();
  }

  #frame(kind: number, reader: FrameReader): void {
    if (kind === frames.started) {
      const number = reader.integer();
      const call = new Assembly(readStarted(reader), this.#isSecret());
      this.#running.set(number, call);
      this.#changed.add(call);
      return;
    }
    const number = reader.peekInteger();
    const call = this.#running.get(number);
    if (call === undefined) {
      return;
    }
    this.#changed.add(call);
    if (kind === frames.stderr) {
      reader.integer();
      call.stderr += reader.text();
    } else if (kind === frames.finished) {
      reader.integer();
      call.end = readFinished(reader);
      this.#running.delete(number);
    } else {
      call.wire(kind, reader);
    }
  }
}

function withMasked(frame: Uint8Array, mask: CredentialMask | undefined): Uint8Array {
  const bytes = frame.subarray(bytesOffset);
  const masked = mask?.mask(bytes) ?? bytes;
  if (masked === bytes) {
    return frame;
  }
  const copy = Uint8Array.from(frame);
  copy.set(masked, bytesOffset);
  return copy;
}

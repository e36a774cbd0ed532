import type { ServedBy } from '../call.ts';
import type { Boundary } from '../wire/recording.ts';
import type { KeptError, RecordedEvent } from './call-record.ts';
import {
  boundaries,
  directions,
  ends,
  type FinishedFrame,
  formats,
  frames,
  origins,
  type StartedFrame,
  temperatures,
} from './frame-kinds.ts';
import type { FrameReader } from './frame-reader.ts';

export function readStarted(reader: FrameReader): StartedFrame {
  const at = reader.number();
  const origin = origins[reader.byte()] ?? 'editor';
  const format = formats[reader.byte()] ?? 'default';
  const [callId, routeId, method, url] = [reader.text(), reader.text(), reader.text(), reader.text()];
  const headers = Array.from({ length: reader.integer() }, () => [reader.text(), reader.text()] as const);
  return { at, origin, format, callId, routeId, method, url, headers };
}

/** @returns undefined for a frame that is not of the wire */
export function readEvent(kind: number, reader: FrameReader): RecordedEvent | undefined {
  reader.integer();
  const atMs = reader.number();
  switch (kind) {
    case frames.begin: {
      const format = formats[reader.byte()] ?? 'default';
      return { kind: 'begin', atMs, format, callNumber: reader.integer(), container: reader.text() };
    }
    case frames.bytes: {
      const direction = directions[reader.byte()] ?? 'stdout';
      return { kind: 'bytes', atMs, direction, length: reader.number(), bytes: Uint8Array.from(reader.rest()) };
    }
    case frames.stray:
      reader.byte();
      return { kind: 'stray', atMs, length: reader.number(), bytes: Uint8Array.from(reader.rest()) };
    case frames.boundary: {
      const boundary = boundaryOf(reader.byte(), reader.number(), reader.number(), reader.number());
      return boundary && { kind: 'boundary', atMs, boundary };
    }
    case frames.end:
      return { kind: 'end', atMs, note: reader.text() };
    default:
      return undefined;
  }
}

export function readFinished(reader: FrameReader): FinishedFrame {
  const at = reader.number();
  const state = ends[reader.byte()] ?? 'failed';
  const skipped = reader.integer();
  const status = reader.optional();
  const [requestBytes, responseBytes] = [reader.number(), reader.number()];
  const timings = {
    ...present('queuedMs', reader.optional()),
    ...present('preparedMs', reader.optional()),
    ...present('startedMs', reader.optional()),
    ...present('firstByteMs', reader.optional()),
    totalMs: reader.number(),
  };
  const servedBy = reader.byte() === 0 ? undefined : readServedBy(reader);
  const error = reader.byte() === 0 ? undefined : readError(reader);
  return { at, state, skipped, status, requestBytes, responseBytes, timings, servedBy, error };
}

function boundaryOf(kind: number, status: number, headBytes: number, bodyBytes: number): Boundary | undefined {
  const name = boundaries[kind];
  switch (name) {
    case 'request-complete':
    case 'response-complete':
      return { kind: name, headBytes, bodyBytes };
    case 'interim-response':
    case 'response-head':
      return { kind: name, status, headBytes };
    case 'stdin-closed':
    case 'stdout-closed':
    case undefined:
      return name && { kind: name };
    default:
      return name satisfies never;
  }
}

function readServedBy(reader: FrameReader): ServedBy {
  const temperature = temperatures[reader.byte()] ?? 'cold';
  return { temperature, callNumber: reader.integer(), name: reader.text(), engineId: reader.text() };
}

function readError(reader: FrameReader): KeptError {
  // Written from an error of this program: its code is one.
  const code = reader.text() as KeptError['code'];
  const [message, hint, exitCode, stderr] = [reader.text(), reader.text(), reader.optional(), reader.text()];
  return {
    code,
    message,
    ...(hint === '' ? {} : { hint }),
    ...present('exitCode', exitCode),
    ...(stderr === '' ? {} : { stderr }),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  // A computed key widens to any string: this is what it says.
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };
}

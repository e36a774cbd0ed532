import type { RecordedEvent } from './call-record.ts';
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
import { type FrameWriter, sizeOfText } from './frame-writer.ts';

/** What the fields of a frame take, without texts and bytes. */
const fixed = 160;

/** Makes room for a frame of at most this size. */
export type RoomFor = (size: number) => FrameWriter;

/** @param call the number that stands for the call in the frames that follow */
export function writeStarted(roomFor: RoomFor, call: number, frame: StartedFrame): void {
  const { callId, routeId, method, url, headers } = frame;
  let size = fixed + sizeOfText(callId) + sizeOfText(routeId) + sizeOfText(method) + sizeOfText(url);
  for (const [name, value] of headers) {
    size += sizeOfText(name) + sizeOfText(value);
  }
  const writer = begin(roomFor, frames.started, size, call);
  writer.number(frame.at);
  writer.byte(origins.indexOf(frame.origin));
  writer.byte(formats.indexOf(frame.format));
  writer.text(callId);
  writer.text(routeId);
  writer.text(method);
  writer.text(url);
  writer.integer(headers.length);
  for (const [name, value] of headers) {
    writer.text(name);
    writer.text(value);
  }
  writer.end();
}

export function writeEvent(roomFor: RoomFor, call: number, event: RecordedEvent): void {
  switch (event.kind) {
    case 'begin': {
      const writer = begin(roomFor, frames.begin, fixed + sizeOfText(event.container), call, event.atMs);
      writer.byte(formats.indexOf(event.format));
      writer.integer(event.callNumber);
      writer.text(event.container);
      writer.end();
      return;
    }
    case 'bytes':
      writeBytes(roomFor, frames.bytes, call, event, directions.indexOf(event.direction));
      return;
    case 'stray':
      writeBytes(roomFor, frames.stray, call, event, directions.indexOf('stdout'));
      return;
    case 'boundary': {
      const { boundary } = event;
      const writer = begin(roomFor, frames.boundary, fixed, call, event.atMs);
      writer.byte(boundaries.indexOf(boundary.kind));
      writer.number('status' in boundary ? boundary.status : 0);
      writer.number('headBytes' in boundary ? boundary.headBytes : 0);
      writer.number('bodyBytes' in boundary ? boundary.bodyBytes : 0);
      writer.end();
      return;
    }
    case 'end': {
      const writer = begin(roomFor, frames.end, fixed + sizeOfText(event.note), call, event.atMs);
      writer.text(event.note);
      writer.end();
      return;
    }
    default:
      event satisfies never;
  }
}

export function writeStderr(roomFor: RoomFor, call: number, text: string): void {
  const writer = begin(roomFor, frames.stderr, fixed + sizeOfText(text), call);
  writer.text(text);
  writer.end();
}

export function writeFinished(roomFor: RoomFor, call: number, frame: FinishedFrame): void {
  const { error, servedBy, timings } = frame;
  let size = fixed;
  if (error !== undefined) {
    size += sizeOfText(error.message) + sizeOfText(error.hint ?? '') + sizeOfText(error.stderr ?? '') + fixed;
  }
  if (servedBy !== undefined) {
    size += sizeOfText(servedBy.name) + sizeOfText(servedBy.engineId);
  }
  const writer = begin(roomFor, frames.finished, size, call);
  writer.number(frame.at);
  writer.byte(ends.indexOf(frame.state));
  writer.integer(frame.skipped);
  writer.optional(frame.status);
  writer.number(frame.requestBytes);
  writer.number(frame.responseBytes);
  writer.optional(timings.queuedMs);
  writer.optional(timings.preparedMs);
  writer.optional(timings.startedMs);
  writer.optional(timings.firstByteMs);
  writer.number(timings.totalMs);
  writer.byte(servedBy === undefined ? 0 : 1);
  if (servedBy !== undefined) {
    writer.byte(temperatures.indexOf(servedBy.temperature));
    writer.integer(servedBy.callNumber);
    writer.text(servedBy.name);
    writer.text(servedBy.engineId);
  }
  writer.byte(error === undefined ? 0 : 1);
  if (error !== undefined) {
    writer.text(error.code);
    writer.text(error.message);
    writer.text(error.hint ?? '');
    writer.optional(error.exitCode);
    writer.text(error.stderr ?? '');
  }
  writer.end();
}

function begin(roomFor: RoomFor, kind: number, size: number, call: number, atMs?: number): FrameWriter {
  const writer = roomFor(size);
  writer.begin(kind);
  writer.integer(call);
  if (atMs !== undefined) {
    writer.number(atMs);
  }
  return writer;
}

function writeBytes(
  roomFor: RoomFor,
  kind: number,
  call: number,
  event: { readonly atMs: number; readonly bytes: Uint8Array; readonly length: number },
  direction: number,
): void {
  const writer = begin(roomFor, kind, fixed + event.bytes.length, call, event.atMs);
  writer.byte(direction);
  writer.number(event.length);
  writer.raw(event.bytes);
  writer.end();
}

import type { RecordedEvent } from './call-record.ts';
import { FrameReader } from './frame-reader.ts';
import { readEvent } from './read-frames.ts';

/** The events in the frames of one call. */
export function recordedWire(frames: Uint8Array): readonly RecordedEvent[] {
  const reader = new FrameReader(frames);
  const events: RecordedEvent[] = [];
  for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
    const event = readEvent(kind, reader);
    if (event !== undefined) {
      events.push(event);
    }
  }
  return events;
}

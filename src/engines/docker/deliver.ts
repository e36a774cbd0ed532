import type { Readable } from 'node:stream';

/**
 * Hands bytes to the reader of a stream without an encoding: at once where it listens and nothing waits before them.
 * `push` would do the same, and then ask for more each time.
 *
 * @returns false when the stream is full
 */
export function deliver(stream: Readable, bytes: Buffer): boolean {
  if (stream.readableFlowing === true && stream.readableLength === 0) {
    stream.emit('data', bytes);
    return true;
  }
  return stream.push(bytes);
}

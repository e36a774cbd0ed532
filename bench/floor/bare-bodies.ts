import type { Readable, Writable } from 'node:stream';

/** Writes a head and chunks as fast as they are taken, and waits for an answer of `expected` bytes. */
export async function bareUpload(
  stdin: Writable,
  stdout: Readable,
  head: Uint8Array,
  chunks: Iterable<Uint8Array>,
  expected: number,
): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    let received = 0;
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received >= expected) {
        stdout.off('data', onData);
        resolve();
      }
    };
    stdout.on('data', onData);
  });
  stdin.write(head);
  for (const chunk of chunks) {
    if (!stdin.write(chunk)) {
      await new Promise((resolve) => stdin.once('drain', resolve));
    }
  }
  await answered;
}

/** Writes a request and counts what comes in an attach stream's frames, without looking at it, up to `expected` bytes. */
export function bareDownload(socket: Readable & Writable, bytes: Uint8Array, expected: number): Promise<void> {
  return new Promise((resolve) => {
    const header = Buffer.alloc(8);
    let headerFilled = 0;
    let left = 0;
    let received = 0;
    const onData = (chunk: Buffer): void => {
      for (let at = 0; at < chunk.length; ) {
        if (left > 0) {
          const part = Math.min(left, chunk.length - at);
          left -= part;
          received += part;
          at += part;
        } else {
          const part = Math.min(8 - headerFilled, chunk.length - at);
          chunk.copy(header, headerFilled, at, at + part);
          headerFilled += part;
          at += part;
          if (headerFilled === 8) {
            headerFilled = 0;
            left = header.readUInt32BE(4);
          }
        }
      }
      if (received >= expected) {
        socket.off('data', onData);
        resolve();
      }
    };
    socket.on('data', onData);
    socket.write(bytes);
  });
}

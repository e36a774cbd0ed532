import type { Readable, Writable } from 'node:stream';

/** Writes bytes that are ready and counts those that come back: no parsing, no timeout, no record. */
export function bareExchange(stdin: Writable, stdout: Readable, bytes: Uint8Array, expected: number): Promise<void> {
  return new Promise((resolve) => {
    let received = 0;
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received >= expected) {
        stdout.off('data', onData);
        resolve();
      }
    };
    stdout.on('data', onData);
    stdin.write(bytes);
  });
}

/** How many bytes one exchange brings back: what comes until the output has been still for a while. */
export function answerSize(stdin: Writable, stdout: Readable, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    let received = 0;
    let quiet: NodeJS.Timeout | undefined;
    const done = (): void => {
      stdout.off('data', onData);
      resolve(received);
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      clearTimeout(quiet);
      quiet = setTimeout(done, 200);
    };
    stdout.on('data', onData);
    stdin.write(bytes);
  });
}

import type { Writable } from 'node:stream';
import { HotFunctionsError } from '../errors.ts';

export interface PumpOptions {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** How many bytes were announced. */
  readonly length: number;
  readonly stdin: Writable;
  /** Whether end of file follows the body. */
  readonly end: boolean;
  /** Stops the pumping; nobody listens to its outcome then. */
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Uint8Array) => void;
}

/**
 * Writes a streamed body to a function as fast as it reads.
 *
 * @returns undefined when all of it has been handed over, else why not: the body's own fault, or that the function no
 * longer reads, which its exit explains
 */
export async function pumpBody(options: PumpOptions): Promise<HotFunctionsError | 'not read' | undefined> {
  const { stdin, end, signal } = options;
  let fault: HotFunctionsError | undefined;
  const body = counted(options, (error) => {
    fault = error;
  });
  // Not Node's pipeline: it leaves a listener on a stream that it does not end, and this one serves many calls.
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  stdin.once('close', stop);
  try {
    while (!signal.aborted && !stdin.destroyed) {
      const next = await Promise.race([body.next(), over]);
      if (next === undefined) {
        break;
      }
      if (next.done === true) {
        if (end) {
          stdin.end();
        }
        return undefined;
      }
      if (!stdin.destroyed && !stdin.write(next.value)) {
        await Promise.race([new Promise((resolveDrained) => stdin.once('drain', resolveDrained)), over]);
      }
    }
  } catch {
    // `fault` says it.
  } finally {
    signal.removeEventListener('abort', stop);
    stdin.off('close', stop);
  }
  // The source may take its time to end, or never do so.
  body.return(undefined).catch(() => {});
  return fault ?? 'not read';
}

async function* counted(
  { chunks, length, onChunk }: PumpOptions,
  onFault: (error: HotFunctionsError) => void,
): AsyncGenerator<Uint8Array> {
  const fail = (message: string, cause?: unknown): HotFunctionsError => {
    const error = new HotFunctionsError('invalid-request', message, cause === undefined ? {} : { cause });
    onFault(error);
    return error;
  };
  let sent = 0;
  try {
    for await (const chunk of chunks) {
      sent += chunk.length;
      if (sent > length) {
        throw fail(`The request's body is longer than the ${length} bytes that were announced.`);
      }
      onChunk(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof HotFunctionsError
      ? error
      : fail(`The request's body broke off after ${sent} of ${length} bytes.`, error);
  }
  if (sent < length) {
    throw fail(`The request's body ended after ${sent} of the ${length} bytes that were announced.`);
  }
}

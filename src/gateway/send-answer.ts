import type { ServerResponse } from 'node:http';
import process from 'node:process';
import type { CallResult } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import { headersForCaller } from './headers.ts';

export interface SendOptions {
  readonly clock: Clock;
  readonly stallMs: number;
}

/** The answers of failed calls are ours and short. */
const maxErrorBytes = 64 * 1024;

/**
 * Passes an answer on as it comes, as fast as the caller reads. One that breaks off ends the connection: there is no
 * other way to say so after the head.
 */
export async function sendAnswer(
  res: ServerResponse,
  result: CallResult,
  status: number,
  options: SendOptions,
): Promise<void> {
  const headers = headersForCaller(result.headers, status);
  if (result.error !== undefined) {
    const { bytes } = await result.body.collect(maxErrorBytes);
    res.writeHead(status, [...headers, 'Content-Length', String(bytes.length)]);
    res.end(bytes);
    return;
  }
  res.writeHead(status, headers);
  let begun = false;
  // Head and body that are both there leave in one packet; a head whose body is still to come does not wait for it.
  process.nextTick(() => {
    if (!begun && !res.destroyed) {
      res.flushHeaders();
    }
  });
  try {
    for await (const chunk of result.body) {
      begun = true;
      if (!res.write(chunk)) {
        await roomIn(res, options);
      }
      if (res.destroyed) {
        return;
      }
    }
    begun = true;
    res.end();
  } catch {
    // The call's own story says why.
    begun = true;
    res.destroy();
  }
}

/** Settles when there is room again or nobody is there any more. Ends a connection that does not take anything. */
function roomIn(res: ServerResponse, { clock, stallMs }: SendOptions): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed) {
      resolve();
      return;
    }
    const timer = clock.after(stallMs, () => res.destroy());
    const done = (): void => {
      timer.dispose();
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
  });
}

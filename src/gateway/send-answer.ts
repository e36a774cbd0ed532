import type { ServerResponse } from 'node:http';
import process from 'node:process';
import type { CallResult } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { headersForCaller } from './headers.ts';

export interface SendOptions {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'stallMs'>;
}

/** The answers of failed calls are ours and short. */
const maxErrorBytes = 64 * 1024;

/** Passes an answer on as it comes, as fast as the caller reads. @returns undefined where it is handed over already */
export function sendAnswer(
  res: ServerResponse,
  result: CallResult,
  status: number,
  options: SendOptions,
): Promise<void> | undefined {
  const headers = headersForCaller(result.headers, status);
  if (result.error !== undefined) {
    return sendFailure(res, result, status, headers);
  }
  res.writeHead(status, headers);
  const whole = result.body.takeWhole();
  if (whole === undefined) {
    return sendStream(res, result, options);
  }
  res.end(whole);
  return undefined;
}

async function sendFailure(res: ServerResponse, result: CallResult, status: number, headers: string[]): Promise<void> {
  const { bytes } = await result.body.collect(maxErrorBytes);
  res.writeHead(status, [...headers, 'Content-Length', String(bytes.length)]);
  res.end(bytes);
}

/** One that breaks off ends the connection: there is no other way to say so after the head. */
async function sendStream(res: ServerResponse, { body }: CallResult, options: SendOptions): Promise<void> {
  let begun = false;
  // Head and body that are both there leave in one packet; a head whose body is still to come does not wait for it.
  process.nextTick(() => {
    if (!begun && !res.destroyed) {
      res.flushHeaders();
    }
  });
  try {
    for await (const chunk of body) {
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
function roomIn(res: ServerResponse, { clock, limits }: SendOptions): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed) {
      resolve();
      return;
    }
    const timer = clock.after(limits.stallMs, () => res.destroy());
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

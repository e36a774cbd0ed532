import type { IncomingMessage } from 'node:http';
import process from 'node:process';
import type { CallRequest } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import type { Disposable } from '../core/disposable.ts';
import { HotFunctionsError } from '../core/errors.ts';
import type { GatewayLimits } from './gateway-limits.ts';

/** Up to here a body is read before the call begins, so that head and body reach the function in one write. */
const smallBytes = 64 * 1024;

export type Announced =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

/** What the head of a request says of its body. */
export function announcedBody({ headers }: IncomingMessage, limits: GatewayLimits): Announced {
  const codings = headers['transfer-encoding'];
  if (codings !== undefined) {
    return codings.trim().toLowerCase() === 'chunked'
      ? { kind: 'chunked' }
      : { kind: 'refused', status: 501, message: 'No transfer coding but "chunked" is known here.' };
  }
  const length = Number(headers['content-length'] ?? 0);
  if (length > limits.maxBodyBytes) {
    return { kind: 'refused', status: 413, message: tooLarge(limits) };
  }
  return length === 0 ? { kind: 'none' } : { kind: 'length', length };
}

export interface ReceiveOptions {
  readonly limits: GatewayLimits;
  readonly clock: Clock;
}

export interface ReceivedBody {
  readonly parts: Pick<CallRequest, 'body' | 'bodyLength'>;
  /** Whether it turned out to be larger than it may be, as far as it was read. */
  isTooLarge(): boolean;
}

const never = (): boolean => false;
const nothing: ReceivedBody = { parts: {}, isTooLarge: never };

/**
 * Takes the body in the form that the call is best made with. Rejects with the connection's error, or with
 * `invalid-request` when a small one does not come.
 */
export function receiveBody(
  req: IncomingMessage,
  announced: Exclude<Announced, { kind: 'refused' }>,
  options: ReceiveOptions,
): ReceivedBody | Promise<ReceivedBody> {
  switch (announced.kind) {
    case 'none':
      return nothing;
    case 'length': {
      const { length } = announced;
      return length <= smallBytes
        ? smallBody(req, length, options)
        : { isTooLarge: never, parts: { body: req.iterator({ destroyOnReturn: false }), bodyLength: length } };
    }
    case 'chunked': {
      const bound = { tooLarge: false };
      return { parts: { body: bounded(req, options.limits, bound) }, isTooLarge: () => bound.tooLarge };
    }
    default:
      return announced satisfies never;
  }
}

function smallBody(req: IncomingMessage, length: number, { limits, clock }: ReceiveOptions): Promise<ReceivedBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let left = length;
    let timer: Disposable | undefined;
    // Not until its end is told: that is the next turn, and nothing of this body can follow.
    req.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      left -= chunk.length;
      if (left === 0) {
        timer?.dispose();
        resolve({ parts: { body: chunks.length === 1 ? chunk : Buffer.concat(chunks) }, isTooLarge: never });
      }
    });
    req.on('error', (error) => {
      timer?.dispose();
      reject(error);
    });
    // Most come with the head and are told of before this, which has to be asked for behind the listener of `data`: a
    // timer for each of them would cost it 3 µs.
    process.nextTick(() => {
      if (left > 0 && !req.destroyed) {
        timer = clock.after(limits.smallBodyMs, () =>
          reject(new HotFunctionsError('invalid-request', "The request's body did not come.")),
        );
      }
    });
  });
}

async function* bounded(
  req: IncomingMessage,
  limits: GatewayLimits,
  bound: { tooLarge: boolean },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > limits.maxBodyBytes) {
      bound.tooLarge = true;
      throw new HotFunctionsError('invalid-request', tooLarge(limits));
    }
    yield chunk;
  }
}

function tooLarge({ maxBodyBytes }: GatewayLimits): string {
  return `The request's body is larger than the ${maxBodyBytes} bytes that this endpoint takes.`;
}

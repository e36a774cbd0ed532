import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';

/** One request as dockerode's own methods make it, for those where they say too little or send too much. */
export interface Dial {
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Settle with the response at its head instead of its whole body. */
  readonly isStream?: true;
  readonly hijack?: true;
  readonly openStdin?: true;
  readonly file?: Buffer | Readable;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly abortSignal?: AbortSignal;
  readonly statusCodes: Readonly<Record<number, string | true>>;
}

/** Settles with what the answer is: parsed JSON, a response to be read, or the socket of a hijacked connection. */
export function dial(docker: Dockerode, request: Dial): Promise<unknown> {
  return new Promise((resolve, reject) => {
    docker.modem.dial({ ...request }, (error: Error | null, answer: unknown) => {
      if (error) {
        reject(error);
      } else {
        resolve(answer);
      }
    });
  });
}

/**
 * Settles with the raw connection that the engine hands over to a process's stdio. Hijacked, because the library's own
 * duplex knows neither backpressure nor half-close.
 */
export async function dialSocket(docker: Dockerode, request: Omit<Dial, 'method' | 'statusCodes'>): Promise<Socket> {
  const socket = await dial(docker, {
    ...request,
    method: 'POST',
    isStream: true,
    hijack: true,
    openStdin: true,
    statusCodes: {
      101: true,
      200: true,
      400: 'bad parameter',
      404: 'no such container',
      409: 'container is stopped or paused',
      500: 'server error',
    },
  });
  if (!(socket instanceof Socket)) {
    throw new Error('the engine answered without handing over the connection');
  }
  // Who uses it listens from the next tick on; until then an error must not be one that nobody hears.
  socket.on('error', () => {});
  return socket;
}

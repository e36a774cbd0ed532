import type Dockerode from 'dockerode';

/** One request as dockerode's own methods make it, for those where they say too little or send too much. */
export interface Dial {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Settle with the response at its head instead of its whole body. */
  readonly isStream?: true;
  readonly hijack?: true;
  readonly openStdin?: true;
  readonly file?: Buffer;
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

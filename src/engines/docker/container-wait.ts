import { IncomingMessage } from 'node:http';
import type Dockerode from 'dockerode';
import { dial } from './dial.ts';
import { jsonField } from './json-field.ts';

export type WaitEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'broken'; readonly detail: string };

/** A wait that the engine has accepted. */
export interface AcceptedWait {
  /** Never rejects. */
  readonly end: Promise<WaitEnd>;
  /** Closes the connection that the answer would come over. */
  stop(): void;
}

const answerLimit = 64 * 1024;

/**
 * Asks to be told when a container ends that has not started yet. Settles when the engine has accepted that: a start
 * before it could be over before anybody waits, and would then be waited for without end.
 */
export async function waitForExit(docker: Dockerode, containerId: string, signal: AbortSignal): Promise<AcceptedWait> {
  const response = await dial(docker, {
    path: `/containers/${containerId}/wait?`,
    method: 'POST',
    isStream: true,
    options: { condition: 'next-exit' },
    abortSignal: signal,
    statusCodes: { 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
  });
  if (!(response instanceof IncomingMessage)) {
    throw new Error('the engine answered a wait with something that is no response');
  }
  return { end: readEnd(response), stop: () => response.destroy() };
}

async function readEnd(response: IncomingMessage): Promise<WaitEnd> {
  try {
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > answerLimit) {
        throw new Error('the answer to a wait has no end');
      }
    }
    const answer: unknown = JSON.parse(text);
    const code: unknown = jsonField(answer, 'StatusCode');
    if (typeof code !== 'number') {
      throw new Error(`the engine said ${text.trim()} instead of an exit code`);
    }
    return { kind: 'exited', code };
  } catch (error) {
    return { kind: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}

import type { Duplex } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Clock } from '../../core/clock.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { DapConnection } from './dap-connection.ts';
import { isResponse } from './dap-messages.ts';

/** A debugger under emulation or on a loaded machine takes its time; what takes longer is broken. */
const patienceMs = 30_000;
const firstPauseMs = 25;
const longestPauseMs = 400;

/** Repeats `attempt` while nobody listens yet, up to a bound. Rejects with the last failure, or the signal's reason. */
export async function reach<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  const overdue = new AbortController();
  let last = new HotFunctionsError('debugger-unreachable', slow);
  const timer = clock.after(patienceMs, () => overdue.abort(last));
  const either = AbortSignal.any([signal, overdue.signal]);
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
      try {
        return await abortable(attempt(either), either);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof HotFunctionsError) || error.code !== 'debugger-unreachable' || overdue.signal.aborted) {
          throw error;
        }
        last = error;
        const { promise, resolve } = Promise.withResolvers<void>();
        const pause = clock.after(pauseMs, resolve);
        await abortable(promise, either).finally(() => pause.dispose());
      }
    }
  } finally {
    timer.dispose();
  }
}

const slow = `The debugger in the container did not answer within ${patienceMs / 1000} s.`;

export interface GreetedDebugger {
  readonly connection: DapConnection;
  readonly capabilities: DebugProtocol.Capabilities;
}

/** Requests that follow a greeting count on from here. */
export const greetingSeq = 1;

/**
 * Asks what a debugger can do. Something may accept connections before the debugger does, so only its answer proves
 * that it is there, and the connection that brought the answer is the one that is kept.
 */
export async function greetDebugger(
  stream: Duplex,
  initialize: DebugProtocol.InitializeRequestArguments,
  signal: AbortSignal,
): Promise<GreetedDebugger> {
  const connection = new DapConnection(stream);
  const { promise, resolve, reject } = Promise.withResolvers<DebugProtocol.Capabilities>();
  const early: DebugProtocol.ProtocolMessage[] = [];
  connection.take({
    message: (message) => {
      if (!isResponse(message) || message.request_seq !== greetingSeq) {
        early.push(message);
      } else if (message.success) {
        resolve(message.body ?? {});
      } else {
        reject(new HotFunctionsError('debugger-missing', `The debugger refuses to begin: ${message.message}`));
      }
    },
    closed: (error) =>
      reject(error ?? new HotFunctionsError('debugger-unreachable', 'The debugger closed the connection.')),
  });
  const request: DebugProtocol.InitializeRequest = {
    seq: greetingSeq,
    type: 'request',
    command: 'initialize',
    arguments: initialize,
  };
  connection.send(request);
  try {
    const capabilities = await abortable(promise, signal);
    connection.hold(early);
    return { connection, capabilities };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

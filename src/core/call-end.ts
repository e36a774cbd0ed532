import type { ActiveCall } from './active-call.ts';
import type { CallOutcome } from './call.ts';
import { HotFunctionsError } from './errors.ts';
import type { Lease } from './pool/lease.ts';
import type { Answer, ExchangeEnd } from './wire/answer.ts';

/** Gives a container back as its exchange has left it: only a clean end leaves it at a message boundary. */
export function releaseAfter(lease: Lease, end: ExchangeEnd): void {
  switch (end.kind) {
    case 'clean':
      if (!lease.container.inputDrained) {
        // It answered before it was sent everything: the rest of this request would meet the next one.
        const message = 'The function answered before it had read its whole request.';
        lease.release({ kind: 'evict', error: new HotFunctionsError('stray-output', message) });
      } else {
        lease.release({ kind: end.keepAlive ? 'reuse' : 'retire' });
      }
      return;
    case 'surplus':
    case 'failed':
      lease.release({ kind: 'evict', error: end.error });
      return;
    default:
      end satisfies never;
  }
}

export function outcomeOf({ status = 0 }: Answer, end: ExchangeEnd): CallOutcome {
  switch (end.kind) {
    case 'failed':
      return end.error.code === 'aborted' ? { kind: 'aborted' } : { kind: 'failed', error: end.error };
    case 'surplus':
      return { kind: 'answered', status, warning: end.error };
    case 'clean':
      return { kind: 'answered', status };
    default:
      return end satisfies never;
  }
}

/** What ended the call is what ended its signal, whatever the step it was in made of that. */
export function failureOf(call: ActiveCall, thrown: unknown): HotFunctionsError {
  const reason = call.abortedBy;
  if (reason !== undefined) {
    // The exchange says the same with the place that the answer had come to.
    return thrown instanceof HotFunctionsError && thrown.code === reason.code ? thrown : reason;
  }
  return thrown instanceof HotFunctionsError
    ? thrown
    : new HotFunctionsError('start-failed', `The call to ${call.route.id} broke off: ${thrown}`, { cause: thrown });
}

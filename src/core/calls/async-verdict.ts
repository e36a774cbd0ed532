import type { CallOutcome } from '../call.ts';
import { type ErrorCode, HotFunctionsError } from '../errors.ts';
import type { AsyncEnd, ClaimedCall, GivenBack } from './async-call-store.ts';
import { keptError } from './kept-error.ts';

const firstDelayMs = 1000;
const longestDelayMs = 60_000;

/** As often a call may be interrupted: one that takes its window or its engine down ends after that. */
export const maxInterruptions = 3;

/** What becomes of a call that was tried. `held`: nothing runs until something has changed that a person decides. */
export type Verdict =
  | { readonly kind: 'finish'; readonly end: AsyncEnd }
  | { readonly kind: 'give back'; readonly back: Omit<GivenBack, 'notBefore'>; readonly delayMs: number }
  | { readonly kind: 'held' };

export interface Tried {
  readonly outcome: CallOutcome;
  /** Whether a container was given it. */
  readonly begun: boolean;
  readonly claimed: ClaimedCall;
  /** Whether its memory is there once nobody else uses any. */
  readonly fits: boolean;
  /** Whether this window is closing. */
  readonly closing: boolean;
}

/** Only what is our failure is tried again, never a function's own answer or fault. */
export function verdictOf(tried: Tried): Verdict {
  const { outcome, begun, closing } = tried;
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'finish', end: { state: 'done' } };
    case 'aborted':
      return closing ? paused(begun) : { kind: 'finish', end: { state: 'cancelled' } };
    case 'failed':
      return verdictOn(outcome.error, tried);
    default:
      return outcome satisfies never;
  }
}

function verdictOn(error: HotFunctionsError, { begun, claimed, fits }: Tried): Verdict {
  const kept = keptError(error);
  if (error.code === 'closing') {
    return paused(begun);
  }
  if (held.has(error.code)) {
    return { kind: 'held' };
  }
  if (error.code === 'engine-lost' && begun && claimed.interruptions + 1 < maxInterruptions) {
    const delayMs = delayAfter(claimed.interruptions);
    return { kind: 'give back', back: { error: kept, begun, as: 'interruption' }, delayMs };
  }
  if (isOurs(error.code, begun) && (fits || error.code !== 'no-memory')) {
    return { kind: 'give back', back: { error: kept, begun, as: 'retry' }, delayMs: delayAfter(claimed.retries) };
  }
  return { kind: 'finish', end: { state: 'failed', error: kept } };
}

/** What has not begun cannot have brought its engine down: that is waited for, however long it is away. */
function isOurs(code: ErrorCode, begun: boolean): boolean {
  return ours.has(code) || (!begun && waitedFor.has(code));
}

/** What was thrown instead of an answer. */
export function outcomeOfThrown(thrown: unknown): CallOutcome {
  const error =
    thrown instanceof HotFunctionsError
      ? thrown
      : new HotFunctionsError('start-failed', `The call broke off: ${thrown}`, { cause: thrown });
  return error.code === 'aborted' ? { kind: 'aborted' } : { kind: 'failed', error };
}

const ours: ReadonlySet<ErrorCode> = new Set(['engine-unavailable', 'no-memory']);
const waitedFor: ReadonlySet<ErrorCode> = new Set(['engine-lost', 'timeout']);
const held: ReadonlySet<ErrorCode> = new Set(['untrusted-workspace', 'host-run-unconfirmed']);

/** The window ends, not the call: the next one begins it anew. */
function paused(begun: boolean): Verdict {
  const error = keptError(new HotFunctionsError('interrupted', 'The window was closed while the call ran.'));
  return { kind: 'give back', back: begun ? { error, begun, as: 'pause' } : { begun, as: 'pause' }, delayMs: 0 };
}

function delayAfter(failures: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
}

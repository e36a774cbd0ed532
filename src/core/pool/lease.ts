import { HotFunctionsError } from '../errors.ts';
import type { HotContainer } from './hot-container.ts';

/** A call that wants a lease, and may end before it has one. */
export interface Caller {
  readonly abortedBy: HotFunctionsError | undefined;
  /** From then on `what` is failed when the call ends early. */
  waitsFor(what: { fail(error: HotFunctionsError): void }): void;
}

/** The right to use a container for one call. Released exactly once. */
export interface Lease {
  readonly container: HotContainer;
  /** How long its start took, when it was started for want of an idle one. */
  readonly startedMs: number | undefined;
  /** `evict` carries why the container is not at a message boundary any more. */
  release(
    how:
      | { readonly kind: 'reuse' }
      | { readonly kind: 'retire' }
      | { readonly kind: 'evict'; readonly error: HotFunctionsError },
  ): void;
}

/** Why there is no lease on a container that a debugger asks for. */
export function hasEnded({ name }: HotContainer): HotFunctionsError {
  return new HotFunctionsError('stopped', `The container ${name} serves no more calls.`, {
    hint: 'Call again without it: a new container is started.',
  });
}

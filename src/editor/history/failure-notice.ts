import type { AsyncFinished } from '../../core/calls/async-queue.ts';

export interface Notice {
  readonly text: string;
  /** The only call that it is about. */
  readonly callId?: string;
}

/**
 * Tells of asynchronous calls that have failed, one message at a time: what fails while one is shown is counted, and
 * told of together when that one is gone.
 *
 * @param show settles when the message is gone
 * @returns the listener for calls that have ended
 */
export function failureNotice(show: (notice: Notice) => Promise<void>): (finished: AsyncFinished) => void {
  let shown = false;
  let missed: AsyncFinished[] = [];
  const next = (): void => {
    const [first, ...others] = missed;
    missed = [];
    shown = first !== undefined;
    if (first !== undefined) {
      const notice =
        others.length === 0 ? noticeOf(first) : { text: `${others.length + 1} asynchronous calls have failed.` };
      void show(notice).then(next, next);
    }
  };
  return (finished) => {
    if (finished.end.state === 'failed') {
      missed.push(finished);
      if (!shown) {
        next();
      }
    }
  };
}

function noticeOf({ routeId, callId, end }: AsyncFinished): Notice {
  const message = end.state === 'failed' ? end.error.message : '';
  return { text: `An asynchronous call to ${routeId} has failed: ${message}`, callId };
}

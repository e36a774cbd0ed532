import type { PrepareProgress } from '../core/engine.ts';

type Report = (progress: PrepareProgress) => void;

interface Job {
  readonly what: string;
  readonly outcome: Promise<string>;
  readonly reports: Set<Report>;
  readonly controller: AbortController;
}

export type SharedOutcome =
  | { readonly kind: 'done'; readonly value: string }
  /** Something else was being done under that key and is over now: look again. */
  | { readonly kind: 'other' };

/** Does one thing at a time for each key. Who asks for the same meanwhile shares it; it ends when all have gone. */
export class SharedJobs {
  readonly #jobs = new Map<string, Job>();

  async run(
    key: string,
    what: string,
    work: (report: Report, signal: AbortSignal) => Promise<string>,
    report: Report,
    signal: AbortSignal,
  ): Promise<SharedOutcome> {
    signal.throwIfAborted();
    const current = this.#jobs.get(key);
    if (current && current.what !== what) {
      await untilAborted(current.outcome.then(ignore, ignore), signal);
      return { kind: 'other' };
    }
    // A report of its own for each caller, so that one function given twice counts twice.
    const ownReport: Report = (progress) => report(progress);
    const job = current ?? this.#begin(key, what, work, ownReport);
    job.reports.add(ownReport);
    try {
      return { kind: 'done', value: await untilAborted(job.outcome, signal) };
    } finally {
      job.reports.delete(ownReport);
      if (job.reports.size === 0) {
        job.controller.abort();
        this.#forget(key, job);
      }
    }
  }

  #begin(
    key: string,
    what: string,
    work: (report: Report, signal: AbortSignal) => Promise<string>,
    firstReport: Report,
  ): Job {
    const reports = new Set<Report>([firstReport]);
    const controller = new AbortController();
    const reportAll: Report = (progress) => {
      for (const report of reports) {
        report(progress);
      }
    };
    const job: Job = { what, outcome: work(reportAll, controller.signal), reports, controller };
    this.#jobs.set(key, job);
    const forget = (): void => this.#forget(key, job);
    job.outcome.then(forget, forget);
    return job;
  }

  #forget(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) {
      this.#jobs.delete(key);
    }
  }
}

function ignore(): void {}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

import type { Engine, PreparedFunction, PrepareProgress, PrepareRequest } from './engine.ts';
import { HotFunctionsError } from './errors.ts';

export type ReportProgress = (progress: PrepareProgress) => void;

interface Job {
  readonly done: Promise<PreparedFunction>;
  readonly controller: AbortController;
  readonly reports: Set<ReportProgress>;
  users: number;
}

/**
 * Has the engine make functions startable, each once at a time: calls that come while an image is being built
 * share that build and its progress, and it is given up only when the last of them has gone away.
 */
export class PreparedFunctions {
  readonly #jobs = new Map<string, Job>();

  /** Rejects with the engine's HotFunctionsError, or with the signal's reason. */
  async prepare(
    engine: Engine,
    request: PrepareRequest,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<PreparedFunction> {
    signal.throwIfAborted();
    const key = JSON.stringify([engine.kind, request.image, request.source, request.force ?? false]);
    const job = this.#jobs.get(key) ?? this.#begin(key, engine, request);
    job.users += 1;
    job.reports.add(report);
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([job.done, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      job.reports.delete(report);
      job.users -= 1;
      if (job.users === 0) {
        // Taken off at once: who comes now must not join a job that is being given up.
        this.#forget(key, job);
        job.controller.abort(new HotFunctionsError('aborted', 'Nobody waits for it any more.'));
      }
    }
  }

  #begin(key: string, engine: Engine, request: PrepareRequest): Job {
    const controller = new AbortController();
    const reports = new Set<ReportProgress>();
    const done = engine.prepare(
      request,
      (progress) => {
        for (const report of reports) {
          report(progress);
        }
      },
      controller.signal,
    );
    const job: Job = { done, controller, reports, users: 0 };
    this.#jobs.set(key, job);
    done.then(
      () => this.#forget(key, job),
      () => this.#forget(key, job),
    );
    return job;
  }

  #forget(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) {
      this.#jobs.delete(key);
    }
  }
}

import type Dockerode from 'dockerode';
import { asEngineLost } from './engine-request-errors.ts';

/** The requests of one engine: each has an end, and all of them end with the engine. */
export class EngineRequests {
  readonly docker: Dockerode;
  readonly #url: string;
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(docker: Dockerode, url: string) {
    this.docker = docker;
    this.#url = url;
  }

  /**
   * Runs one request under a limit, and until `signal` is aborted if there is one. No answer at all, or none in time,
   * is `engine-lost`; other errors pass as they are.
   */
  async limited<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), limitMs);
    try {
      return await this.#run(controller, run, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a request that may take as long as it does, such as a build, until `signal` is aborted. */
  unlimited<T>(signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#run(new AbortController(), run, signal);
  }

  async #run<T>(
    controller: AbortController,
    run: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const abort = (): void => controller.abort();
    signal?.addEventListener('abort', abort);
    this.#open.add(controller);
    if (this.#closed || signal?.aborted) {
      controller.abort();
    }
    try {
      return await run(controller.signal);
    } catch (error) {
      throw asEngineLost(error, this.#url);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#open.delete(controller);
    }
  }

  close(): void {
    this.#closed = true;
    for (const controller of this.#open) {
      controller.abort();
    }
  }
}

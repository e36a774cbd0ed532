import { Worker } from 'node:worker_threads';
import { HotFunctionsError } from '../../core/errors.ts';
import { Emitter } from '../../core/event.ts';
import type { FromWorker, MethodName, ToWorker, WorkerMethods, WorkerStart } from './worker-protocol.ts';

export interface WorkerLinkOptions {
  /** The worker's own file. */
  readonly script: URL;
  readonly start: () => Promise<WorkerStart>;
  readonly tell: (message: string) => void;
  /** Called before each question, so that it is answered with all that has happened. */
  readonly flush: () => void;
  /** A batch of this size is dealt with. */
  readonly onTaken: (bytes: number) => void;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How long closing waits for what is still to be written, in milliseconds. */
const closeWaitMs = 2000;

/** The worker that has the database, started when it is first needed. */
export class WorkerLink {
  readonly #options: WorkerLinkOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #didChange = new Emitter<void>();
  readonly onDidChange = this.#didChange.event;
  #worker: Promise<Worker> | undefined;
  #ids = 0;
  #closing: Promise<void> | undefined;
  #ended = false;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
  }

  async ask<M extends MethodName>(
    method: M,
    ...args: Parameters<WorkerMethods[M]>
  ): Promise<ReturnType<WorkerMethods[M]>> {
    this.#options.flush();
    const worker = await this.#start();
    if (this.#ended) {
      throw closed();
    }
    return new Promise((resolve, reject) => {
      this.#ids += 1;
      // The worker answers what was asked.
      this.#asked.set(this.#ids, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ kind: 'ask', id: this.#ids, method, args } satisfies ToWorker);
    });
  }

  send(batch: Uint8Array<ArrayBuffer>): void {
    void this.#start().then(
      (worker) => {
        if (this.#ended) {
          this.#options.onTaken(batch.length);
        } else {
          worker.postMessage({ kind: 'batch', bytes: batch } satisfies ToWorker, [batch.buffer]);
        }
      },
      // Whoever asks is told.
      () => this.#options.onTaken(batch.length),
    );
  }

  tell(message: Extract<ToWorker, { kind: 'settings' }>): void {
    // A worker that is started later is told so at its start.
    void this.#worker?.then(
      (worker) => worker.postMessage(message),
      () => {},
    );
  }

  /** Whether changes of other windows are to be told too. */
  watch(on: boolean): void {
    void this.#start().then(
      (worker) => worker.postMessage({ kind: 'watch', on } satisfies ToWorker),
      () => {},
    );
  }

  /** Lets it write what it has, within a bound. Safe to repeat. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#options.flush();
    const worker = await this.#worker?.catch(() => undefined);
    if (worker === undefined || this.#ended) {
      this.#ended = true;
      return;
    }
    const ended = Promise.withResolvers<void>();
    worker.once('exit', ended.resolve);
    worker.postMessage({ kind: 'close' } satisfies ToWorker);
    // One that waits for a lock ends only after that, and nobody waits for it.
    const timer = setTimeout(ended.resolve, closeWaitMs);
    await ended.promise;
    clearTimeout(timer);
    void worker.terminate();
  }

  #start(): Promise<Worker> {
    if (this.#closing !== undefined && this.#worker === undefined) {
      return Promise.reject(closed());
    }
    this.#worker ??= this.#options.start().then((workerData) => {
      const worker = new Worker(this.#options.script, { workerData });
      worker.on('message', (message: FromWorker) => this.#receive(message));
      worker.on('error', (error) => this.#options.tell(`The history of calls has ended: ${error.message}`));
      worker.on('exit', () => this.#end());
      return worker;
    });
    return this.#worker;
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'answer':
        this.#take(message.id)?.resolve(message.value);
        return;
      case 'refused': {
        const { code, message: text, hint } = message.error;
        this.#take(message.id)?.reject(new HotFunctionsError(code, text, hint === undefined ? {} : { hint }));
        return;
      }
      case 'taken':
        this.#options.onTaken(message.bytes);
        return;
      case 'changed':
        this.#didChange.fire();
        return;
      case 'message':
        this.#options.tell(message.text);
        return;
      default:
        message satisfies never;
    }
  }

  #take(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #end(): void {
    this.#ended = true;
    for (const { reject } of this.#asked.values()) {
      reject(closed());
    }
    this.#asked.clear();
  }
}

function closed(): HotFunctionsError {
  return new HotFunctionsError('store-unavailable', 'The history of calls is closed.');
}

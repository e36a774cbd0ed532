import type { CallRequest } from '../../core/call.ts';
import type { CallRecord, RecordedEvent } from '../../core/calls/call-record.ts';
import type { CallFilter, CallPage, CallQuery, CallStore } from '../../core/calls/call-store.ts';
import type { Disposable } from '../../core/disposable.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { WorkerLink } from './worker-link.ts';

export interface SqliteCallStoreOptions {
  readonly link: WorkerLink;
  /** Tells what windows that have ended left running; called before the first look. */
  readonly recover: () => Promise<unknown>;
}

/** The history of calls, kept by the worker. */
export class SqliteCallStore implements CallStore {
  readonly #options: SqliteCallStoreOptions;
  #listeners = 0;
  #recovered: Promise<unknown> | undefined;

  constructor(options: SqliteCallStoreOptions) {
    this.#options = options;
  }

  async list(query: CallQuery): Promise<CallPage> {
    this.#recovered ??= this.#options.recover().catch(() => {});
    await this.#recovered;
    return orElse({ calls: [] }, this.#options.link.ask('list', query));
  }

  get(callId: string): Promise<CallRecord | undefined> {
    return orElse(undefined, this.#options.link.ask('get', callId));
  }

  request(callId: string): Promise<CallRequest> {
    return this.#options.link.ask('request', callId);
  }

  recording(callId: string): Promise<readonly RecordedEvent[] | undefined> {
    return orElse(undefined, this.#options.link.ask('recording', callId));
  }

  clear(filter?: CallFilter): Promise<number> {
    return orElse(0, this.#options.link.ask('clear', filter));
  }

  readonly onDidChange = (listener: () => void): Disposable => {
    const { link } = this.#options;
    const subscription = link.onDidChange(listener);
    this.#listeners += 1;
    link.watch(true);
    let disposed = false;
    return {
      dispose: () => {
        if (!disposed) {
          disposed = true;
          subscription.dispose();
          this.#listeners -= 1;
          link.watch(this.#listeners > 0);
        }
      },
    };
  };

  close(): Promise<void> {
    return this.#options.link.close();
  }
}

/** Where there is no store, there is no history. Why was told. */
async function orElse<T>(empty: T, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HotFunctionsError && error.code === 'store-unavailable') {
      return empty;
    }
    throw error;
  }
}

import type {
  AsyncCallStore,
  AsyncEnd,
  ClaimedCall,
  FailedCall,
  GivenBack,
  StoredRequest,
  WaitingRoute,
} from '../../core/calls/async-call-store.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { headOf } from './request-file.ts';
import type { RequestFiles } from './request-files.ts';
import type { Leases } from './window-leases.ts';
import type { WorkerLink } from './worker-link.ts';

export interface SqliteAsyncCallsOptions {
  readonly link: WorkerLink;
  readonly files: () => Promise<RequestFiles>;
  readonly window: Leases;
}

/** A call is a file with its request and a row with its state. While the file is there, the call is not over. */
export class SqliteAsyncCalls implements AsyncCallStore {
  readonly #options: SqliteAsyncCallsOptions;

  constructor(options: SqliteAsyncCallsOptions) {
    this.#options = options;
  }

  async add({ callId, routeId, request }: Parameters<AsyncCallStore['add']>[0]): Promise<void> {
    const { link, window } = this.#options;
    if ((await window) === undefined) {
      throw new HotFunctionsError('store-unavailable', 'This window cannot run asynchronous calls.', {
        hint: 'It could not say that it is there, so another window might run them as well. The log of Hot Functions says why.',
      });
    }
    const files = await this.#options.files();
    const head = headOf(callId, routeId, request, Date.now());
    const requestBytes = await files.write(head, request.body);
    try {
      await link.ask('add', { callId, routeId, createdAt: head.createdAt, method: head.method, requestBytes });
    } catch (error) {
      await files.remove([callId]);
      throw error;
    }
  }

  async anyLeft(): Promise<boolean> {
    return (await this.#options.files()).any();
  }

  async recover(maxInterruptions: number): Promise<readonly FailedCall[]> {
    const { link, window } = this.#options;
    // Who runs something is asked before who is there: a window has its lease before it runs anything.
    const owners = await link.ask('owners');
    const { live } = (await (await window)?.windows()) ?? {};
    const ended = owners.filter((owner) => live?.has(owner) === false);
    return ended.length === 0 ? [] : await link.ask('recover', ended, maxInterruptions);
  }

  waiting(): Promise<readonly WaitingRoute[]> {
    return this.#options.link.ask('waiting');
  }

  async claim(routeId: RouteId, limit: number): Promise<ClaimedCall | undefined> {
    const { link, window } = this.#options;
    return (await window) === undefined ? undefined : link.ask('claim', routeId, limit);
  }

  async open(callId: string): Promise<StoredRequest> {
    return (await this.#options.files()).open(callId);
  }

  async finish(callId: string, end: AsyncEnd): Promise<boolean> {
    const finished = await this.#options.link.ask('finish', callId, end);
    if (finished) {
      await this.#remove([callId]);
    }
    return finished;
  }

  giveBack(callId: string, how: GivenBack): Promise<boolean> {
    return this.#options.link.ask('giveBack', callId, how);
  }

  hurry(): Promise<void> {
    return this.#options.link.ask('hurry');
  }

  async cancel(callId: string): Promise<boolean> {
    const done = await this.#options.link.ask('cancel', callId);
    if (done === 'cancelled') {
      await this.#remove([callId]);
    }
    return done !== undefined;
  }

  async cancelWaiting(routeId?: RouteId): Promise<number> {
    const cancelled = await this.#options.link.ask('cancelWaiting', routeId);
    await this.#remove(cancelled);
    return cancelled.length;
  }

  marked(): Promise<readonly string[]> {
    return this.#options.link.ask('marked');
  }

  async #remove(callIds: readonly string[]): Promise<void> {
    await (await this.#options.files()).remove(callIds);
  }
}

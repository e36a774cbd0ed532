import { CallAssembler } from '../../core/calls/call-assembler.ts';
import { requestOf } from '../../core/calls/call-request.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { secretNames } from '../../core/wire/secret-names.ts';
import { noteOwner } from './accepted-files.ts';
import { CallDatabase, type CallDatabaseOptions, type Rows } from './call-database.ts';
import { isLocked } from './open-database.ts';
import { RecentCalls } from './recent-calls.ts';
import type { FromWorker, MethodName, SentError, ToWorker, WorkerMethods, WorkerSettings } from './worker-protocol.ts';

const recentBytes = 16 * 1024 * 1024;
const watchMs = 1000;
const againMs = 1000;
/** Calls that wait for a locked database; what is beyond is lost. */
const maxUnwritten = 10_000;
/** Between two looks at what is to be forgotten, in calls and in milliseconds. */
const retainEvery = { calls: 500, ms: 60_000 };

export interface StoreWorkerOptions extends Omit<CallDatabaseOptions, 'tell'> {
  readonly settings: WorkerSettings;
  readonly post: (message: FromWorker) => void;
}

/** What runs in the worker: takes batches and questions, and has the database to itself. */
export class StoreWorker {
  readonly #options: StoreWorkerOptions;
  readonly #database: CallDatabase;
  readonly #assembler = new CallAssembler(() => this.#isSecret);
  readonly #recent = new RecentCalls(recentBytes);
  #settings: WorkerSettings;
  #isSecret: (name: string) => boolean;
  #finishedSince = Number.POSITIVE_INFINITY;
  #retainedAt = 0;
  #again: NodeJS.Timeout | undefined;
  #watching: NodeJS.Timeout | undefined;
  #dataVersion: number | undefined;

  constructor(options: StoreWorkerOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#isSecret = secretNames(options.settings.secretNames);
    this.#database = new CallDatabase({ ...options, tell: (text) => options.post({ kind: 'message', text }) });
  }

  take(message: Exclude<ToWorker, { kind: 'close' }>): void {
    switch (message.kind) {
      case 'batch':
        this.#assembler.take(message.bytes);
        this.#write();
        this.#options.post({ kind: 'taken', bytes: message.bytes.length });
        return;
      case 'ask':
        this.#answer(message.id, message.method, message.args);
        return;
      case 'settings':
        this.#settings = message.settings;
        this.#isSecret = secretNames(message.settings.secretNames);
        this.#finishedSince = Number.POSITIVE_INFINITY;
        return;
      case 'watch':
        this.#watch(message.on);
        return;
      default:
        message satisfies never;
    }
  }

  close(): void {
    clearTimeout(this.#again);
    this.#watch(false);
    this.#write();
    clearTimeout(this.#again);
    this.#database.close();
  }

  readonly #methods: WorkerMethods = {
    list: (query) => this.#database.use(({ calls }) => calls.list(query)),
    get: (callId) => this.#database.use(({ calls }) => calls.get(callId)),
    request: (callId) => requestOf(this.#recent.get(callId) ?? this.#kept(callId)),
    recording: (callId) => this.#recent.get(callId)?.wire,
    clear: (filter) => {
      this.#recent.clear();
      // A file without its row would count as a call that was accepted.
      this.#database.reconcile();
      return this.#changing(({ calls }) => calls.clear(filter));
    },
    add: (call) => this.#changing(({ queue }) => queue.add([call])),
    owners: () => this.#database.use(({ queue }) => queue.owners()),
    recover: (ended, maxInterruptions) => {
      const failed = this.#changing(({ queue }) => queue.recover(ended, maxInterruptions));
      this.#database.reconcile();
      return failed;
    },
    waiting: () => this.#database.use(({ queue }) => queue.waiting()),
    claim: (routeId, limit) => {
      const claimed = this.#changing(({ queue }) => queue.claim(routeId, limit));
      if (claimed !== undefined) {
        this.#noteOwner(claimed.callId, this.#options.owner);
      }
      return claimed;
    },
    finish: (callId, end) => this.#changing(({ queue }) => queue.finish(callId, end)),
    giveBack: (callId, how) => {
      this.#noteOwner(callId, undefined);
      return this.#changing(({ queue }) => queue.giveBack(callId, how));
    },
    hurry: () => this.#changing(({ queue }) => queue.hurry()),
    cancel: (callId) => this.#changing(({ queue }) => queue.cancel(callId)),
    cancelWaiting: (routeId) => this.#changing(({ queue }) => queue.cancelWaiting(routeId)),
    marked: () => this.#database.use(({ queue }) => queue.marked()),
  };

  /** For who has to do without the rows. */
  #noteOwner(callId: string, owner: string | undefined): void {
    noteOwner(this.#options.requestsFolder, callId, owner);
  }

  #changing<T>(work: (rows: Rows) => T): T {
    const result = this.#database.use(work);
    this.#options.post({ kind: 'changed' });
    return result;
  }

  #kept(callId: string) {
    const record = this.#database.use(({ calls }) => calls.get(callId));
    if (record?.method === undefined || record.url === undefined) {
      throw new HotFunctionsError('invalid-request', `There is no call ${callId}, or it was never made.`);
    }
    return { ...record, method: record.method, url: record.url };
  }

  #answer(id: number, method: MethodName, args: readonly unknown[]): void {
    try {
      // Typed on the side that asks.
      const call = this.#methods[method] as (...values: readonly unknown[]) => unknown;
      this.#options.post({ kind: 'answer', id, value: call(...args) });
    } catch (error) {
      this.#options.post({ kind: 'refused', id, error: sentError(error) });
    }
  }

  #write(): void {
    const changed = this.#assembler.changed();
    if (changed.length === 0) {
      return;
    }
    try {
      this.#database.use(({ calls }) => calls.write(changed));
    } catch (error) {
      if (isLocked(error) && changed.length <= maxUnwritten) {
        clearTimeout(this.#again);
        this.#again = setTimeout(() => this.#write(), againMs);
        return;
      }
      if (!(error instanceof HotFunctionsError)) {
        this.#tell(`${changed.length} calls could not be written to the history: ${sentError(error).message}`);
      }
    }
    this.#assembler.written();
    for (const call of changed) {
      if (call.end !== undefined) {
        this.#finishedSince += 1;
        this.#recent.add(call);
      }
    }
    this.#options.post({ kind: 'changed' });
    this.#retain();
  }

  #retain(): void {
    if (this.#finishedSince < retainEvery.calls && Date.now() - this.#retainedAt < retainEvery.ms) {
      return;
    }
    this.#finishedSince = 0;
    this.#retainedAt = Date.now();
    try {
      this.#database.reconcile();
      this.#database.use(({ calls }) => calls.retain(this.#settings.retention));
    } catch (error) {
      if (!(error instanceof HotFunctionsError || isLocked(error))) {
        this.#tell(`Old calls could not be forgotten: ${sentError(error).message}`);
      }
    }
  }

  #watch(on: boolean): void {
    clearInterval(this.#watching);
    this.#watching = on ? setInterval(() => this.#look(), watchMs) : undefined;
  }

  #look(): void {
    const version = this.#database.dataVersion;
    if (version !== this.#dataVersion) {
      this.#dataVersion = version;
      this.#options.post({ kind: 'changed' });
    }
  }

  #tell(text: string): void {
    this.#options.post({ kind: 'message', text });
  }
}

function sentError(error: unknown): SentError {
  if (error instanceof HotFunctionsError) {
    const { code, message, hint } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }) };
  }
  return { code: 'store-unavailable', message: error instanceof Error ? error.message : String(error) };
}

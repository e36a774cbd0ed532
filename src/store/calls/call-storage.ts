import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AsyncCallStore } from '../../core/calls/async-call-store.ts';
import { maxInterruptions } from '../../core/calls/async-verdict.ts';
import type { RecordingLimits, Retention } from '../../core/calls/call-record.ts';
import { CallRecorder } from '../../core/calls/call-recorder.ts';
import type { CallStore } from '../../core/calls/call-store.ts';
import type { Clock } from '../../core/clock.ts';
import { machineFolder } from '../installation.ts';
import { defaultLockWaitMs } from './open-database.ts';
import { RequestFiles } from './request-files.ts';
import { SqliteAsyncCalls } from './sqlite-async-calls.ts';
import { SqliteCallStore } from './sqlite-call-store.ts';
import type { Leases } from './window-leases.ts';
import { WorkerLink } from './worker-link.ts';
import type { WorkerSettings, WorkerStart } from './worker-protocol.ts';

export interface CallSettings {
  readonly recording: RecordingLimits;
  readonly retention: Retention;
  /** Names of credentials beside the usual ones. */
  readonly secretNames: readonly string[];
}

export interface CallStorageOptions {
  /** The same for all windows that share calls. A folder for each machine is made in it. */
  readonly storageFolder: string;
  /** The bundled `call-worker`. */
  readonly workerScript: URL;
  readonly window: Leases;
  readonly clock: Clock;
  /** Asked for each call, and whenever `settingsChanged` is called. */
  readonly settings: () => CallSettings;
  /** Why there is no history, or that a damaged one was set aside: a line for the user, then what only the log needs. */
  readonly tell: (message: string) => void;
  /** The largest body of an asynchronous call, in bytes. */
  readonly maxRequestBytes: number;
  /** How long another program may lock the database, in milliseconds. */
  readonly lockWaitMs?: number;
}

/** Where calls are kept. Nothing is opened or started before it is used. */
export class CallStorage {
  readonly store: CallStore;
  readonly asyncCalls: AsyncCallStore;
  readonly recorder: CallRecorder;
  readonly #options: CallStorageOptions;
  readonly #link: WorkerLink;
  #files: Promise<RequestFiles> | undefined;

  constructor(options: CallStorageOptions) {
    this.#options = options;
    const { clock, window, settings, tell } = options;
    this.recorder = new CallRecorder({
      clock,
      wallClock: Date.now,
      limits: () => settings().recording,
      send: (batch) => this.#link.send(batch),
    });
    this.#link = new WorkerLink({
      script: options.workerScript,
      start: () => this.#start(),
      tell,
      flush: () => this.recorder.flush(),
      onTaken: (bytes) => this.recorder.written(bytes),
    });
    const asyncCalls = new SqliteAsyncCalls({ link: this.#link, files: () => this.#requestFiles(), window });
    this.asyncCalls = asyncCalls;
    this.store = new SqliteCallStore({ link: this.#link, recover: () => asyncCalls.recover(maxInterruptions) });
  }

  settingsChanged(): void {
    this.#link.tell({ kind: 'settings', settings: this.#workerSettings() });
  }

  #requestFiles(): Promise<RequestFiles> {
    this.#files ??= this.#folder().then(
      (folder) => new RequestFiles({ folder: join(folder, 'queued'), maxBytes: this.#options.maxRequestBytes }),
    );
    return this.#files;
  }

  async #folder(): Promise<string> {
    return join(await machineFolder(this.#options.storageFolder), 'calls');
  }

  async #start(): Promise<WorkerStart> {
    const folder = await this.#folder();
    return {
      folder,
      requestsFolder: join(folder, 'queued'),
      owner: (await this.#options.window)?.id ?? `without-lease-${randomUUID()}`,
      lockWaitMs: this.#options.lockWaitMs ?? defaultLockWaitMs,
      settings: this.#workerSettings(),
    };
  }

  #workerSettings(): WorkerSettings {
    const { retention, secretNames } = this.#options.settings();
    return { retention, secretNames };
  }
}

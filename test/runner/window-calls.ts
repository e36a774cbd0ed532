import { randomUUID } from 'node:crypto';
import { AsyncQueue } from '../../src/core/calls/async-queue.ts';
import { type CallRecord, recordingDefaults, retentionDefaults } from '../../src/core/calls/call-record.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Route } from '../../src/core/route.ts';
import type { Runner } from '../../src/core/runner.ts';
import { CallStorage } from '../../src/store/calls/call-storage.ts';
import { WindowLease } from '../../src/store/window-lease.ts';
import { until } from '../until.ts';

export interface WindowCallsOptions {
  /** Shared by the windows of one workspace. */
  readonly storageFolder: string;
  readonly runner: Runner;
  readonly lease?: WindowLease;
  /** Told of what should not have happened. */
  readonly complain?: (problem: unknown) => void;
}

/** The history and the queue of a window, over the runner of a test. */
export class WindowCalls {
  readonly storage: CallStorage;
  readonly queue: AsyncQueue;
  readonly lease: WindowLease;
  /** What should not have happened. */
  readonly problems: unknown[] = [];
  /** As they are saved now. */
  readonly routes = new Map<string, Route>();

  private constructor(lease: WindowLease, { storageFolder, runner, complain }: WindowCallsOptions) {
    const tell = complain ?? ((problem) => this.problems.push(problem));
    this.lease = lease;
    this.storage = new CallStorage({
      storageFolder,
      workerScript: new URL('../../src/store/calls/call-worker.ts', import.meta.url),
      window: Promise.resolve(lease),
      clock: systemClock,
      settings: () => ({ recording: recordingDefaults, retention: retentionDefaults, secretNames: [] }),
      tell,
      maxRequestBytes: 1024 * 1024,
    });
    this.storage.recorder.follow(runner);
    this.queue = new AsyncQueue({
      store: this.storage.asyncCalls,
      clock: systemClock,
      wallClock: Date.now,
      invoke: (...call) => runner.invoke(...call),
      route: (routeId) => this.routes.get(routeId),
      memoryBudgetMiB: () => undefined,
      newCallId: randomUUID,
      onError: tell,
    });
  }

  static async open(options: WindowCallsOptions): Promise<WindowCalls> {
    return new WindowCalls(options.lease ?? (await WindowLease.take(options.storageFolder)), options);
  }

  save(...routes: readonly Route[]): void {
    for (const route of routes) {
      this.routes.set(route.id, route);
    }
  }

  /** Settles with what is kept of a call once it is over. */
  async over(callId: string): Promise<CallRecord> {
    let record: CallRecord | undefined;
    await until(async () => {
      record = await this.storage.store.get(callId);
      return record?.finishedAt !== undefined;
    }, `call ${callId} to be over`);
    if (record === undefined) {
      throw new Error(`Call ${callId} is not kept.`);
    }
    return record;
  }

  /** To be called before the runner closes. */
  async close(): Promise<void> {
    await this.queue.close();
    await this.storage.store.close();
    await this.lease.release();
  }
}

/** What the function was answering in the last attempt of a call, as far as it is kept. */
export function outputOf({ wire }: Pick<CallRecord, 'wire'>): string {
  return wire
    .map((event) => (event.kind === 'bytes' && event.direction === 'stdout' ? Buffer.from(event.bytes).toString() : ''))
    .join('');
}

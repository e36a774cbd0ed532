import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallOutcome, CallSummary } from '../../../src/core/call.ts';
import { recordingDefaults, retentionDefaults } from '../../../src/core/calls/call-record.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { Emitter } from '../../../src/core/event.ts';
import type { StderrEvent } from '../../../src/core/pool/container-events.ts';
import type { CallStart } from '../../../src/core/runner-options.ts';
import type { WireEvent, WireEventDetail } from '../../../src/core/wire/recording.ts';
import { type CallSettings, CallStorage } from '../../../src/store/calls/call-storage.ts';
import { machineFolder } from '../../../src/store/installation.ts';

const workerScript = new URL('../../../src/store/calls/call-worker.ts', import.meta.url);

export interface BedOptions {
  readonly settings?: Partial<CallSettings>;
  /** The lease under which it runs calls; null for a window that has none. */
  readonly id?: string | null;
  /** Which windows live. */
  readonly live?: () => ReadonlySet<string>;
  readonly lockWaitMs?: number;
}

/** A window with a store in a folder, and the events of a runner that are fired by hand. */
export class CallBed {
  readonly started = new Emitter<CallStart>();
  readonly wired = new Emitter<WireEvent>();
  readonly stderr = new Emitter<StderrEvent>();
  readonly finished = new Emitter<CallSummary>();
  readonly messages: string[] = [];
  readonly storage: CallStorage;

  constructor(folder: string, { settings = {}, id = 'window', live, lockWaitMs }: BedOptions = {}) {
    const lease = id === null ? undefined : { id, windows: windowsOf(live ?? (() => new Set([id]))) };
    this.storage = new CallStorage({
      storageFolder: folder,
      workerScript,
      window: Promise.resolve(lease),
      clock: systemClock,
      settings: () => ({ recording: recordingDefaults, retention: retentionDefaults, secretNames: [], ...settings }),
      tell: (message) => this.messages.push(message),
      maxRequestBytes: 1024 * 1024,
      ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    });
    this.storage.recorder.follow({
      onDidStartCall: this.started.event,
      onWire: this.wired.event,
      onStderr: this.stderr.event,
      onDidFinishCall: this.finished.event,
    });
  }

  start(callId: string, more: Partial<CallStart> = {}): void {
    const facts = { method: 'POST', url: 'http://localhost/r/app/hot', headers: [] };
    this.started.fire({ callId, routeId: 'app/hot', origin: 'editor', format: 'http', facts, ...more });
  }

  wire(callId: string, ...details: readonly WireEventDetail[]): void {
    const exchange = { callId, routeId: 'app/hot', container: 'hot-1', format: 'http', callNumber: 1 } as const;
    for (const detail of details) {
      this.wired.fire({ ...detail, exchange, atMs: 1 });
    }
  }

  finish(callId: string, outcome: CallOutcome = { kind: 'answered', status: 200 }): void {
    const timings = { totalMs: 5 };
    this.finished.fire({ callId, routeId: 'app/hot', outcome, timings, requestBytes: 6, responseBytes: 12 });
  }

  /** A hot call from its beginning to its end. */
  call(callId: string, request: string, answer: string, start: Partial<CallStart> = {}): void {
    const [head = '', body = ''] = request.split(/(?<=\r\n\r\n)/);
    this.start(callId, start);
    this.wire(
      callId,
      { kind: 'begin' },
      { kind: 'bytes', direction: 'stdin', bytes: Buffer.from(request) },
      { kind: 'boundary', boundary: { kind: 'request-complete', headBytes: head.length, bodyBytes: body.length } },
      { kind: 'bytes', direction: 'stdout', bytes: Buffer.from(answer) },
      { kind: 'end', note: 'answered' },
    );
    this.finish(callId);
  }

  /** The ids of the calls with their states, newest first. */
  async states(): Promise<string[]> {
    const { calls } = await this.storage.store.list({ limit: 1000 });
    return calls.map(({ callId, state }) => `${callId} ${state}`);
  }
}

function windowsOf(live: () => ReadonlySet<string>) {
  return async () => ({ live: live(), ended: new Set<string>() });
}

export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hot-functions-calls-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function databaseFolder(storageFolder: string): Promise<string> {
  return join(await machineFolder(storageFolder), 'calls');
}

/** Names of requests that are stored. */
export async function storedRequests(storageFolder: string): Promise<string[]> {
  return (await readdir(join(await databaseFolder(storageFolder), 'queued'))).sort();
}

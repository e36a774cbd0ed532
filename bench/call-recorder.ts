/**
 * What keeping the history costs the thread that calls run on: `node bench/call-recorder.ts` prints microseconds a call,
 * with a store that writes in its worker meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallSummary } from '../src/core/call.ts';
import { recordingDefaults, retentionDefaults } from '../src/core/calls/call-record.ts';
import { systemClock } from '../src/core/clock.ts';
import { Emitter } from '../src/core/event.ts';
import type { StderrEvent } from '../src/core/pool/container-events.ts';
import type { CallStart } from '../src/core/runner.ts';
import type { WireEvent, WireEventDetail } from '../src/core/wire/recording.ts';
import { CallStorage } from '../src/store/calls/call-storage.ts';

const rounds = 12;
const callsOfRound = 2000;
const folder = mkdtempSync(join(tmpdir(), 'hot-functions-recorder-'));
const storage = new CallStorage({
  storageFolder: folder,
  workerScript: new URL('../src/store/calls/call-worker.ts', import.meta.url),
  window: Promise.resolve(undefined),
  clock: systemClock,
  settings: () => ({ recording: recordingDefaults, retention: retentionDefaults, secretNames: [] }),
  tell: (message) => console.error(message),
  maxRequestBytes: 1024,
});
const started = new Emitter<CallStart>();
const wired = new Emitter<WireEvent>();
const stderr = new Emitter<StderrEvent>();
const finished = new Emitter<CallSummary>();
const events = {
  onDidStartCall: started.event,
  onWire: wired.event,
  onStderr: stderr.event,
  onDidFinishCall: finished.event,
};
const input = Buffer.alloc(100, 'x');
const request = Buffer.from(
  `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nFn_format: http\r\nHeader_accept: */*\r\nMethod: POST\r\nRequest_url: http://localhost/r/bench/hot\r\nRoute: /hot\r\nTask-Id: 3e6a1d0c-6a7c-4f4c-9d0e-1d2c3b4a5f6e\r\n\r\n${input}`,
);
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: text/plain\r\n\r\n${input}`);
const details: readonly WireEventDetail[] = [
  { kind: 'begin' },
  { kind: 'bytes', direction: 'stdin', bytes: request },
  { kind: 'boundary', boundary: { kind: 'request-complete', headBytes: 207, bodyBytes: 100 } },
  { kind: 'bytes', direction: 'stdout', bytes: answer },
  { kind: 'boundary', boundary: { kind: 'response-head', status: 200, headBytes: 67 } },
  { kind: 'boundary', boundary: { kind: 'response-complete', headBytes: 67, bodyBytes: 100 } },
  { kind: 'end', note: 'answered' },
];
const headers = [
  ['Accept', '*/*'],
  ['User-Agent', 'curl/8.0'],
  ['Content-Type', 'application/json'],
] as const;

/** What a runner tells of one hot call. */
function call(number: number): void {
  const callId = `3e6a1d0c-6a7c-4f4c-9d0e-${String(number).padStart(12, '0')}`;
  const routeId = 'bench/hot';
  const container = 'hot-ab12cd-bench-hot-1';
  const facts = { method: 'POST', url: 'http://localhost/r/bench/hot', headers };
  started.fire({ callId, routeId, origin: 'endpoint', format: 'http', facts });
  const exchange = { callId, routeId, container, format: 'http', callNumber: number } as const;
  for (const detail of details) {
    wired.fire({ ...detail, exchange, atMs: 0.2 });
  }
  const servedBy = {
    name: container,
    engineId: 'a'.repeat(64),
    temperature: 'reused-hot',
    callNumber: number,
  } as const;
  const timings = { queuedMs: 0, firstByteMs: 0.1, totalMs: 0.3 };
  const outcome = { kind: 'answered', status: 200 } as const;
  finished.fire({ callId, routeId, outcome, servedBy, timings, requestBytes: 100, responseBytes: 100 });
}

let number = 0;
async function microsecondsOfCall(): Promise<number> {
  let spentMs = 0;
  for (let n = 0; n < callsOfRound; n += 1) {
    const since = performance.now();
    for (let burst = 0; burst < 10; burst += 1) {
      number += 1;
      call(number);
    }
    spentMs += performance.now() - since;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (spentMs / callsOfRound / 10) * 1000;
}

const bare: number[] = [];
const recorded: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  bare.push(await microsecondsOfCall());
  const following = storage.recorder.follow(events);
  recorded.push(await microsecondsOfCall());
  following.dispose();
  // The worker is slower than this: what it has not written yet is bounded, and would not be recorded.
  await storage.store.list({ limit: 1 });
}
await storage.store.close();
rmSync(folder, { recursive: true });
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
console.log(
  `${(median(recorded) - median(bare)).toFixed(2)} µs a call, beside ${median(bare).toFixed(2)} µs for events that nobody follows`,
);

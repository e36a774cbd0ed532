/**
 * A window that submits asynchronous calls and runs what there is, until it is killed: in the folder that it is told,
 * as many calls as it is told. It notes each accepted call and each run in files, before anything else happens.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { AsyncQueue } from '../../src/core/calls/async-queue.ts';
import { recordingDefaults, retentionDefaults } from '../../src/core/calls/call-record.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Runner } from '../../src/core/runner.ts';
import { CallStorage } from '../../src/store/calls/call-storage.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { WindowLease } from '../../src/store/window-lease.ts';
import { routeWith } from '../unit/route-with.ts';
import { EchoEngine } from './echo-engine.ts';

const [folder = '', calls = '0'] = process.argv.slice(2);
const note = (file: string, line: string): void => appendFileSync(join(folder, file), `${line}\n`);
const complain = (error: unknown): void => note('errors', error instanceof Error ? String(error.stack) : String(error));
// The test has ended, however it did.
process.on('disconnect', () => process.exit());
process.send?.('begins');

const engine = new EchoEngine((input) => note('runs', input));
const runner = new Runner({
  clock: systemClock,
  engine: () => engine,
  admit: () => {},
  spool: fileSpool({ folder: tmpdir(), maxBytes: 1024 }),
  newCallId: randomUUID,
  containerPrefix: 'hot',
});
const storage = new CallStorage({
  storageFolder: folder,
  workerScript: new URL('../../src/store/calls/call-worker.ts', import.meta.url),
  window: WindowLease.take(folder),
  clock: systemClock,
  settings: () => ({ recording: recordingDefaults, retention: retentionDefaults, secretNames: [] }),
  tell: complain,
  maxRequestBytes: 1024 * 1024,
});
storage.recorder.follow(runner);
const routes = new Map(
  ['a', 'b', 'c'].map((name) => [`app/${name}`, routeWith({ id: `app/${name}`, maxConcurrency: 3 })]),
);
const queue = new AsyncQueue({
  store: storage.asyncCalls,
  clock: systemClock,
  wallClock: Date.now,
  invoke: (...call) => runner.invoke(...call),
  route: (routeId) => routes.get(routeId),
  memoryBudgetMiB: () => undefined,
  newCallId: randomUUID,
  requestOf: (callId) => storage.store.request(callId),
  onError: complain,
});
queue.start();

const all = [...routes.values()];
for (let n = 0; n < Number(calls); n += 1) {
  const route = all[n % all.length];
  const body = randomUUID();
  if (route !== undefined) {
    void queue.submit(route, { body }).then((callId) => note('accepted', `${callId} ${body}`), complain);
  }
  await delay(Math.random() * 20);
}

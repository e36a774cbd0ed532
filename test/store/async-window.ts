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
import { systemClock } from '../../src/core/clock.ts';
import { Runner } from '../../src/core/runner.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { WindowCalls } from '../runner/window-calls.ts';
import { routeWith } from '../unit/route-with.ts';
import { EchoEngine } from './echo-engine.ts';

const [storageFolder = '', calls = '0'] = process.argv.slice(2);
const note = (file: string, line: string): void => appendFileSync(join(storageFolder, file), `${line}\n`);
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
const window = await WindowCalls.open({ storageFolder, runner, complain });
window.save(...['a', 'b', 'c'].map((name) => routeWith({ id: `app/${name}`, maxConcurrency: 3 })));
window.queue.start();

const all = [...window.routes.values()];
for (let n = 0; n < Number(calls); n += 1) {
  const route = all[n % all.length];
  const body = randomUUID();
  if (route !== undefined) {
    void window.queue.submit(route, { body }).then((callId) => note('accepted', `${callId} ${body}`), complain);
  }
  await delay(Math.random() * 20);
}

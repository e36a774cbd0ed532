/**
 * A window in a process of its own that runs one asynchronous call of each format, in containers that never answer. It
 * tells their ids when both run, and goes on until it is killed.
 */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { systemClock } from '../../src/core/clock.ts';
import type { Format } from '../../src/core/route.ts';
import { Runner } from '../../src/core/runner.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { WindowLease } from '../../src/store/window-lease.ts';
import { WindowCalls } from '../runner/window-calls.ts';
import { routeWith } from '../unit/route-with.ts';
import { until } from '../until.ts';
import { connectEngine } from './engine-under-test.ts';

const [storageFolder = '', folder = '', image = ''] = process.argv.slice(2);
// The test has ended, however it did.
process.on('disconnect', () => process.exit());

const lease = await WindowLease.take(storageFolder);
const owner = { installation: lease.installation, window: lease.id };
const engine = await connectEngine(lease.installation, [], { owner });
const runner = new Runner({
  clock: systemClock,
  engine: () => engine,
  admit: () => {},
  spool: fileSpool({ folder: tmpdir(), maxBytes: 1024 }),
  newCallId: randomUUID,
  containerPrefix: `hot-functions-test-${lease.id}`,
});
const complain = (problem: unknown): void => console.error(problem);
const window = await WindowCalls.open({ storageFolder, runner, lease, complain });
const deaf = { image, source: { folder }, memoryMiB: 32, timeoutMs: 60_000, config: { DEAF: 'yes' } };
const formats: readonly Format[] = ['http', 'default'];
window.save(...formats.map((format) => routeWith({ app: 'tests', path: `/${format}`, format, ...deaf })));
const callIds = await Promise.all(
  [...window.routes.values()].map((route) => window.queue.submit(route, { body: 'work' })),
);
await until(
  () => runner.calls().filter(({ container }) => container !== undefined).length === callIds.length,
  'both calls to run',
);
process.send?.(callIds);

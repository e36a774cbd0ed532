/**
 * Measures calls through the runner against the least that could do the same, by turns, in one run.
 *
 * `node bench/bench.ts` needs gcc and a Docker Engine on a unix socket named by DOCKER_HOST; `npm run bench` has both
 * set up. Prints a table and writes bench/results.json.
 */

import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import type { Engine } from '../src/core/engine.ts';
import { bodyOfBytes } from '../src/core/request-body.ts';
import { type Route, routeDefaults } from '../src/core/route.ts';
import { Runner } from '../src/core/runner.ts';
import { encodeRequest } from '../src/core/wire/encode-request.ts';
import { connectDockerEngine } from '../src/engines/docker/docker-engine.ts';
import { localSources } from '../src/engines/docker/local-sources.ts';
import { ProcessEngine } from '../src/engines/process/process-engine.ts';
import { fileSpool } from '../src/store/file-spool.ts';
import { answerSize, bareExchange } from './floor/bare-exchange.ts';
import { RawEngine } from './floor/raw-engine.ts';
import { interleaved, type Sample, sampleOf } from './statistics.ts';

interface Row {
  readonly id: string;
  readonly unit: 'ms';
  readonly value: Sample;
  readonly floor: Sample;
  /** Of the medians. */
  readonly ratio: number;
  readonly mustReach: number;
  readonly ok: boolean;
}

const payload = Buffer.alloc(100, 'x');
const dockerHost = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
const loadBefore = loadavg();
const folder = mkdtempSync(join(tmpdir(), 'hot-functions-bench-'));
const image = `hot-functions-bench-${randomUUID().slice(0, 8)}`;
execFileSync('gcc', ['-static', '-O2', '-o', join(folder, 'function'), join(import.meta.dirname, 'functions.c')]);
writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY function /function\nENTRYPOINT ["/function"]\n');

const source = { folder, entrypoint: ['./function'] };
const hot: Route = {
  ...routeDefaults,
  id: 'bench/hot',
  app: 'bench',
  path: '/hot',
  image,
  format: 'http',
  config: {},
  headers: [],
  source,
};
const cold: Route = { ...hot, id: 'bench/cold', path: '/cold', format: 'default' };
const request = encodeRequest(
  hot,
  { id: randomUUID(), method: 'POST', url: 'http://localhost/r/bench/hot', headers: [] },
  bodyOfBytes(payload),
);
const bytes = Buffer.concat(request.chunks);

const docker = await connectDockerEngine(
  localSources(),
  { owner: { installation: image, window: 'bench' }, buildArgs: () => ({}), onBuildLog: () => {} },
  AbortSignal.timeout(10_000),
);
const processes = new ProcessEngine({
  env: process.env,
  platform: process.platform,
  execPath: process.execPath,
  storageFolder: folder,
  onBuildLog: () => {},
});
const raw = new RawEngine(dockerHost.replace(/^unix:\/\//, ''));

function runnerOn(engine: Engine): { readonly runner: Runner; readonly call: (route: Route) => Promise<void> } {
  const runner = new Runner({
    clock: systemClock,
    engine: () => engine,
    admit: () => {},
    spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
    newCallId: randomUUID,
    containerPrefix: image,
  });
  runner.setRoutes([hot, cold]);
  // The wire is listened to, as in the editor.
  runner.onWire(() => {});
  const call = async (route: Route): Promise<void> => {
    const { status, body } = await runner.invoke(route, { body: payload });
    const { bytes: answered } = await body.collect(1024);
    if (status !== 200 || answered.length !== payload.length) {
      throw new Error(`A call gave ${status} and ${answered.length} bytes.`);
    }
  };
  return { runner, call };
}

function row(
  id: string,
  times: { readonly ours: readonly number[]; readonly floor: readonly number[] },
  mustReach: number,
): Row {
  const [value, floor] = [sampleOf(times.ours), sampleOf(times.floor)];
  const ratio = value.p50 / floor.p50;
  return { id, unit: 'ms', value, floor, ratio, mustReach, ok: ratio <= mustReach };
}

async function hotInDocker(): Promise<Row> {
  const { runner, call } = runnerOn(docker);
  await call(hot);
  const id = await raw.create(image, ['FN_FORMAT=http']);
  const socket = await raw.attach(id);
  await raw.post(`/containers/${id}/start`);
  const size = await answerSize(socket, socket, bytes);
  const times = await interleaved(
    40,
    100,
    () => call(hot),
    () => bareExchange(socket, socket, bytes, size),
  );
  await raw.remove(id);
  await runner.close();
  return row('hot call, docker', times, 1.5);
}

async function hotAsProcess(): Promise<Row> {
  const { runner, call } = runnerOn(processes);
  await call(hot);
  const child = spawn(join(folder, 'function'), { env: { FN_FORMAT: 'http' }, stdio: ['pipe', 'pipe', 'ignore'] });
  const size = await answerSize(child.stdin, child.stdout, bytes);
  const times = await interleaved(
    40,
    200,
    () => call(hot),
    () => bareExchange(child.stdin, child.stdout, bytes, size),
  );
  child.kill();
  await runner.close();
  return row('hot call, process', times, 1.8);
}

async function coldInDocker(): Promise<Row> {
  const { runner, call } = runnerOn(docker);
  await call(cold);
  const bare = async (): Promise<void> => {
    const id = await raw.create(image, []);
    const socket = await raw.attach(id);
    const ended = new Promise((resolve) => socket.on('end', resolve));
    socket.resume();
    await raw.post(`/containers/${id}/start`);
    socket.end(payload);
    await Promise.all([raw.post(`/containers/${id}/wait`), ended]);
    void raw.remove(id);
  };
  const times = await interleaved(30, 1, () => call(cold), bare);
  await runner.close();
  return row('cold call, docker', times, 1.1);
}

const rows = [await hotInDocker(), await hotAsProcess(), await coldInDocker()];
await docker.dispose();
await processes.dispose();
await raw.removeImage(image);
rmSync(folder, { recursive: true });

console.table(
  Object.fromEntries(
    rows.map(({ id, value, floor, ratio, mustReach, ok }) => [
      id,
      {
        'p50 ms': value.p50.toFixed(3),
        p95: value.p95.toFixed(3),
        p99: value.p99.toFixed(3),
        'floor p50': floor.p50.toFixed(3),
        ratio: ratio.toFixed(2),
        'at most': mustReach,
        ok,
      },
    ]),
  ),
);
const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, engine: docker.description };
writeFileSync(
  join(import.meta.dirname, 'results.json'),
  `${JSON.stringify({ machine, loadBefore, loadAfter: loadavg(), rows }, null, 2)}\n`,
);

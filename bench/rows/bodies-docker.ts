import type { Route } from '../../src/core/route.ts';
import type { Runner } from '../../src/core/runner.ts';
import { type Figure, figureOf } from '../figure.ts';
import { bareDownload, bareUpload } from '../floor/bare-bodies.ts';
import { answerSize } from '../floor/bare-exchange.ts';
import { type Interleaved, interleaved, timeOf } from '../interleaved.ts';
import type { echo, Stage } from '../stage.ts';
import type { Subject } from '../subject.ts';

const MIB = 1024 * 1024;
/** As large as what Node reads from a socket or a file at once. */
const chunk = Buffer.alloc(64 * 1024, 'x');

/** Large bodies in and out of a hot container, as streams, against the same chunks on an attached socket. */
export const bodiesDocker: Subject = {
  name: 'bodies-docker',
  guarded: true,
  measure: async (stage) => {
    const length = (stage.quick ? 20 : 100) * MIB;
    const rounds = stage.quick ? 3 : 9;
    return [await upload(stage, length, rounds), await download(stage, length, rounds)];
  },
};

async function upload(stage: Stage, length: number, rounds: number): Promise<Figure> {
  const route = stage.route('/swallow', { timeoutMs: 120_000 });
  const runner = stage.runner(stage.docker, [route]);
  const request = (bodyLength: number) => ({ body: streamOf(bodyLength), bodyLength });
  await call(runner, route, request(1), 0);
  const { id, socket } = await stage.raw.startHot(stage.image);
  const size = await answerSize(socket, socket, stage.requestBytes(route, new Uint8Array()));
  const head = stage.requestHead(route, length);
  const turns = await interleaved(
    { rounds, perTurn: 1 },
    { run: () => call(runner, route, request(length), 0) },
    { run: () => bareUpload(socket, socket, head, chunksOf(length), size) },
  );
  await stage.raw.remove(id);
  await runner.close();
  return speedOf(`${length / MIB} MiB body to a hot function, docker`, length, turns);
}

async function download(stage: Stage, length: number, rounds: number): Promise<Figure> {
  const route = stage.route('/produce', { timeoutMs: 120_000 });
  const runner = stage.runner(stage.docker, [route]);
  const body = Buffer.from(String(length));
  await call(runner, route, { body: '1' }, 1);
  const bytes = stage.requestBytes(route, body);
  const { id, socket } = await stage.raw.startHot(stage.image);
  const answered = `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`.length + length;
  const turns = await interleaved(
    { rounds, perTurn: 1 },
    { run: () => call(runner, route, { body }, length) },
    { run: () => bareDownload(socket, bytes, answered) },
  );
  await stage.raw.remove(id);
  await runner.close();
  return speedOf(`${length / MIB} MiB body from a hot function, docker`, length, turns);
}

async function call(
  runner: Runner,
  route: Route,
  request: Parameters<typeof echo>[2] & object,
  expected: number,
): Promise<void> {
  const { status, body } = await runner.invoke(route, request);
  let received = 0;
  for await (const part of body) {
    received += part.length;
  }
  if (status !== 200 || received !== expected) {
    throw new Error(`A call to ${route.id} gave ${status} and ${received} bytes.`);
  }
}

function* chunksOf(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= chunk.length) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk;
  }
}

async function* streamOf(length: number): AsyncGenerator<Uint8Array> {
  yield* chunksOf(length);
}

function speedOf(id: string, length: number, turns: Interleaved): Figure {
  const { value, floor = Number.NaN, ratios = [] } = timeOf(id, turns);
  const speed = (ms: number): number => length / 1e6 / (ms / 1000);
  const measured = {
    id,
    unit: 'MB/s',
    value: speed(value),
    floor: speed(floor),
    ratios: ratios.map((ratio) => 1 / ratio),
  };
  return figureOf({ ...measured, unit: 'MB/s' }, { bound: 'at least', mustReach: 0.7, aim: 0.9 });
}

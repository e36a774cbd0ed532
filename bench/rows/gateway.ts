import type { Route } from '../../src/core/route.ts';
import { type Figure, figureOf } from '../figure.ts';
import type { BareGatewayStart } from '../floor/bare-gateway.ts';
import { type Answers, Callers } from '../gateway/callers.ts';
import type { OurGatewayStart } from '../gateway/our-gateway.ts';
import { type ServerProcess, startServer } from '../gateway/server-process.ts';
import { payload, type Stage } from '../stage.ts';
import { quantile, sampleOf } from '../statistics.ts';
import type { Subject } from '../subject.ts';

interface Point {
  readonly callers: number;
  readonly containers: number;
}

/** Both ways have a process of their own, and so have the callers. */
interface Servers {
  readonly ours: ServerProcess;
  readonly floor: ServerProcess;
}

const poolSizes = [1, 4] as const;
/** Of the short run: the point where most can be wrong. */
const crowd: Point = { callers: 16, containers: 4 };
/** Short, because a machine's speed changes from second to second, and neighbours are compared. */
const turnMs = 250;
/** Of each point: other callers than before make other code hot. */
const warmUpTurns = 8;

/** Calls through the local endpoint, against Node's bare server in front of as many attached containers. */
export const gateway: Subject = {
  name: 'gateway',
  guarded: true,
  measure: async (stage) => {
    const points = stage.quick ? [crowd] : poolSizes.flatMap((containers) => [1, 4, 16].map(withCallers(containers)));
    const folder = stage.newFolder(`gateway-${Date.now()}`);
    const callers = new Callers(folder);
    const servers = await open(stage, folder);
    try {
      const figures: Figure[] = [];
      for (const point of points) {
        figures.push(...(await measure(callers, point, servers, stage.quick ? 12 : 40)));
      }
      return figures;
    } finally {
      await servers.ours.close();
      await servers.floor.close();
    }
  },
};

function withCallers(containers: number): (callers: number) => Point {
  return (callers) => ({ callers, containers });
}

async function open(stage: Stage, folder: string): Promise<Servers> {
  const routes = poolSizes.map((containers) => routeOf(stage, containers));
  const [first] = routes;
  const ours: OurGatewayStart = { image: stage.image, routes };
  const floor: BareGatewayStart = {
    engineSocket: stage.raw.socketPath,
    image: stage.image,
    containers: Object.fromEntries(poolSizes.map((containers) => [pathOf(containers), containers])),
    head: first === undefined ? '' : stage.requestHead(first, payload.length).toString(),
    bodyLength: payload.length,
  };
  return {
    ours: await startServer('our-gateway.ts', ours, folder),
    floor: await startServer('../floor/bare-gateway.ts', floor, folder),
  };
}

function routeOf(stage: Stage, containers: number): Route {
  // The image is there: nothing is built by the process that is measured.
  const { source: _, ...route } = stage.route(`/hot-${containers}`, {
    maxConcurrency: containers,
    idleTimeoutMs: 600_000,
  });
  return route;
}

function pathOf(containers: number): string {
  return `/r/bench/hot-${containers}`;
}

async function measure(
  all: Callers,
  { callers, containers }: Point,
  servers: Servers,
  rounds: number,
): Promise<readonly Figure[]> {
  const body = Buffer.from(payload).toString();
  const turn = ({ port }: ServerProcess): Promise<Answers> => all.call(port, pathOf(containers), body, callers, turnMs);
  const ours: Answers[] = [];
  const floor: Answers[] = [];
  for (let round = 0; round < warmUpTurns + rounds; round += 1) {
    const answers = { ours: await turn(servers.ours), floor: await turn(servers.floor) };
    if (round >= warmUpTurns) {
      ours.push(answers.ours);
      floor.push(answers.floor);
    }
  }
  const compared = (of: (answers: Answers) => number) => {
    const [own, bare] = [ours.map(of), floor.map(of)];
    const ratios = own.map((value, at) => value / (bare[at] ?? Number.NaN));
    return { value: quantile(own, 0.5), floor: quantile(bare, 0.5), ratios };
  };
  const id = `gateway, ${callers} callers, max_concurrency ${containers}`;
  const spread = {
    value: sampleOf(ours.flatMap(({ times }) => times)),
    floor: sampleOf(floor.flatMap(({ times }) => times)),
  };
  return [
    figureOf(
      { id, unit: 'calls/s', ...compared(({ perSecond }) => perSecond) },
      { bound: 'at least', mustReach: 0.85, aim: 0.95 },
    ),
    figureOf(
      { id: `${id}, p99`, unit: 'ms', ...compared(({ times }) => quantile(times, 0.99)), spread },
      { bound: 'at most', mustReach: 1.5, aim: 1.1 },
    ),
  ];
}

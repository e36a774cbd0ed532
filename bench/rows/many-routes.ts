import type { Route } from '../../src/core/route.ts';
import type { Runner } from '../../src/core/runner.ts';
import { type Figure, figureOf } from '../figure.ts';
import { echo } from '../stage.ts';
import { quantile } from '../statistics.ts';
import type { Subject } from '../subject.ts';

interface Crowd {
  readonly runner: Runner;
  readonly routes: readonly Route[];
  /** Calls a second, of each turn. */
  readonly throughput: number[];
  /** Milliseconds of each call. */
  readonly times: number[];
}

const perRoute = 4;

/** Many callers of many routes at once, against as many callers of as many containers of one route. */
export const manyRoutes: Subject = {
  name: 'many-routes',
  guarded: true,
  measure: async (stage) => {
    const count = stage.quick ? 16 : 64;
    const callers = count * perRoute;
    const many = crowd(stage.processes, count, perRoute);
    const one = crowd(stage.processes, 1, callers);
    const rounds = stage.quick ? 4 : 12;
    for (let round = 0; round <= rounds; round += 1) {
      for (const turn of [many, one]) {
        await call(turn, callers, round > 0);
      }
    }
    await many.runner.close();
    await one.runner.close();
    const tail = ({ times }: Crowd): number => quantile(times, 0.99) / quantile(times, 0.5);
    const figures: readonly Figure[] = [
      figureOf(
        {
          id: `${count} routes × ${perRoute} containers, ${callers} callers, process`,
          unit: 'calls/s',
          value: quantile(many.throughput, 0.5),
          floor: quantile(one.throughput, 0.5),
          ratios: many.throughput.map((calls, turn) => calls / (one.throughput[turn] ?? Number.NaN)),
        },
        { bound: 'at least', mustReach: 0.8, aim: 1 },
      ),
      figureOf(
        { id: 'the same, p99 by p50', unit: '×', value: tail(many), floor: tail(one) },
        { bound: 'at most', mustReach: 2, aim: 1 },
      ),
    ];
    return figures;

    function crowd(engine: typeof stage.processes, routeCount: number, maxConcurrency: number): Crowd {
      const routes = Array.from({ length: routeCount }, (_, at) =>
        stage.route(`/many-${maxConcurrency}-${at}`, { maxConcurrency, idleTimeoutMs: 300_000 }),
      );
      return { runner: stage.runner(engine, routes), routes, throughput: [], times: [] };
    }
  },
};

/** Each caller calls its route again as soon as it has been answered. */
async function call({ runner, routes, throughput, times }: Crowd, callers: number, counted: boolean): Promise<void> {
  const each = 20;
  const since = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const route = routes[caller % routes.length] as Route;
      for (let turn = 0; turn < each; turn += 1) {
        const calledAt = performance.now();
        await echo(runner, route);
        if (counted) {
          times.push(performance.now() - calledAt);
        }
      }
    }),
  );
  if (counted) {
    throughput.push((callers * each) / ((performance.now() - since) / 1000));
  }
}

import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import type { CallOutcome, CallSummary } from '../core/call.ts';
import type { RunningCall } from '../core/calls-under-way.ts';
import type { ContainerSnapshot } from '../core/pool/container-snapshot.ts';
import type { RouteId } from '../core/route.ts';
import { TalliedHistogram } from './tallied-histogram.ts';
import { Tally } from './tally.ts';

export interface CallMetricsSources {
  readonly calls: () => readonly RunningCall[];
  readonly containers: () => readonly ContainerSnapshot[];
  readonly connections: () => number;
}

/** Of the calls of a route that containers of one temperature have served. */
interface Served {
  readonly ended: Record<CallOutcome['kind'], number>;
  readonly durations: Tally;
}

interface RouteCounts {
  readonly queued: Tally;
  readonly byTemperature: Map<string, Served>;
}

/** Calls and containers for Prometheus. Counts every call of the window, whoever made it. */
export class CallMetrics {
  readonly #registry = new Registry();
  readonly #routes = new Map<RouteId, RouteCounts>();
  #complete = 0;

  constructor(sources: CallMetricsSources) {
    const registers = [this.#registry];
    const { calls, containers, connections } = sources;
    const served = (): readonly (readonly [{ route: string; temperature: string }, Served])[] => this.#served();
    new Counter({
      name: 'hot_functions_calls_total',
      help: 'Calls that have ended, by how, and by the container that served them.',
      labelNames: ['route', 'state', 'temperature'],
      registers,
      collect() {
        this.reset();
        for (const [{ route, temperature }, { ended }] of served()) {
          for (const [state, count] of Object.entries(ended).filter(([, ones]) => ones > 0)) {
            this.inc({ route, state, temperature }, count);
          }
        }
      },
    });
    new TalliedHistogram(
      {
        name: 'hot_functions_call_duration_seconds',
        help: 'From the begin of a call to the end of its answer.',
        labelNames: ['route', 'temperature'],
        registers,
      },
      () => served().map(([labels, { durations }]) => [labels, durations] as const),
    );
    new TalliedHistogram(
      {
        name: 'hot_functions_call_queue_seconds',
        help: 'How long calls of hot functions waited for a container that was free.',
        labelNames: ['route'],
        registers,
      },
      () => this.#queued(),
    );
    new Gauge({
      name: 'hot_functions_calls',
      help: 'Calls under way: running in a container, or waiting for one.',
      labelNames: ['route', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { routeId, container } of calls()) {
          this.inc({ route: routeId, state: container === undefined ? 'waiting' : 'running' });
        }
      },
    });
    new Gauge({
      name: 'hot_functions_containers',
      help: 'Containers that are alive, by what they are doing.',
      labelNames: ['route', 'format', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { routeId, format, state } of containers()) {
          this.inc({ route: routeId, format, state: state.kind });
        }
      },
    });
    new Gauge({
      name: 'hot_functions_gateway_connections',
      help: 'Open connections to the local endpoint.',
      registers,
      collect() {
        this.set(connections());
      },
    });
  }

  /** Calls that have ended since the beginning. */
  get complete(): number {
    return this.#complete;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  add({ routeId, outcome, servedBy, timings }: CallSummary): void {
    this.#complete += 1;
    const route = this.#routes.get(routeId) ?? { queued: new Tally(), byTemperature: new Map() };
    this.#routes.set(routeId, route);
    const temperature = servedBy?.temperature ?? 'none';
    const served = route.byTemperature.get(temperature) ?? noneServed();
    route.byTemperature.set(temperature, served);
    served.ended[outcome.kind] += 1;
    served.durations.add(timings.totalMs / 1000);
    if (timings.queuedMs !== undefined) {
      route.queued.add(timings.queuedMs / 1000);
    }
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #served(): readonly (readonly [{ route: string; temperature: string }, Served])[] {
    return [...this.#routes].flatMap(([route, { byTemperature }]) =>
      [...byTemperature].map(([temperature, served]) => [{ route, temperature }, served] as const),
    );
  }

  #queued(): readonly (readonly [{ route: string }, Tally])[] {
    return [...this.#routes]
      .filter(([, { queued }]) => queued.count > 0)
      .map(([route, { queued }]) => [{ route }, queued] as const);
  }
}

function noneServed(): Served {
  return { ended: { answered: 0, failed: 0, aborted: 0 }, durations: new Tally() };
}

import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { CallSummary } from '../core/call.ts';
import type { RunningCall } from '../core/calls-under-way.ts';
import type { ContainerSnapshot } from '../core/pool/container-snapshot.ts';

export interface CallMetricsSources {
  readonly calls: () => readonly RunningCall[];
  readonly containers: () => readonly ContainerSnapshot[];
  readonly connections: () => number;
}

/** In seconds: from an exchange with a warm process to the longest usual timeout. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Calls and containers for Prometheus. Counts every call of the window, whoever made it. */
export class CallMetrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #calls = new Counter({
    name: 'hot_functions_calls_total',
    help: 'Calls that have ended, by how, and by the container that served them.',
    labelNames: ['route', 'state', 'temperature'],
    registers: this.#registers,
  });
  readonly #durations = new Histogram({
    name: 'hot_functions_call_duration_seconds',
    help: 'From the begin of a call to the end of its answer.',
    labelNames: ['route', 'temperature'],
    buckets,
    registers: this.#registers,
  });
  readonly #queued = new Histogram({
    name: 'hot_functions_call_queue_seconds',
    help: 'How long calls of hot functions waited for a container that was free.',
    labelNames: ['route'],
    buckets,
    registers: this.#registers,
  });
  #complete = 0;

  constructor(sources: CallMetricsSources) {
    const registers = this.#registers;
    const { calls, containers, connections } = sources;
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

  add({ routeId: route, outcome, servedBy, timings }: CallSummary): void {
    this.#complete += 1;
    const temperature = servedBy?.temperature ?? 'none';
    this.#calls.inc({ route, state: outcome.kind, temperature });
    this.#durations.observe({ route, temperature }, timings.totalMs / 1000);
    if (timings.queuedMs !== undefined) {
      this.#queued.observe({ route }, timings.queuedMs / 1000);
    }
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

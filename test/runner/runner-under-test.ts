import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { CallRequest, CallResult, CallSummary } from '../../src/core/call.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ContainerSnapshot } from '../../src/core/pool/container-snapshot.ts';
import type { Route } from '../../src/core/route.ts';
import { Runner } from '../../src/core/runner.ts';
import type { InvokeOptions } from '../../src/core/runner-options.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { routeWith } from '../unit/route-with.ts';
import { until } from '../until.ts';
import type { RealEngine } from './real-engine.ts';

/** An answer, collected. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Of a call that failed. */
  readonly code?: string;
  readonly result: CallResult;
}

/** The runner on a real engine, with the probe function behind its routes. */
export class RunnerUnderTest {
  readonly runner: Runner;
  readonly finished: CallSummary[] = [];
  readonly real: RealEngine;

  /** @param memoryBudgetMiB what its containers may use together; not counted if absent */
  constructor(real: RealEngine, memoryBudgetMiB?: number) {
    this.real = real;
    this.runner = new Runner({
      clock: systemClock,
      engine: () => real.engine,
      admit: () => {},
      memoryBudgetMiB: () => memoryBudgetMiB,
      spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
      newCallId: randomUUID,
      containerPrefix: real.name,
    });
    this.runner.onDidFinishCall((summary) => this.finished.push(summary));
  }

  /** A saved route of the probe. */
  route(fields: Partial<Route>): Route {
    const route = routeWith({
      app: 'tests',
      image: `${this.real.name}/probe:1`,
      memoryMiB: 32,
      timeoutMs: 10_000,
      source: { folder: this.real.folder, entrypoint: ['./probe'] },
      ...fields,
    });
    this.runner.setRoutes([route]);
    return route;
  }

  async call(route: Route, body: string, options: InvokeOptions = {}, request: CallRequest = {}): Promise<Answered> {
    const result = await this.runner.invoke(route, { body, ...request }, options);
    const { bytes } = await result.body.collect(1024 * 1024);
    const text = Buffer.from(bytes).toString();
    return { status: result.status, text, result, ...(result.error === undefined ? {} : { code: result.error.code }) };
  }

  /** Settles when a container of the runner comes into a state of that kind. */
  container(kind: ContainerSnapshot['state']['kind']): Promise<ContainerSnapshot> {
    return new Promise((resolve) => {
      const subscription = this.runner.onDidChangeContainers((snapshot) => {
        if (snapshot.state.kind === kind) {
          subscription.dispose();
          resolve(snapshot);
        }
      });
    });
  }

  /** Settles when no container can be given a call any more. */
  async nothingServing(): Promise<void> {
    const serving = () =>
      this.runner.containers().filter(({ state }) => state.kind === 'idle' || state.kind === 'busy');
    await until(() => serving().length === 0, 'the container to leave the pool');
  }

  async nothingLeft(): Promise<void> {
    await until(async () => (await this.real.countAlive()) === 0, 'everything the runner has started to be gone');
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.nothingLeft();
    await this.real.close();
  }
}

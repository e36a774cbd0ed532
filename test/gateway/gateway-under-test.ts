import { systemClock } from '../../src/core/clock.ts';
import type { Route } from '../../src/core/route.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import type { GatewayOptions } from '../../src/gateway/gateway-options.ts';
import { processesForRunner } from '../processes/processes-for-runner.ts';
import type { RealEngine } from '../runner/real-engine.ts';
import { RunnerUnderTest } from '../runner/runner-under-test.ts';
import { RawClient } from './raw-client.ts';

/** A gateway in front of a runner on a real engine: processes of this machine, where nothing else is said. */
export class GatewayUnderTest {
  readonly runs: RunnerUnderTest;
  readonly gateway: Gateway;
  /** What should not have happened. */
  readonly errors: unknown[];
  readonly #routes: { saved: readonly Route[] };

  private constructor(runs: RunnerUnderTest, gateway: Gateway, routes: { saved: readonly Route[] }, errors: unknown[]) {
    this.runs = runs;
    this.gateway = gateway;
    this.#routes = routes;
    this.errors = errors;
  }

  static async open(
    options: Partial<GatewayOptions> = {},
    openEngine: () => Promise<RealEngine> = processesForRunner,
    memoryBudgetMiB?: number,
  ): Promise<GatewayUnderTest> {
    const runs = new RunnerUnderTest(await openEngine(), memoryBudgetMiB);
    const { runner } = runs;
    const routes = { saved: [] };
    const errors: unknown[] = [];
    const gateway = await startGateway({
      runner,
      routes: () => routes.saved,
      clock: systemClock,
      port: 0,
      allowedHosts: () => [],
      allowedOrigins: () => [],
      token: () => undefined,
      version: '1.2.3',
      onError: (error) => errors.push(error),
      ...options,
    });
    return new GatewayUnderTest(runs, gateway, routes, errors);
  }

  /** Saves routes of the probe, these and no others, and gives the URLs to call them at. */
  routes<All extends readonly Partial<Route>[]>(...all: All): { [n in keyof All]: string } {
    this.#routes.saved = all.map((fields) => this.runs.route({ format: 'http', ...fields }));
    this.runs.runner.setRoutes(this.saved);
    // One for each.
    return this.saved.map(({ app, path }) => `http://127.0.0.1:${this.port}/r/${app}${path}`) as {
      [n in keyof All]: string;
    };
  }

  route(fields: Partial<Route>): string {
    const [url] = this.routes(fields);
    return url;
  }

  get saved(): readonly Route[] {
    return this.#routes.saved;
  }

  get port(): number {
    return this.gateway.address.port;
  }

  raw(text = ''): Promise<RawClient> {
    return RawClient.to(this.port, text);
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.runs.close();
  }
}

/** Calls as most callers do, and collects the answer. */
export async function post(
  url: string,
  body: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly text: string; readonly code: unknown }> {
  const response = await fetch(url, { method: 'POST', body, ...init });
  const text = await response.text();
  const code: unknown = text.startsWith('{"request_id"') ? JSON.parse(text).error.code : undefined;
  return { status: response.status, text, code };
}

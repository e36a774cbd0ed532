import { setImmediate as turn } from 'node:timers/promises';
import type { Route } from '../../../src/core/route.ts';
import { type Gateway, startGateway } from '../../../src/gateway/gateway.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway-options.ts';
import { RawClient } from '../../gateway/raw-client.ts';
import type { FakeContainer } from '../fakes/fake-engine.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';

/** A gateway on real sockets in front of a runner on fake time and a fake engine. */
export class GatewayBed {
  readonly runs: RunnerBed;
  readonly gateway: Gateway;
  readonly errors: unknown[];

  private constructor(runs: RunnerBed, gateway: Gateway, errors: unknown[]) {
    this.runs = runs;
    this.gateway = gateway;
    this.errors = errors;
  }

  static async open(routes: readonly Route[], options: Partial<GatewayOptions> = {}): Promise<GatewayBed> {
    const runs = new RunnerBed(routes);
    const { runner, clock } = runs;
    const errors: unknown[] = [];
    const gateway = await startGateway({
      runner,
      routes: () => routes,
      clock,
      port: 0,
      allowedHosts: () => [],
      allowedOrigins: () => [],
      token: () => undefined,
      version: '1.2.3',
      onError: (error) => errors.push(error),
      ...options,
    });
    return new GatewayBed(runs, gateway, errors);
  }

  get url(): string {
    return `http://127.0.0.1:${this.gateway.address.port}`;
  }

  raw(text = ''): Promise<RawClient> {
    return RawClient.to(this.gateway.address.port, text);
  }

  /** A request of a line and headers; `Host` is added. */
  ask(line: string, headers: readonly string[] = [], body = ''): Promise<RawClient> {
    return this.raw([`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n'));
  }

  /** The container that was started as number `index`, when it has been sent what matches. */
  async asked(index = 0, pattern = /\r\n\r\n/): Promise<FakeContainer> {
    for (;;) {
      const container = this.runs.engine.containers[index];
      if (container !== undefined && pattern.test(container.received)) {
        return container;
      }
      await turn();
    }
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.runs.runner.close();
  }
}

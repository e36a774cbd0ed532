import type { ActiveCall } from './active-call.ts';
import { releaseAfter } from './call-end.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { Clock } from './clock.ts';
import type { Engine, PreparedFunction } from './engine.ts';
import { afterWrite, beforeWrite, type Debugging, ready } from './open-debug-run.ts';
import type { HotRoute } from './pool/hot-route.ts';
import type { HotRoutes } from './pool/hot-routes.ts';
import type { Lease } from './pool/lease.ts';
import type { RequestBody } from './request-body.ts';
import type { Answer } from './wire/answer.ts';
import type { CallFacts } from './wire/call-variables.ts';
import { encodeRequest } from './wire/encode-request.ts';
import type { Exchange } from './wire/exchange.ts';

/** Calls of hot functions: a container that is kept, and one HTTP exchange in it. */
export class HotCalls {
  readonly #clock: Clock;
  readonly #routes: HotRoutes;
  readonly #calls: CallsUnderWay;

  constructor(clock: Clock, routes: HotRoutes, calls: CallsUnderWay) {
    this.#clock = clock;
    this.#routes = routes;
    this.#calls = calls;
  }

  /**
   * A call that no container has to be started for: an idle one can have it at once, which needs no promise, or it waits
   * for one that is busy.
   */
  callRunning(call: ActiveCall, engine: Engine): Answer | Promise<Answer> | undefined {
    const hot = this.#routes.for(call.route, engine);
    const idle = hot.leaseIdle(undefined);
    if (idle !== undefined) {
      call.queuedMs = 0;
      return this.#exchange(call, hot, idle, undefined);
    }
    if (hot.pool.wantsContainer) {
      return undefined;
    }
    const since = this.#clock.now();
    // With no more promises on the way than this one, the next request is written before the last caller is answered.
    return hot.pool.acquire(call).then((lease) => {
      this.#note(call, lease, since);
      return this.#exchange(call, hot, lease, undefined);
    });
  }

  /** @param prepare called when a container has to be started, before it is */
  async call(
    call: ActiveCall,
    engine: Engine,
    prepare: () => Promise<PreparedFunction>,
    debugging: Debugging | undefined,
  ): Promise<Answer> {
    const hot = debugging === undefined ? this.#routes.for(call.route, engine) : debugging.hot(engine);
    const since = this.#clock.now();
    const lease = hot.leaseIdle(debugging?.only) ?? (await hot.lease(prepare, call, debugging?.only));
    this.#note(call, lease, since);
    if (debugging !== undefined) {
      await this.#stepIn(debugging, call, hot, lease);
    }
    return this.#exchange(call, hot, lease, debugging);
  }

  #note(call: ActiveCall, { startedMs }: Lease, since: number): void {
    call.startedMs = startedMs;
    call.queuedMs = Math.max(0, this.#clock.now() - since - (call.preparedMs ?? 0) - (startedMs ?? 0));
  }

  async #stepIn(debugging: Debugging, call: ActiveCall, hot: HotRoute, lease: Lease): Promise<void> {
    try {
      await ready(debugging, call, lease.container);
      const bytesOf = (facts: CallFacts, input: RequestBody): Uint8Array =>
        Buffer.concat(encodeRequest(hot.template, call.id, facts, input).chunks);
      await beforeWrite(debugging, call, bytesOf, lease.container);
    } catch (error) {
      // Nothing was written to it.
      lease.release({ kind: 'reuse' });
      throw error;
    }
  }

  #exchange(call: ActiveCall, hot: HotRoute, lease: Lease, debugging: Debugging | undefined): Exchange {
    const { container, startedMs } = lease;
    const exchange = container.exchange({
      id: call.id,
      startedAt: call.startedAt,
      request: encodeRequest(hot.template, call.id, call.facts, call.input),
      onWritten: debugging && afterWrite(debugging, call),
    });
    call.servedBy = {
      name: container.name,
      engineId: container.engineId,
      temperature: startedMs === undefined ? 'reused-hot' : 'started-hot',
      callNumber: exchange.label.callNumber,
    };
    this.#calls.follow(call, exchange, container.gone, (end) => releaseAfter(lease, end));
    return exchange;
  }
}

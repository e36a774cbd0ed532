import type { ActiveCall } from './active-call.ts';
import type { CallOrigin } from './call.ts';
import { failureOf } from './call-end.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { Engine, PreparedFunction } from './engine.ts';
import type { HotFunctionsError } from './errors.ts';
import { afterWrite, beforeWrite, type Debugging, ready } from './open-debug-run.ts';
import type { ColdContainer } from './pool/cold-container.ts';
import { ColdContainers } from './pool/cold-containers.ts';
import type { ContainerSnapshot } from './pool/container-snapshot.ts';
import type { PoolingOptions } from './pool/pooling-options.ts';
import type { SpareContainer } from './pool/spare-container.ts';
import { SpareContainers } from './pool/spare-containers.ts';
import type { Route, RouteId } from './route.ts';
import type { Answer } from './wire/answer.ts';

export interface ColdCallsOptions extends PoolingOptions {
  readonly calls: CallsUnderWay;
  /** Whether a container may be started now that no call has asked for. */
  readonly mayStartAhead: (route: Route, engine: Engine) => boolean;
}

export interface ColdCall {
  readonly call: ActiveCall;
  readonly engine: Engine;
  readonly prepare: () => Promise<PreparedFunction>;
  readonly debugging: Debugging | undefined;
  readonly origin: CallOrigin;
}

/** Calls of cold functions: a container of its own for each, started for it or, where that is wanted, ahead. */
export class ColdCalls {
  readonly spares: SpareContainers;
  readonly #options: ColdCallsOptions;
  readonly #containers: ColdContainers;

  constructor(options: ColdCallsOptions) {
    this.#options = options;
    this.#containers = new ColdContainers(options);
    this.spares = new SpareContainers(options);
  }

  async call(cold: ColdCall): Promise<Answer> {
    const { call, engine, debugging } = cold;
    const prepared = await cold.prepare();
    if (debugging !== undefined) {
      await beforeWrite(debugging, call, (_facts, input) => (input.kind === 'bytes' ? input.bytes : new Uint8Array()));
    }
    const { clock } = this.#options;
    const since = clock.now();
    // Nobody waits for an asynchronous call, and a debugger has its own way to start.
    const mayBeWarm = call.route.type === 'sync' && cold.origin !== 'async' && debugging === undefined;
    const spare = mayBeWarm ? this.#claim(call, engine, prepared) : undefined;
    const awaited = spare?.starting === true;
    if (spare !== undefined && awaited) {
      await untilReady(spare, call.signal);
    }
    // From here to the call's first byte is one turn: one that is found alive is not found dead when it is written to.
    const taken = spare?.take(call.id);
    const container =
      taken && spare ? this.#containers.adopt(taken, spare.name, call) : await this.#start(cold, prepared);
    if (taken === undefined || awaited) {
      call.startedMs = clock.now() - since;
    }
    const { name, engineId } = container;
    call.servedBy = { name, engineId, temperature: taken === undefined ? 'cold' : 'kept-warm', callNumber: 1 };
    this.#options.calls.follow(call, container.exchange, container.gone, ({ kind }) => {
      if (kind === 'clean' && mayBeWarm) {
        // When its own memory is free again: a container started ahead takes nothing from anybody.
        void container.gone.then(() => container.evicted || this.#startAhead(call, engine, prepared));
      }
    });
    if (debugging !== undefined) {
      await ready(debugging, call, container).catch((error: unknown) =>
        container.exchange.fail(failureOf(call, error)),
      );
    }
    container.begin();
    return container.exchange;
  }

  containers(): readonly ContainerSnapshot[] {
    return [...this.#containers.list(), ...this.spares.list()];
  }

  /** Ends containers, of one route or of all; their calls fail with `error`. */
  async stop(error: HotFunctionsError, routeId?: RouteId): Promise<void> {
    await Promise.all([this.#containers.stop(error, routeId), this.spares.stop(routeId)]);
  }

  #start({ call, engine, debugging }: ColdCall, prepared: PreparedFunction): Promise<ColdContainer> {
    const onWritten = debugging && afterWrite(debugging, call);
    return this.#containers.start({ engine, prepared, call, alter: debugging?.alter, onWritten });
  }

  /** The container that was started ahead for such a call. */
  #claim({ route, facts, signal }: ActiveCall, engine: Engine, prepared: PreparedFunction): SpareContainer | undefined {
    signal.throwIfAborted();
    return this.spares.claim({ engine, prepared, route, facts });
  }

  #startAhead({ route, facts }: ActiveCall, engine: Engine, prepared: PreparedFunction): void {
    if (this.#options.mayStartAhead(route, engine)) {
      this.spares.startAhead({ engine, prepared, route, facts });
    }
  }
}

/** It starts for this call now, and ends with it. */
async function untilReady(spare: SpareContainer, signal: AbortSignal): Promise<void> {
  const end = (): void => void spare.end('its call has ended');
  signal.addEventListener('abort', end, { once: true });
  await spare.ready;
  signal.removeEventListener('abort', end);
}

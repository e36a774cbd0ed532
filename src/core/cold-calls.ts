import type { ActiveCall } from './active-call.ts';
import { failureOf } from './call-end.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { Clock } from './clock.ts';
import type { Engine, PreparedFunction } from './engine.ts';
import { afterWrite, beforeWrite, type Debugging, ready } from './open-debug-run.ts';
import type { ColdContainers } from './pool/cold-containers.ts';
import type { Answer } from './wire/answer.ts';

/** Calls of cold functions: a container of its own for each. */
export class ColdCalls {
  readonly #clock: Clock;
  readonly #containers: ColdContainers;
  readonly #calls: CallsUnderWay;

  constructor(clock: Clock, containers: ColdContainers, calls: CallsUnderWay) {
    this.#clock = clock;
    this.#containers = containers;
    this.#calls = calls;
  }

  async call(
    call: ActiveCall,
    engine: Engine,
    prepare: () => Promise<PreparedFunction>,
    debugging: Debugging | undefined,
  ): Promise<Answer> {
    const prepared = await prepare();
    if (debugging !== undefined) {
      await beforeWrite(debugging, call, (_facts, input) => (input.kind === 'bytes' ? input.bytes : new Uint8Array()));
    }
    const since = this.#clock.now();
    const container = await this.#containers.start({
      engine,
      prepared,
      call,
      alter: debugging?.alter,
      onWritten: debugging && afterWrite(debugging, call),
    });
    call.startedMs = this.#clock.now() - since;
    const { name, engineId } = container;
    call.servedBy = { name, engineId, temperature: 'cold', callNumber: 1 };
    this.#calls.follow(call, container.exchange, container.gone, () => {});
    if (debugging !== undefined) {
      await ready(debugging, call, container).catch((error: unknown) =>
        container.exchange.fail(failureOf(call, error)),
      );
    }
    container.begin();
    return container.exchange;
  }
}

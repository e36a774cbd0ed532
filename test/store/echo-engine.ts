import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerSpec, PreparedFunction } from '../../src/core/engine.ts';
import { type FakeContainer, FakeEngine } from '../unit/fakes/fake-engine.ts';

/** Functions that answer what they are given, after a few milliseconds. */
export class EchoEngine extends FakeEngine {
  readonly #onRun: (input: string) => void;

  constructor(onRun: (input: string) => void) {
    super();
    this.#onRun = onRun;
  }

  override async start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<FakeContainer> {
    const container = await super.start(prepared, spec, signal);
    container.stdin.once('end', () => void this.#answer(container));
    return container;
  }

  async #answer(container: FakeContainer): Promise<void> {
    this.#onRun(container.received);
    await delay(Math.random() * 40);
    container.stdout.write(`echo ${container.received}`);
    container.exits({ reason: 'exit', code: 0 });
  }
}

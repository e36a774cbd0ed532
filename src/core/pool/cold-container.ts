import type { ActiveCall } from '../active-call.ts';
import type { Clock } from '../clock.ts';
import type { Container, ContainerAccess } from '../engine.ts';
import type { HotFunctionsError } from '../errors.ts';
import { describeExit } from '../function-exit.ts';
import { StderrTail } from '../stderr-tail.ts';
import { ColdExchange } from '../wire/cold-exchange.ts';
import type { ContainerEvents } from './container-events.ts';
import type { ContainerSnapshot, ContainerState } from './container-snapshot.ts';

export interface ColdContainerOptions extends ContainerEvents {
  readonly name: string;
  readonly call: ActiveCall;
  readonly clock: Clock;
  readonly debugged: boolean;
  /** Of one that was started before its call: what its function has written since. */
  readonly before?: { readonly stderr: StderrTail; readonly output: readonly Uint8Array[] };
  /** Called when the input is written; the answer is not read until it settles. */
  readonly onWritten?: (() => Promise<void>) | undefined;
}

/** A container that serves one call and is removed after it, in every path. */
export class ColdContainer {
  readonly name: string;
  readonly engineId: string;
  /** For a debugger. */
  readonly access: ContainerAccess;
  readonly exchange: ColdExchange;
  /** Settles when nothing is left of it. Never rejects. */
  readonly gone: Promise<void>;
  readonly #options: ColdContainerOptions;
  readonly #container: Container;
  #state: ContainerState;
  #evicted = false;

  constructor(container: Container, options: ColdContainerOptions) {
    const { name, call } = options;
    const { id: callId, route } = call;
    this.#options = options;
    this.#container = container;
    this.name = name;
    this.engineId = container.engineId;
    this.access = container;
    this.#state = { kind: 'busy', callId };
    const { stdin, stdout } = container;
    this.exchange = new ColdExchange({
      label: { callId, routeId: route.id, container: name, format: 'default', callNumber: 1 },
      body: call.input,
      clock: options.clock,
      callStartedAt: call.startedAt,
      onWire: options.onWire,
      flow: (flowing) => (flowing ? stdout.resume() : stdout.pause()),
      onWritten: options.onWritten,
    });
    const stderr =
      options.before?.stderr ??
      new StderrTail(container.stderr, (text) =>
        options.onStderr({ container: name, routeId: route.id, callId, text }),
      );
    // A function need not read its input; its exit tells what became of it.
    stdin.on('error', () => {});
    stdout.on('error', () => {});
    stdout.on('data', (chunk: Uint8Array) => this.exchange.receive(chunk));
    const exited = container.exit.then((exit) => {
      this.exchange.exited(exit, stderr.text);
      return describeExit(exit);
    });
    this.gone = Promise.race([exited, this.exchange.end.then(() => 'ended')]).then((why) => this.#remove(why));
  }

  /** Gives the function its input. */
  begin(): void {
    this.exchange.write(this.#container.stdin);
    for (const chunk of this.#options.before?.output ?? []) {
      this.exchange.receive(chunk);
    }
  }

  snapshot(): ContainerSnapshot {
    const { call, debugged } = this.#options;
    const { name, engineId } = this;
    const routeId = call.route.id;
    const snapshot = { name, engineId, routeId, format: 'default', state: this.#state, served: 1 } as const;
    return debugged ? { ...snapshot, debugged } : snapshot;
  }

  /** Whether somebody has asked for its end, if only after its call. */
  get evicted(): boolean {
    return this.#evicted;
  }

  /** Fails its call and ends it at once. */
  evict(error: HotFunctionsError): Promise<void> {
    this.#evicted = true;
    this.exchange.fail(error);
    return this.gone;
  }

  async #remove(why: string): Promise<void> {
    try {
      await this.#container.kill();
      this.#become({ kind: 'gone', why });
    } catch (error) {
      this.#become({ kind: 'gone', why: `${why}; not removed: ${error instanceof Error ? error.message : error}` });
    }
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#options.onChange(this.snapshot());
  }
}

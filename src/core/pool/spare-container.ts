import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { Container, ContainerExit } from '../engine.ts';
import { describeExit } from '../function-exit.ts';
import type { RouteId } from '../route.ts';
import { StderrTail } from '../stderr-tail.ts';
import type { ContainerEvents } from './container-events.ts';
import type { ContainerSnapshot, ContainerState } from './container-snapshot.ts';
import type { Reservation } from './memory-budget.ts';

/** A function that waits for its input has little to say; one that says more has gone to work without it. */
const maxOutputBytes = 64 * 1024;

export interface SpareContainerOptions extends ContainerEvents {
  readonly name: string;
  readonly routeId: RouteId;
  /** Whatever its function can see of how it was started, as a text. */
  readonly startedAs: string;
  /** Released when it is gone, unless it was taken. */
  readonly memory: Reservation;
  /** Fixed for its life. */
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  readonly start: (signal: AbortSignal) => Promise<Container>;
  /** Called once, when it ends without having been taken; `ownDoing` if its function has not waited for a call. */
  readonly onLeave: (spare: SpareContainer, ownDoing: boolean) => void;
  /** Called once, when it was taken or nothing is left of it. */
  readonly onOver: (spare: SpareContainer) => void;
}

/** A container that was started ahead, with what its function has done so far. */
export interface Taken {
  readonly container: Container;
  readonly memory: Reservation;
  readonly stderr: StderrTail;
  /** What it wrote to stdout before its call: the beginning of its answer. */
  readonly output: readonly Uint8Array[];
}

/** A cold function that was started before its call and waits for it on stdin. */
export class SpareContainer {
  readonly name: string;
  readonly routeId: RouteId;
  readonly startedAs: string;
  /** Settles when it runs or will never do. Never rejects. */
  readonly ready: Promise<void>;
  readonly #options: SpareContainerOptions;
  readonly #ready = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  readonly #output: Uint8Array[] = [];
  #outputBytes = 0;
  #running: { readonly container: Container; readonly stderr: StderrTail } | undefined;
  #idleTimer: Disposable | undefined;
  #callId: string | undefined;
  #state: ContainerState = { kind: 'starting' };

  constructor(options: SpareContainerOptions) {
    this.#options = options;
    const { name, routeId, startedAs } = options;
    this.name = name;
    this.routeId = routeId;
    this.startedAs = startedAs;
    this.ready = this.#ready.promise;
  }

  /** Starts it, once it is known to whoever is told of it. */
  begin(): void {
    this.#options.onChange(this.snapshot());
    void this.#start().finally(() => this.#ready.resolve());
  }

  get starting(): boolean {
    return this.#state.kind === 'starting';
  }

  snapshot(): ContainerSnapshot {
    const { name, routeId } = this;
    const engineId = this.#running?.container.engineId ?? '';
    return { name, engineId, routeId, format: 'default', state: this.#state, served: 0 };
  }

  /** Hands it over to its call, which writes to it in the same turn; undefined if it cannot serve any more. */
  take(callId: string): Taken | undefined {
    const running = this.#running;
    // A closed stdin is the first that is seen of a function that has just ended.
    if (running === undefined || this.#state.kind !== 'idle' || !running.container.stdin.writable) {
      return undefined;
    }
    this.#idleTimer?.dispose();
    this.#callId = callId;
    this.#state = { kind: 'busy', callId };
    running.container.stdout.off('data', this.#onOutput);
    this.#isOver();
    return { ...running, memory: this.#options.memory, output: this.#output };
  }

  /** Begins its idle clock anew. */
  rest(): void {
    if (this.#state.kind === 'idle') {
      this.#idle();
    }
  }

  /**
   * Ends it at once. Never by the end of its input: that would be a call without a payload.
   *
   * @returns what settles when nothing is left of it, at once if it was taken
   */
  end(why: string): Promise<void> {
    this.#end(why, false);
    return this.#over.promise;
  }

  async #start(): Promise<void> {
    let container: Container;
    try {
      container = await this.#options.start(this.#abort.signal);
    } catch (error) {
      this.#leave(`did not start: ${error instanceof Error ? error.message : error}`, false);
      this.#becomeGone();
      return;
    }
    const { stdin, stdout } = container;
    stdin.on('error', () => {});
    stdout.on('error', () => {});
    stdout.on('data', this.#onOutput);
    const stderr = new StderrTail(container.stderr, (text) => {
      const { name, routeId } = this;
      this.#options.onStderr({ container: name, routeId, callId: this.#callId, text });
    });
    this.#running = { container, stderr };
    if (this.starting) {
      this.#idle();
    } else {
      this.#kill(container);
    }
    void container.exit.then((exit) => this.#exited(exit));
  }

  readonly #onOutput = (chunk: Uint8Array): void => {
    this.#outputBytes += chunk.length;
    if (this.#outputBytes <= maxOutputBytes) {
      this.#output.push(chunk);
    } else {
      this.#end('it answers without having read a request', true);
    }
  };

  #idle(): void {
    const { clock, idleTimeoutMs } = this.#options;
    const now = clock.now();
    this.#idleTimer?.dispose();
    this.#idleTimer = clock.after(idleTimeoutMs, () => this.#end('idle timeout', false));
    this.#become({ kind: 'idle', sinceMs: now, untilMs: now + idleTimeoutMs });
  }

  #exited(exit: ContainerExit): void {
    const ownDoing = exit.reason === 'exit' || exit.reason === 'out-of-memory';
    this.#end(`${describeExit(exit)} before its call`, ownDoing);
  }

  #end(why: string, ownDoing: boolean): void {
    if (!this.#leave(why, ownDoing)) {
      return;
    }
    if (this.#running === undefined) {
      this.#abort.abort();
    } else {
      this.#kill(this.#running.container);
    }
  }

  /** @returns whether this was the moment it left: it leaves its route before it is told to end. */
  #leave(why: string, ownDoing: boolean): boolean {
    if (this.#state.kind !== 'starting' && this.#state.kind !== 'idle') {
      return false;
    }
    this.#idleTimer?.dispose();
    this.#become({ kind: 'draining', why });
    this.#options.onLeave(this, ownDoing);
    return true;
  }

  #kill(container: Container): void {
    container.kill().then(
      () => this.#becomeGone(),
      (error: unknown) => this.#becomeGone(`; not removed: ${error instanceof Error ? error.message : error}`),
    );
  }

  #becomeGone(more = ''): void {
    const why = this.#state.kind === 'draining' ? this.#state.why : 'killed';
    this.#become({ kind: 'gone', why: `${why}${more}` });
    this.#options.memory.release();
    this.#isOver();
  }

  #isOver(): void {
    this.#options.onOver(this);
    this.#over.resolve();
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#options.onChange(this.snapshot());
  }
}

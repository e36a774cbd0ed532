import type { Clock } from '../clock.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import type { Container, ContainerAccess, ContainerExit } from '../engine.ts';
import { HotFunctionsError } from '../errors.ts';
import { describeExit, functionExitError } from '../function-exit.ts';
import type { RouteId } from '../route.ts';
import { StderrTail } from '../stderr-tail.ts';
import type { EncodedRequest } from '../wire/encode-request.ts';
import { Exchange, strayAfterAnswer } from '../wire/exchange.ts';
import { UsualHeads } from '../wire/usual-head.ts';
import type { ContainerEvents } from './container-events.ts';
import type { ContainerSnapshot, ContainerState } from './container-snapshot.ts';

/** How long a function has to end after end of file on stdin, and then after SIGTERM. Source: the contract. */
const graceMs = { endOfFile: 1000, terminate: 2000 };

/** A function that closed its stdout has this long to exit before it is ended. */
const silentExitMs = 1000;

export interface HotContainerOptions extends ContainerEvents {
  readonly name: string;
  readonly routeId: RouteId;
  /** Fixed for the container's life. */
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  /** Called once, when the container can serve no more: before it is told to end, or when it ended by itself. */
  readonly onLeave: (container: HotContainer) => void;
}

/** What a call needs of a hot container. */
export interface HotCall {
  readonly id: string;
  readonly startedAt: number;
  readonly request: EncodedRequest;
  /** Called when the request is written; the answer is not read until it settles. */
  readonly onWritten?: (() => Promise<void>) | undefined;
}

/** One hot function that runs: serves one exchange at a time and only from a clean message boundary. */
export class HotContainer {
  readonly name: string;
  readonly engineId: string;
  /** For a debugger. */
  readonly access: ContainerAccess;
  /** Settles when nothing is left of it. Never rejects. */
  readonly gone: Promise<void>;
  readonly #container: Container;
  readonly #options: HotContainerOptions;
  readonly #stderr: StderrTail;
  readonly #gone = Promise.withResolvers<void>();
  readonly #usualHeads = new UsualHeads();
  readonly #endTimers = new DisposableStore();
  readonly #flow: (flowing: boolean) => void;
  #state: ContainerState;
  #idleTimer: Disposable | undefined;
  #exchange: Exchange | undefined;
  #callStartedAt = 0;
  #previousCallId: string | undefined;
  #served = 0;
  #pins = 0;
  #exited = false;
  #killing = false;
  /** Whether any before the last one was. */
  #answered = false;
  #leftBecause: HotFunctionsError | undefined;

  constructor(container: Container, options: HotContainerOptions) {
    this.#container = container;
    this.#options = options;
    this.name = options.name;
    this.engineId = container.engineId;
    this.access = container;
    this.gone = this.#gone.promise;
    const { stdout } = container;
    this.#flow = (flowing) => (flowing ? stdout.resume() : stdout.pause());
    const now = options.clock.now();
    this.#state = { kind: 'idle', sinceMs: now, untilMs: now + options.idleTimeoutMs };
    this.#stderr = new StderrTail(container.stderr, (text) =>
      options.onStderr({ container: this.name, routeId: options.routeId, callId: this.#exchange?.label.callId, text }),
    );
    // A function that no longer reads its stdin is told by its answer or its exit, not by the failed write.
    container.stdin.on('error', () => {});
    stdout.on('error', () => {});
    stdout.on('data', (chunk: Uint8Array) => this.#output(chunk));
    stdout.on('end', () => this.#outputEnded());
    void container.exit.then((exit) => this.#onExit(exit));
  }

  /** On the clock; undefined while it is not idle. */
  get idleSinceMs(): number | undefined {
    return this.#state.kind === 'idle' ? this.#state.sinceMs : undefined;
  }

  /** Whether any exchange has been answered in full. */
  get answered(): boolean {
    return this.#answered || this.#exchange?.answered === true;
  }

  /** Why it ended, if it did so of itself and before its first answer. */
  get failedStart(): HotFunctionsError | undefined {
    return this.#exited && !this.answered ? this.#leftBecause : undefined;
  }

  /** Whether it may be given another call. */
  get serves(): boolean {
    return this.#state.kind === 'idle' || this.#state.kind === 'busy';
  }

  snapshot(): ContainerSnapshot {
    const { name, routeId } = this.#options;
    const { engineId } = this;
    const snapshot = { name, engineId, routeId, format: 'http', state: this.#state, served: this.#served } as const;
    return this.pinned ? { ...snapshot, debugged: true } : snapshot;
  }

  get pinned(): boolean {
    return this.#pins > 0;
  }

  /** Keeps it from going idle for a debugger, until the pin is disposed; the idle clock then starts anew. */
  pin(): Disposable {
    this.#pins += 1;
    this.#restAgain();
    let open = true;
    return {
      dispose: () => {
        if (open) {
          open = false;
          this.#pins -= 1;
          this.#restAgain();
        }
      },
    };
  }

  /** Writes the call's request and reads its answer. The caller holds the only lease on this container. */
  exchange(call: HotCall): Exchange {
    const left = this.#leftBecause;
    this.#answered = this.answered;
    this.#served += 1;
    this.#callStartedAt = call.startedAt;
    const previousCallId = this.#exchange?.label.callId;
    this.#previousCallId = previousCallId;
    const exchange = new Exchange({
      label: {
        callId: call.id,
        routeId: this.#options.routeId,
        container: this.name,
        format: 'http',
        callNumber: this.#served,
      },
      request: call.request,
      usualHeads: this.#usualHeads,
      previousCallId,
      clock: this.#options.clock,
      callStartedAt: call.startedAt,
      onWire: this.#options.onWire,
      flow: this.#flow,
      onWritten: call.onWritten,
    });
    this.#exchange = exchange;
    if (left === undefined) {
      this.#become({ kind: 'busy', callId: call.id });
      exchange.write(this.#container.stdin);
    } else {
      // It ended, or spoiled its stdout, between being leased and being used.
      exchange.fail(left);
    }
    return exchange;
  }

  /** Whether all of the last request has left us: what is still to be written would meet the next one. */
  get inputDrained(): boolean {
    return this.#exchange?.requestSent === true && this.#container.stdin.writableLength === 0;
  }

  /** Starts the idle clock; at its end, or at once if it is 0, the container retires. */
  rest(): void {
    const { clock, idleTimeoutMs } = this.#options;
    const now = clock.now();
    const { pinned } = this;
    this.#become({ kind: 'idle', sinceMs: now, untilMs: pinned ? Number.POSITIVE_INFINITY : now + idleTimeoutMs });
    if (pinned) {
      return;
    }
    if (idleTimeoutMs === 0) {
      this.retire('idle timeout');
    } else {
      // One that was set for an earlier rest is left to run out: a timer for each call would cost it 1 µs.
      this.#idleTimer ??= clock.after(idleTimeoutMs, () => this.#idleTimerRanOut());
    }
  }

  #idleTimerRanOut(): void {
    this.#idleTimer = undefined;
    if (this.#state.kind !== 'idle' || this.pinned) {
      return;
    }
    const { clock } = this.#options;
    const leftMs = this.#state.untilMs - clock.now();
    if (leftMs <= 0) {
      this.retire('idle timeout');
    } else {
      this.#idleTimer = clock.after(leftMs, () => this.#idleTimerRanOut());
    }
  }

  /** Ends it the polite way: end of file, then SIGTERM, then SIGKILL. It takes no call from here on. */
  retire(why: string): void {
    if (!this.#leave(why)) {
      return;
    }
    const { clock } = this.#options;
    this.#container.stdin.end();
    this.#endTimers.add(
      clock.after(graceMs.endOfFile, () => {
        this.#container.terminate().catch(() => {});
        this.#endTimers.add(clock.after(graceMs.terminate, () => this.#kill()));
      }),
    );
  }

  /** Ends it at once; what it still writes reaches nobody. An exchange under way fails with `error`. */
  evict(error: HotFunctionsError): Promise<void> {
    this.#leftBecause ??= error;
    this.#leave(error.message);
    this.#kill();
    this.#exchange?.fail(error);
    return this.gone;
  }

  #output(chunk: Uint8Array): void {
    const exchange = this.#exchange;
    if (exchange !== undefined && (exchange.running || !this.serves)) {
      exchange.receive(chunk);
      return;
    }
    const error =
      exchange === undefined
        ? new HotFunctionsError('stray-output', 'The function wrote to stdout before its first request.', {
            bytes: Uint8Array.from(chunk.subarray(0, 192)),
            hint: 'stdout carries only responses: send logs and prints to stderr.',
          })
        : strayAfterAnswer(chunk, this.#previousCallId);
    if (exchange !== undefined) {
      const atMs = this.#options.clock.now() - this.#callStartedAt;
      this.#options.onWire({ kind: 'stray', bytes: chunk, exchange: exchange.label, atMs });
    }
    void this.evict(error);
  }

  #outputEnded(): void {
    if (this.#exited) {
      return;
    }
    this.#endTimers.add(
      this.#options.clock.after(silentExitMs, () => {
        this.#exchange?.brokenOff('The function closed its stdout', ({ code, message }) => {
          const hint = 'Keep stdout open between answers.';
          return new HotFunctionsError(code, message, { stderr: this.#stderr.text, hint });
        });
        this.#leave('closed its stdout');
        this.#kill();
      }),
    );
  }

  #onExit(exit: ContainerExit): void {
    this.#exited = true;
    this.#leftBecause ??= functionExitError(
      exit,
      { code: 'function-exited', message: `${describeExit(exit)}.` },
      this.#stderr.text,
    );
    this.#leave(describeExit(exit));
    this.#endTimers.dispose();
    this.#exchange?.brokenOff(describeExit(exit), (broken) => functionExitError(exit, broken, this.#stderr.text));
    // Also after an exit of its own: the engine may keep something of it.
    this.#kill();
  }

  #kill(): void {
    if (this.#killing) {
      return;
    }
    this.#killing = true;
    const why = this.#state.kind === 'draining' ? this.#state.why : 'killed';
    this.#container.kill().then(
      () => this.#becomeGone(why),
      (error: unknown) => this.#becomeGone(`${why}; not removed: ${error instanceof Error ? error.message : error}`),
    );
  }

  #becomeGone(why: string): void {
    if (this.#state.kind !== 'gone') {
      this.#endTimers.dispose();
      this.#become({ kind: 'gone', why });
      this.#gone.resolve();
    }
  }

  /** @returns whether this was the moment it left. Leaving comes before ending: no call is given to it after. */
  #leave(why: string): boolean {
    if (!this.serves) {
      return false;
    }
    this.#stopIdling();
    this.#become({ kind: 'draining', why });
    this.#options.onLeave(this);
    return true;
  }

  #restAgain(): void {
    if (this.#state.kind === 'idle') {
      this.#stopIdling();
      this.rest();
    } else if (this.serves) {
      this.#options.onChange(this.snapshot());
    }
  }

  #stopIdling(): void {
    this.#idleTimer?.dispose();
    this.#idleTimer = undefined;
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#options.onChange(this.snapshot());
  }
}

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CallResult } from '../../core/call.ts';
import type { CallGate, EditableRequest, GateContainer } from '../../core/call-gate.ts';
import type { AttachedRun, DebugRun } from '../../core/debug-run.ts';
import { DisposableStore } from '../../core/disposable.ts';
import type { Engine, PrepareProgress } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Route } from '../../core/route.ts';
import type { Runner } from '../../core/runner.ts';
import { collectWhatCame } from '../../editor/response/collect-body.ts';
import { renderResponse } from '../../editor/response/render-response.ts';
import type { LaunchConfiguration, LaunchedCall } from '../configuration/launch-configuration.ts';
import { type ExchangeAnswer, ExchangeDebugger, type ExchangeTeller } from '../exchange/exchange-debugger.ts';
import type { ContainerFacts } from '../exchange/exchange-scopes.ts';
import { FunctionDebugger, type FunctionDebuggerOptions } from './function-debugger.ts';
import { FunctionStderr } from './function-stderr.ts';
import { StartProgress } from './start-progress.ts';

/** Of an answer in the Debug Console, which is for reading along. */
const maxShownChars = 64 * 1024;

/** A debugger that goes away with its function is told of before the function is. */
const farewellMs = 2000;

/** A route as it stood when its session started, and where. */
export interface DefinedRun {
  readonly route: Route;
  /** Absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface RouteRunDependencies
  extends Pick<FunctionDebuggerOptions, 'clock' | 'storageFolder' | 'languages' | 'children' | 'freePort' | 'onError'> {
  readonly runner: Pick<Runner, 'openDebug' | 'attachDebug' | 'onWire' | 'onStderr' | 'containers'>;
  engine(): Promise<Engine>;
  define(configuration: LaunchConfiguration): Promise<DefinedRun>;
  requestOf(call: LaunchedCall): Promise<EditableRequest>;
  maxResponseBytes(): number;
}

export interface RouteRunTeller {
  /** As the editor introduced itself. */
  readonly initialize: DebugProtocol.InitializeRequestArguments;
  readonly exchange: ExchangeTeller;
  /** What was to be debugged is there. */
  started(): void;
  output(category: 'console' | 'stdout' | 'stderr' | 'important', text: string): void;
  progress(event: DebugProtocol.Event): void;
  /** There is nothing left to debug. */
  ended(): void;
}

/** A route under the debugger, call after call, from its first container to its end. */
export class RouteRun {
  readonly route: Route;
  readonly file: string;
  readonly line: number;
  readonly exchange: ExchangeDebugger;
  readonly #dependencies: RouteRunDependencies;
  readonly #configuration: LaunchConfiguration;
  readonly #tell: RouteRunTeller;
  readonly #owned = new DisposableStore();
  readonly #stderr: FunctionStderr;
  readonly #code: FunctionDebugger;
  readonly #progress: StartProgress;
  readonly #closed = new AbortController();
  #run: DebugRun | undefined;
  #container: { readonly name: string; alive: boolean } | undefined;
  #started = false;
  #calling: Promise<void> | undefined;

  static async define(
    dependencies: RouteRunDependencies,
    configuration: LaunchConfiguration,
    tell: RouteRunTeller,
  ): Promise<RouteRun> {
    return new RouteRun(dependencies, configuration, tell, await dependencies.define(configuration));
  }

  private constructor(
    dependencies: RouteRunDependencies,
    configuration: LaunchConfiguration,
    tell: RouteRunTeller,
    { route, file, line }: DefinedRun,
  ) {
    this.route = route;
    this.file = file;
    this.line = line;
    this.#dependencies = dependencies;
    this.#configuration = configuration;
    this.#tell = tell;
    const { runner } = dependencies;
    const stopOnEntry = configuration.stopOnEntry === true;
    this.exchange = new ExchangeDebugger({ route, stopOnEntry, tell: tell.exchange });
    this.#owned.add(runner.onWire((event) => this.exchange.onWire(event)));
    this.#stderr = this.#owned.add(
      new FunctionStderr({ onStderr: runner.onStderr, routeId: route.id, clock: dependencies.clock }, (line) =>
        tell.output('stderr', `${line}\n`),
      ),
    );
    this.#code = this.#owned.add(
      new FunctionDebugger({
        ...dependencies,
        route,
        configuration,
        stderr: this.#stderr,
        initialize: tell.initialize,
        note: (text) => tell.output('console', text),
        onChildEnded: () => this.#childEnded(),
      }),
    );
    this.#progress = new StartProgress(`Debugging ${route.id}`, tell.progress);
  }

  /** Makes the first call. Settles when it is over; rejects when nothing could be debugged. */
  async start(): Promise<void> {
    const { runner, engine } = this.#dependencies;
    const { call, container } = this.#configuration;
    if (container === undefined) {
      this.#run = runner.openDebug(this.route, (found, on) => this.#code.alter(found, on));
      await this.#callInTurn();
      return;
    }
    const run: AttachedRun = runner.attachDebug(container);
    this.#run = run;
    await this.#code.open(run.container, (await engine()).kind);
    await this.#ready(run.container);
    this.#begin();
    if (call !== undefined) {
      await this.#callInTurn();
    }
  }

  /** Makes the next call, in the same container if that is still there. Throws while one is under way. */
  async callAgain(): Promise<void> {
    if (this.exchange.stopped && this.exchange.call?.position.kind === 'answered') {
      this.exchange.continue();
      await this.#calling;
    }
    if (this.#calling !== undefined || this.#closed.signal.aborted) {
      throw new HotFunctionsError('invalid-request', `A call to ${this.route.id} is under way.`, {
        hint: 'Let it end first.',
      });
    }
    this.#callInTurn().catch((error: unknown) => this.#broke(error));
  }

  containerFacts(): ContainerFacts {
    const { runner } = this.#dependencies;
    const name = this.#container?.name;
    return {
      snapshot: runner.containers().find((snapshot) => snapshot.name === name),
      language: this.#code.language,
      stderr: this.#stderr.tail,
    };
  }

  /** Ends everything of it. Settles when nothing is left; safe to repeat. */
  async close(): Promise<void> {
    // First of all, so that what is stopped before the write is not written now.
    this.#closed.abort(new HotFunctionsError('aborted', 'The debugger was stopped.'));
    this.#progress.end();
    await this.#run?.close();
    this.#owned.dispose();
  }

  #callInTurn(): Promise<void> {
    const calling = this.#makeCalls().finally(() => {
      this.#calling = undefined;
    });
    this.#calling = calling;
    return calling.then(() => this.#endUnlessKept());
  }

  /** One call, and again for as long as it is asked for once more. */
  async #makeCalls(): Promise<void> {
    let request: EditableRequest | undefined = await this.#dependencies.requestOf(this.#configuration.call ?? {});
    for (let again = false; request !== undefined; again = true) {
      request = await this.#makeCall(request, again);
    }
  }

  async #makeCall(request: EditableRequest, again: boolean): Promise<EditableRequest | undefined> {
    const { exchange } = this;
    const run = this.#run;
    if (run === undefined) {
      return undefined;
    }
    exchange.begin(request, again);
    try {
      const { signal } = this.#closed;
      const report = (progress: PrepareProgress): void => this.#progress.report(progress);
      const answer = await this.#answerOf(await run.invoke(request, this.#gate(), { signal, report }));
      if (!this.#started && answer.error !== undefined) {
        // What there was to debug did not come up.
        throw this.#code.explained(answer.error);
      }
      this.#begin();
      // First what it wrote before it answered.
      await this.#stderr.settled();
      this.#show(answer);
      return await exchange.answered(answer);
    } finally {
      exchange.end();
    }
  }

  #gate(): CallGate {
    return {
      ready: async (container) => {
        await this.#ready(container);
        this.#begin();
      },
      beforeWrite: (call) => {
        this.#progress.end();
        return this.exchange.beforeWrite(call);
      },
      afterWrite: () => this.exchange.afterWrite(),
    };
  }

  async #ready(container: GateContainer): Promise<void> {
    if (this.#container?.name !== container.name) {
      const known = { name: container.name, alive: true };
      this.#container = known;
      void container.gone.then(() => {
        known.alive = false;
        if (this.#container !== known) {
          return;
        }
        if (this.#calling === undefined) {
          this.#endUnlessKept();
        } else {
          this.exchange.containerGone();
        }
      });
    }
    await this.#code.attach(container);
  }

  async #answerOf(result: CallResult): Promise<ExchangeAnswer> {
    const body = await collectWhatCame(result.body, this.#dependencies.maxResponseBytes());
    const { status, headers, error, salvage } = result;
    return { status, headers, body, error, salvage, summary: await result.finished };
  }

  #show(answer: ExchangeAnswer): void {
    const { servedBy } = answer.summary;
    const text = renderResponse({ ...answer, servedBy });
    const shown = text.length > maxShownChars ? `${text.slice(0, maxShownChars)}…` : text;
    const failed = answer.summary.outcome.kind !== 'answered';
    this.#tell.output(failed ? 'stderr' : 'stdout', shown.endsWith('\n') ? shown : `${shown}\n`);
  }

  #begin(): void {
    this.#progress.end();
    if (!this.#started) {
      this.#started = true;
      this.#tell.started();
    }
  }

  /** A session lives as long as there is a container that it can send the next call into. */
  #endUnlessKept(): void {
    const kept = this.route.format === 'http' && this.#configuration.hot !== false;
    if (!kept || this.#container?.alive !== true) {
      this.#tell.ended();
    }
  }

  #childEnded(): void {
    // Usually because the function has: then it is told of by its own end, with the answer that is still to be read.
    const timer = this.#dependencies.clock.after(farewellMs, () => this.#tell.ended());
    this.#owned.add(timer);
  }

  #broke(error: unknown): void {
    if (!this.#closed.signal.aborted) {
      this.#tell.output('important', `${error instanceof Error ? error.message : error}\n`);
      this.#tell.ended();
    }
  }
}

import {
  Breakpoint,
  ContinuedEvent,
  DebugSession,
  InitializedEvent,
  InvalidatedEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
  Thread,
  ThreadEvent,
} from '@vscode/debugadapter/lib/debugSession.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { HotFunctionsError } from '../../core/errors.ts';
import { customRequests, type LaunchConfiguration } from '../configuration/launch-configuration.ts';
import type { StopReason } from '../exchange/exchange-debugger.ts';
import { exchangeFilters } from '../exchange/exchange-filters.ts';
import type { RouteLines } from '../exchange/route-lines.ts';
import { ExchangeView, type StoppedRun } from './exchange-view.ts';
import { type FailureLink, failureLink } from './failure-link.ts';
import { RouteRun, type RouteRunDependencies } from './route-run.ts';

/** The exchange is sequential, so it is one thread. It exists only while there is something to stop it. */
const exchangeThread = 1;

export interface RootAdapterDependencies extends RouteRunDependencies {
  /** Which lines of a file define routes; none of any other file. */
  linesOf(path: string): Promise<readonly RouteLines[]>;
  onError(error: unknown): void;
}

/**
 * The session of a route: it owns the run and its container from `launch` to its end, however that comes, and is the
 * debugger of the exchange. The function's code is debugged in sessions below it.
 */
export class RootAdapter extends DebugSession {
  readonly #dependencies: RootAdapterDependencies;
  readonly #view = new ExchangeView(() => this.#stopped());
  #initialize: DebugProtocol.InitializeRequestArguments = { adapterID: 'hot-function' };
  readonly #configured = Promise.withResolvers<void>();
  #run: RouteRun | undefined;
  #launch: DebugProtocol.LaunchResponse | undefined;
  #ending: Promise<void> | undefined;

  constructor(dependencies: RootAdapterDependencies) {
    super();
    this.#dependencies = dependencies;
  }

  override dispose(): void {
    void this.#end();
  }

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.#initialize = args;
    response.body = {
      supportsConfigurationDoneRequest: true,
      supportsSetVariable: true,
      supportsRestartFrame: true,
      supportsExceptionInfoRequest: true,
      supportsCancelRequest: true,
      exceptionBreakpointFilters: exchangeFilters.map((filter) => ({ ...filter, default: false })),
    };
    this.sendResponse(response);
  }

  protected override launchRequest(
    response: DebugProtocol.LaunchResponse,
    args: DebugProtocol.LaunchRequestArguments,
  ): void {
    this.#launch = response;
    // The editor hands over what the resolver has made.
    const configuration = args as unknown as LaunchConfiguration;
    this.#start(configuration).catch((error: unknown) =>
      this.#failed(error, failureLink(error, configuration.route, configuration.container !== undefined)),
    );
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    this.#configured.resolve();
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    // Not the library's way, which would end the process that it is in.
    void this.#end().finally(() => this.sendResponse(response));
  }

  protected override cancelRequest(
    response: DebugProtocol.CancelResponse,
    args: DebugProtocol.CancelArguments | undefined,
  ): void {
    this.sendResponse(response);
    if (args?.progressId !== undefined) {
      void this.#end();
    }
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments,
  ): void {
    this.#answer(response, async () => {
      const { path = '' } = source;
      const lines = await this.#dependencies.linesOf(path);
      const own = lines.find(({ routeId }) => routeId === this.#run?.route.id);
      const placed = breakpoints.map(({ line }) => {
        const hit = own !== undefined && line >= own.firstLine && line <= own.lastLine;
        return new Breakpoint(hit, hit ? own.line : line);
      });
      if (own !== undefined) {
        this.#run?.exchange.setBreakpoint(placed.some(({ verified }) => verified));
      }
      response.body = { breakpoints: placed };
    });
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    { filters }: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    this.#run?.exchange.setFilters(filters);
    this.sendResponse(response);
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    const exchange = this.#run?.exchange;
    const threads =
      exchange?.on === true && exchange.call !== undefined ? [new Thread(exchangeThread, 'Exchange')] : [];
    response.body = { threads };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse): void {
    this.#answer(response, async () => {
      const stackFrames = this.#view.frames();
      response.body = { stackFrames, totalFrames: stackFrames.length };
    });
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse): void {
    this.#answer(response, async () => {
      response.body = { scopes: this.#view.scopes() };
    });
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    { variablesReference }: DebugProtocol.VariablesArguments,
  ): void {
    this.#answer(response, async () => {
      response.body = { variables: this.#view.variables(variablesReference) };
    });
  }

  protected override setVariableRequest(
    response: DebugProtocol.SetVariableResponse,
    { variablesReference, name, value }: DebugProtocol.SetVariableArguments,
  ): void {
    this.#answer(response, async () => {
      response.body = { value: this.#view.set(variablesReference, name, value) };
      if (this.#initialize.supportsInvalidatedEvent === true) {
        // The URL follows the query, and the wire all of it.
        this.sendEvent(new InvalidatedEvent(['variables']));
      }
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    { expression }: DebugProtocol.EvaluateArguments,
  ): void {
    this.#answer(response, async () => {
      response.body = this.#view.evaluate(expression);
    });
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    this.#answer(response, async () => {
      response.body = this.#view.exception();
    });
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    this.#resume(response, (run) => run.exchange.continue());
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.#resume(response, (run) => run.exchange.step());
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    this.#resume(response, (run) => run.exchange.step());
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.#resume(response, (run) => run.exchange.continue());
  }

  protected override restartFrameRequest(response: DebugProtocol.RestartFrameResponse): void {
    this.#resume(response, (run) => run.exchange.restart());
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.#run?.exchange.pause();
    this.sendResponse(response);
  }

  protected override customRequest(command: string, response: DebugProtocol.Response): void {
    if (command !== customRequests.callAgain) {
      super.customRequest(command, response, undefined);
      return;
    }
    this.#answer(response, async () => {
      if (this.#run === undefined || this.#launch !== undefined) {
        throw new HotFunctionsError('invalid-request', 'The function is still being started.');
      }
      await this.#run.callAgain();
    });
  }

  async #start(configuration: LaunchConfiguration): Promise<void> {
    const run = await RouteRun.define(this.#dependencies, configuration, {
      initialize: this.#initialize,
      exchange: {
        stopped: (reason, description, text) => this.#tellStopped(reason, description, text),
        continued: () => this.sendEvent(new ContinuedEvent(exchangeThread, true)),
        began: () => this.sendEvent(new ThreadEvent('started', exchangeThread)),
        ended: () => this.sendEvent(new ThreadEvent('exited', exchangeThread)),
      },
      started: () => this.#succeeded(),
      output: (category, text) => this.sendEvent(new OutputEvent(text, category)),
      progress: (event) => {
        if (this.#initialize.supportsProgressReporting === true) {
          this.sendEvent(event);
        }
      },
      ended: () => {
        void this.#end();
      },
    });
    this.#run = run;
    if (this.#ending !== undefined) {
      await run.close();
      return;
    }
    this.sendEvent(new InitializedEvent());
    await this.#configured.promise;
    await run.start();
  }

  #tellStopped(reason: StopReason, description: string, text: string | undefined): void {
    this.#succeeded();
    this.#view.reset();
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason, exchangeThread, text);
    event.body.description = description;
    this.sendEvent(event);
  }

  /** The editor takes a session for started when its `launch` is answered. */
  #succeeded(): void {
    const response = this.#launch;
    this.#launch = undefined;
    if (response !== undefined) {
      this.sendResponse(response);
    }
  }

  #failed(error: unknown, link?: FailureLink): void {
    const response = this.#launch;
    this.#launch = undefined;
    const wanted = this.#ending !== undefined;
    if (!(error instanceof HotFunctionsError)) {
      this.#dependencies.onError(error);
    }
    if (response !== undefined) {
      this.#refuse(response, error, !wanted, link);
    } else if (!wanted) {
      this.sendEvent(new OutputEvent(`${messageOf(error)}\n`, 'important'));
    }
    void this.#end();
  }

  #end(): Promise<void> {
    this.#ending ??= this.#close();
    return this.#ending;
  }

  async #close(): Promise<void> {
    try {
      await this.#run?.close();
    } catch (error) {
      this.#dependencies.onError(error);
    }
    if (this.#launch !== undefined) {
      this.#failed(new HotFunctionsError('aborted', 'The start was cancelled.'));
    }
    this.sendEvent(new TerminatedEvent());
  }

  #resume(response: DebugProtocol.Response, how: (run: RouteRun) => void): void {
    try {
      const { run } = this.#stopped();
      // Answered first: what it stops at next is told afterwards.
      this.sendResponse(response);
      how(run);
    } catch (error) {
      this.#refuse(response, error, true);
    }
  }

  #stopped(): StoppedRun {
    const run = this.#run;
    const call = run?.exchange.call;
    if (run?.exchange.stopped !== true || call === undefined) {
      throw new HotFunctionsError('invalid-request', 'The exchange is not stopped.');
    }
    return { run, call };
  }

  #answer(response: DebugProtocol.Response, run: () => Promise<void>): void {
    run().then(
      () => this.sendResponse(response),
      (error: unknown) => {
        if (!(error instanceof HotFunctionsError)) {
          this.#dependencies.onError(error);
        }
        this.#refuse(response, error, true);
      },
    );
  }

  #refuse(response: DebugProtocol.Response, error: unknown, showUser: boolean, link?: FailureLink): void {
    this.sendErrorResponse(response, {
      id: 1,
      format: messageOf(error),
      variables: {},
      showUser,
      ...(showUser ? link : {}),
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof HotFunctionsError ? [error.message, error.hint ?? ''].join(' ').trim() : String(error);
}

import type { CallSummary, HeaderList } from '../../core/call.ts';
import type { EditableRequest, UnwrittenCall } from '../../core/call-gate.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Route } from '../../core/route.ts';
import type { WireEvent } from '../../core/wire/recording.ts';
import { EditedRequest } from './edited-request.ts';
import { type ExchangeException, type ExchangeFilter, exceptionOf } from './exchange-filters.ts';
import { WireRecord } from './wire-record.ts';

/** What a call has come to. */
export type ExchangePosition =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'unwritten'; readonly call: UnwrittenCall }
  | { readonly kind: 'written' }
  | { readonly kind: 'answered'; readonly answer: ExchangeAnswer };

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: { readonly bytes: Uint8Array; readonly truncated: boolean };
  readonly error?: HotFunctionsError | undefined;
  readonly salvage?: Uint8Array | undefined;
  readonly summary: CallSummary;
}

/** One call of a run, as long as anybody may look at it. */
export interface ObservedCall {
  readonly request: EditedRequest;
  readonly wire: WireRecord;
  readonly position: ExchangePosition;
  /** Why it is stopped, where that is an exception. */
  readonly exception: ExchangeException | undefined;
}

export type StopReason = 'entry' | 'breakpoint' | 'step' | 'pause' | 'restart' | 'exception';

export interface ExchangeTeller {
  stopped(reason: StopReason, description: string, text?: string): void;
  continued(): void;
  /** A call can be stopped from here on. */
  began(): void;
  ended(): void;
}

export interface ExchangeOptions {
  readonly route: Route;
  readonly stopOnEntry: boolean;
  readonly tell: ExchangeTeller;
}

const descriptions = {
  unwritten: 'Paused before the request is written',
  written: 'Paused after the request is written',
  answered: 'Paused after the response is read',
} as const;

/**
 * A debugger whose program is the exchange with a function: it stops before the request is written, after it is and
 * after the response is read. Off, it lets every call through.
 */
export class ExchangeDebugger {
  readonly #options: ExchangeOptions;
  #breakpoint = false;
  #filters: ReadonlySet<string> = new Set();
  #call: { -readonly [field in keyof ObservedCall]: ObservedCall[field] } | undefined;
  #callId: string | undefined;
  /** Why to stop at the next place, whether or not there is a breakpoint. */
  #next: Exclude<StopReason, 'breakpoint' | 'exception'> | undefined;
  #again = false;
  #stop: PromiseWithResolvers<void> | undefined;
  #told = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Whether a call of this session can stop at all. */
  get on(): boolean {
    return this.#breakpoint || this.#filters.size > 0 || this.#options.stopOnEntry || this.#stop !== undefined;
  }

  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  /** The call that is under way, or stopped at its end. */
  get call(): ObservedCall | undefined {
    return this.#call;
  }

  setBreakpoint(set: boolean): void {
    this.#breakpoint = set;
    this.#tellOfThread();
  }

  setFilters(filters: readonly string[]): void {
    this.#filters = new Set(filters);
    this.#tellOfThread();
  }

  /** A call begins. `again` if it is the last one once more, which stops first so that it can be edited. */
  begin(request: EditableRequest, again: boolean): void {
    this.#call = {
      request: new EditedRequest(this.#options.route, request),
      wire: new WireRecord(),
      position: { kind: 'preparing' },
      exception: undefined,
    };
    this.#callId = undefined;
    this.#again = false;
    this.#next = again ? 'restart' : this.#options.stopOnEntry ? 'entry' : undefined;
    this.#tellOfThread();
  }

  async beforeWrite(call: UnwrittenCall): Promise<EditableRequest> {
    const observed = this.#observed();
    this.#callId = call.callId;
    observed.position = { kind: 'unwritten', call };
    await this.#reached('unwritten');
    observed.request.freeze();
    return observed.request.request;
  }

  async afterWrite(): Promise<void> {
    this.#observed().position = { kind: 'written' };
    await this.#reached('written');
  }

  onWire(event: WireEvent): void {
    if (event.exchange.callId === this.#callId) {
      this.#call?.wire.add(event);
    }
  }

  /** Where the request was to go is gone: it is let go of, so that its call can say so. */
  containerGone(): void {
    if (this.#call?.position.kind === 'unwritten') {
      this.#release();
    }
  }

  /**
   * The call is over. Settles when nobody looks at it any more.
   *
   * @returns the request to send once more, if that is wanted
   */
  async answered(answer: ExchangeAnswer): Promise<EditableRequest | undefined> {
    const observed = this.#observed();
    // The call may have ended while it was stopped: its container did.
    this.#release();
    observed.request.freeze();
    observed.position = { kind: 'answered', answer };
    const exception = exceptionOf(answer.summary);
    if (!this.#again && exception !== undefined && this.#filters.has(exception.filter)) {
      observed.exception = exception;
      await this.#pause('exception', `Paused on ${labelOf(exception.filter)}`, exception.message);
    } else if (!this.#again && answer.summary.outcome.kind !== 'aborted') {
      await this.#reached('answered');
    }
    return this.end();
  }

  /** Nothing comes of the call any more. */
  end(): EditableRequest | undefined {
    this.#release();
    const again = this.#again ? this.#call?.request.request : undefined;
    this.#call = undefined;
    this.#callId = undefined;
    this.#next = undefined;
    if (this.#told) {
      this.#told = false;
      this.#options.tell.ended();
    }
    return again;
  }

  /** To the next breakpoint. */
  continue(): void {
    this.#next = undefined;
    this.#resume();
  }

  /** To the next place. */
  step(): void {
    this.#next = 'step';
    this.#resume();
  }

  /** Stops at the next place. */
  pause(): void {
    if (this.#stop === undefined) {
      this.#next = 'pause';
    }
  }

  /** Sends the request once more, as a new call: at once if this one is over, else when it is. */
  restart(): void {
    const observed = this.#observed();
    if (observed.position.kind === 'unwritten' && this.#stop !== undefined) {
      // Nothing has been sent that could be sent again.
      this.#options.tell.stopped('restart', descriptions.unwritten);
      return;
    }
    this.#again = true;
    this.#next = undefined;
    this.#release();
  }

  async #reached(place: keyof typeof descriptions): Promise<void> {
    const reason = this.#next ?? (this.#breakpoint ? 'breakpoint' : undefined);
    if (reason !== undefined && !this.#again) {
      await this.#pause(reason, descriptions[place]);
    }
  }

  async #pause(reason: StopReason, description: string, text?: string): Promise<void> {
    this.#next = undefined;
    this.#tellOfThread();
    const stop = Promise.withResolvers<void>();
    this.#stop = stop;
    this.#options.tell.stopped(reason, description, text);
    await stop.promise;
  }

  #resume(): void {
    if (this.#stop === undefined) {
      throw new HotFunctionsError('invalid-request', 'The exchange is not stopped.');
    }
    this.#release();
  }

  #release(): void {
    const stop = this.#stop;
    if (stop !== undefined) {
      this.#stop = undefined;
      this.#options.tell.continued();
      stop.resolve();
    }
  }

  #tellOfThread(): void {
    if (!this.#told && this.#call !== undefined && this.on) {
      this.#told = true;
      this.#options.tell.began();
    }
  }

  #observed() {
    if (this.#call === undefined) {
      throw new HotFunctionsError('invalid-request', 'No call is under way.');
    }
    return this.#call;
  }
}

function labelOf(filter: ExchangeFilter): string {
  return filter.replace('-', ' ');
}

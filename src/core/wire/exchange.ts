import type { Writable } from 'node:stream';
import { BodyQueue } from '../body-queue.ts';
import type { Clock } from '../clock.ts';
import { HotFunctionsError } from '../errors.ts';
import type { BrokenAnswer } from '../function-exit.ts';
import type { Answer, ExchangeEnd } from './answer.ts';
import type { EncodedRequest } from './encode-request.ts';
import { pumpBody } from './pump-body.ts';
import type { Boundary, Direction, ExchangeLabel, WireEvent } from './recording.ts';
import { ResponseDecoder, type ResponseSink } from './response-decoder.ts';
import type { ResponseHead } from './response-head.ts';
import type { UsualHeads } from './usual-head.ts';

export interface ExchangeOptions {
  readonly label: ExchangeLabel;
  readonly request: EncodedRequest;
  /** Of the container. */
  readonly usualHeads: UsualHeads;
  /** The call that the container served before this one. */
  readonly previousCallId: string | undefined;
  readonly clock: Clock;
  /** On the clock: wire times count from here. */
  readonly callStartedAt: number;
  readonly onWire: (event: WireEvent) => void;
  /** Asks for the function's output to be paused (false) or to flow (true). */
  readonly flow: (flowing: boolean) => void;
  /** Called when all of the request is written; nothing of the answer is read until it settles. */
  readonly onWritten?: (() => Promise<void>) | undefined;
}

/** How much of the end of an answer that broke off is shown, in bytes. */
const maxLastBytes = 96;

const nothing = new Uint8Array();

/** At most this much of what still arrives after a failure is kept to show, in bytes. */
const maxSalvage = 16 * 1024;

/**
 * One request and its response on a hot container's stdio. It never touches the container itself: what it is
 * told arrives through `receive`, `closed` and `fail`, and what became of it through `head` and `end`.
 */
export class Exchange implements Answer {
  readonly label: ExchangeLabel;
  readonly body: BodyQueue;
  readonly head: Promise<ResponseHead>;
  readonly end: Promise<ExchangeEnd>;
  readonly #options: ExchangeOptions;
  readonly #decoder: ResponseDecoder;
  readonly #head = Promise.withResolvers<ResponseHead>();
  readonly #end = Promise.withResolvers<ExchangeEnd>();
  #state: 'running' | 'answered' | 'over' = 'running';
  #wasAnswered = false;
  #requestSent = false;
  #status: number | undefined;
  /** Known, and not told yet. */
  #untoldHead: ResponseHead | undefined;
  #keepAlive = true;
  #headBytes = 0;
  #bodyBytes = 0;
  #firstByteAt: number | undefined;
  #wroteAt = 0;
  /** Of what is happening now, since the call's start: read once for all that one chunk brings, 1 µs less a call. */
  #atMs = 0;
  #lastBytes: Uint8Array = nothing;
  #salvage: Uint8Array[] = [];
  #salvaged = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.label = options.label;
    this.body = new BodyQueue(() => options.flow(true));
    this.head = this.#head.promise;
    this.end = this.#end.promise;
    const sink: ResponseSink = {
      interim: (status, headBytes) => this.#mark({ kind: 'interim-response', status, headBytes }),
      head: (head) => this.#onHead(head),
      body: (chunk) => this.#onBody(chunk),
      complete: () => {
        this.#state = 'answered';
      },
    };
    this.#decoder = new ResponseDecoder(sink, options.usualHeads);
  }

  /** Whether output still belongs to this exchange's answer. */
  get running(): boolean {
    return this.#state !== 'over';
  }

  /** Whether there is a whole answer. */
  get answered(): boolean {
    return this.#wasAnswered;
  }

  /** Whether all of the request has been handed to the function's stdin. */
  get requestSent(): boolean {
    return this.#requestSent;
  }

  get status(): number | undefined {
    return this.#status;
  }

  get responseBytes(): number {
    return this.#bodyBytes;
  }

  get firstByteMs(): number | undefined {
    return this.#firstByteAt === undefined ? undefined : this.#firstByteAt - this.#wroteAt;
  }

  get salvage(): Uint8Array {
    return Buffer.concat(this.#salvage);
  }

  write(stdin: Writable): void {
    const { request } = this.#options;
    this.#wroteAt = this.#options.clock.now();
    this.#atMs = this.#wroteAt - this.#options.callStartedAt;
    this.#tell({ kind: 'begin', exchange: this.label, atMs: this.#atMs });
    for (const chunk of request.chunks) {
      this.#bytes('stdin', chunk);
      stdin.write(chunk);
    }
    if (request.rest === undefined) {
      this.#requestComplete();
    } else {
      void this.#pump(request.rest, stdin);
    }
  }

  async #pump(chunks: AsyncIterable<Uint8Array>, stdin: Writable): Promise<void> {
    const stop = new AbortController();
    void this.end.then(() => stop.abort());
    const fault = await pumpBody({
      chunks,
      length: this.#options.request.bodyBytes,
      stdin,
      end: false,
      signal: stop.signal,
      onChunk: (bytes) => {
        this.#atMs = this.#now();
        this.#bytes('stdin', bytes);
      },
    });
    if (fault === undefined) {
      this.#atMs = this.#now();
      this.#requestComplete();
    } else if (fault !== 'not read') {
      this.fail(fault);
    }
  }

  #requestComplete(): void {
    const { headBytes, bodyBytes } = this.#options.request;
    this.#requestSent = true;
    this.#mark({ kind: 'request-complete', headBytes, bodyBytes });
    const { onWritten, flow } = this.#options;
    if (onWritten !== undefined) {
      flow(false);
      void onWritten().then(() => flow(true));
    }
  }

  receive(chunk: Uint8Array): void {
    const now = this.#options.clock.now();
    this.#firstByteAt ??= now;
    this.#atMs = now - this.#options.callStartedAt;
    this.#bytes('stdout', chunk);
    if (this.#state === 'over') {
      this.#keepSalvage(chunk);
      return;
    }
    this.#keepLast(chunk);
    try {
      const taken = this.#decoder.write(chunk);
      if (this.#decoder.complete) {
        this.#answered(taken === chunk.length ? nothing : chunk.subarray(taken));
      }
      // After its end, if that has come as well: the container is given to who waits for it before the caller is answered.
      this.#tellHead();
    } catch (error) {
      if (!(error instanceof HotFunctionsError)) {
        throw error;
      }
      this.fail(error);
    }
  }

  /** Whatever ended it, the error tells how far the answer had come. */
  fail(cause: HotFunctionsError): void {
    if (this.#state === 'over') {
      return;
    }
    this.#state = 'over';
    this.#atMs = this.#now();
    this.#tellHead();
    const error = this.#placed(cause);
    // Nobody may be waiting for the head any more.
    this.head.catch(() => {});
    this.#head.reject(error);
    this.body.break(error);
    this.#options.flow(true);
    this.#noteEnd(`${error.code}: ${error.message}`);
    this.#end.resolve({ kind: 'failed', error });
  }

  /** Why an answer is not complete now that no more output will come. `how` names what happened to the function. */
  brokenOff(how: string, error: (broken: BrokenAnswer) => HotFunctionsError): void {
    const progress = this.#decoder.progress();
    if (progress.kind === 'in-body') {
      const of = progress.expectedBytes === undefined ? '' : ` of ${progress.expectedBytes}`;
      const message = `${how} after ${progress.receivedBytes}${of} bytes of the body.`;
      this.fail(error({ code: 'short-body', message }));
    } else if (progress.kind === 'in-head') {
      this.fail(error({ code: 'function-exited', message: `${how} in the head of its answer.` }));
    } else {
      this.fail(error({ code: 'function-exited', message: `${how} before it answered.` }));
    }
  }

  #placed(error: HotFunctionsError): HotFunctionsError {
    const { offset } = this.#decoder;
    return offset === 0 || error.offset !== undefined
      ? error
      : atPlace(error, offset, Buffer.from(this.#lastBytes.subarray(-maxLastBytes)));
  }

  #answered(surplus: Uint8Array): void {
    this.#state = 'over';
    this.#wasAnswered = true;
    this.body.complete();
    this.#mark({ kind: 'response-complete', headBytes: this.#headBytes, bodyBytes: this.#bodyBytes });
    if (surplus.length > 0) {
      const error = strayAfterAnswer(surplus, this.#options.previousCallId);
      this.#tell({ kind: 'stray', bytes: surplus, exchange: this.label, atMs: this.#atMs });
      this.#noteEnd('answered, with stray output behind the answer');
      this.#end.resolve({ kind: 'surplus', error });
    } else {
      this.#noteEnd('answered');
      this.#end.resolve({ kind: 'clean', keepAlive: this.#keepAlive });
    }
  }

  #onHead(head: ResponseHead): void {
    this.#headBytes = head.headBytes;
    this.#keepAlive = head.keepAlive;
    this.#mark({ kind: 'response-head', status: head.status, headBytes: head.headBytes });
    const { taskId } = head;
    if (taskId !== undefined && taskId !== this.label.callId) {
      throw anothersAnswer(taskId);
    }
    this.#status = head.status;
    this.#untoldHead = head;
  }

  #tellHead(): void {
    if (this.#untoldHead !== undefined) {
      this.#head.resolve(this.#untoldHead);
      this.#untoldHead = undefined;
    }
  }

  #onBody(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length;
    if (!this.body.push(chunk)) {
      this.#options.flow(false);
    }
  }

  #keepLast(chunk: Uint8Array): void {
    // Most answers come whole: of them no view is made, only kept what is there.
    const whole = chunk.length >= maxLastBytes || this.#lastBytes.length === 0;
    this.#lastBytes = whole ? chunk : Buffer.concat([this.#lastBytes.subarray(-maxLastBytes), chunk]);
  }

  #keepSalvage(chunk: Uint8Array): void {
    const part = chunk.subarray(0, maxSalvage - this.#salvaged);
    if (part.length > 0) {
      this.#salvage.push(part);
      this.#salvaged += part.length;
    }
  }

  #mark(boundary: Boundary): void {
    this.#tell({ kind: 'boundary', boundary, exchange: this.label, atMs: this.#atMs });
  }

  #bytes(direction: Direction, bytes: Uint8Array): void {
    this.#tell({ kind: 'bytes', direction, bytes, exchange: this.label, atMs: this.#atMs });
  }

  #noteEnd(note: string): void {
    this.#tell({ kind: 'end', note, exchange: this.label, atMs: this.#atMs });
  }

  #tell(event: WireEvent): void {
    this.#options.onWire(event);
  }

  #now(): number {
    return this.#options.clock.now() - this.#options.callStartedAt;
  }
}

function atPlace(error: HotFunctionsError, offset: number, bytes: Uint8Array): HotFunctionsError {
  const { hint, exitCode, stderr, cause } = error;
  return new HotFunctionsError(error.code, error.message, {
    offset,
    bytes,
    ...(hint === undefined ? {} : { hint }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(stderr === undefined ? {} : { stderr }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The function says itself whose answer it is. */
function anothersAnswer(taskId: string): HotFunctionsError {
  return new HotFunctionsError('stray-output', `The function answered another call (Task-Id ${taskId.slice(0, 64)}).`, {
    hint: 'Answer each request once, before reading the next one.',
  });
}

/**
 * A second answer that comes only after the next request was written is taken for the answer to that one; the bytes
 * left over in the end then give it away. So the call before may be the one at fault, and both are named.
 */
export function strayAfterAnswer(bytes: Uint8Array, previousCallId: string | undefined): HotFunctionsError {
  const doubt =
    previousCallId === undefined
      ? ''
      : ` If it had answered the call before (${previousCallId}) twice, this call was given the second of those answers.`;
  return new HotFunctionsError(
    'stray-output',
    `The function wrote ${bytes.length === 1 ? 'a byte' : `${bytes.length} bytes`} to stdout behind its complete answer.${doubt}`,
    {
      bytes: Uint8Array.from(bytes.subarray(0, 192)),
      hint: 'Count the bytes of the body for Content-Length, answer once, and print to stderr.',
    },
  );
}

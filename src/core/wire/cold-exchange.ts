import type { Writable } from 'node:stream';
import { BodyQueue } from '../body-queue.ts';
import type { Clock } from '../clock.ts';
import type { ContainerExit } from '../engine.ts';
import { HotFunctionsError } from '../errors.ts';
import { describeExit, functionExitError } from '../function-exit.ts';
import type { RequestBody } from '../request-body.ts';
import type { Answer, ExchangeEnd } from './answer.ts';
import { pumpBody } from './pump-body.ts';
import type { ExchangeLabel, WireEvent, WireEventDetail } from './recording.ts';
import type { ResponseHead } from './response-head.ts';

export interface ColdExchangeOptions {
  readonly label: ExchangeLabel;
  readonly body: RequestBody;
  readonly clock: Clock;
  /** On the clock: wire times count from here. */
  readonly callStartedAt: number;
  readonly onWire: (event: WireEvent) => void;
  /** Asks for the function's output to be paused (false) or to flow (true). */
  readonly flow: (flowing: boolean) => void;
  /** Called when all of the input is written; nothing of the answer is read until it settles. */
  readonly onWritten?: (() => Promise<void>) | undefined;
}

const coldHead = { status: 200, headers: [] } as const;

/**
 * One call of a cold function: the bare body on stdin, then end of file; stdout to its end is the answer.
 *
 * Whether it succeeded is known by its exit code only, so a small answer is held until the function has exited;
 * one that outgrows the body's queue is given out as it comes, and a failure then breaks it off.
 */
export class ColdExchange implements Answer {
  readonly label: ExchangeLabel;
  readonly body: BodyQueue;
  readonly head: Promise<Pick<ResponseHead, 'status' | 'headers'>>;
  readonly end: Promise<ExchangeEnd>;
  readonly #options: ColdExchangeOptions;
  readonly #head = Promise.withResolvers<Pick<ResponseHead, 'status' | 'headers'>>();
  readonly #end = Promise.withResolvers<ExchangeEnd>();
  #over = false;
  #bytes = 0;
  #wroteAt = 0;
  #firstByteAt: number | undefined;

  constructor(options: ColdExchangeOptions) {
    this.#options = options;
    this.label = options.label;
    this.body = new BodyQueue(() => options.flow(true));
    this.head = this.#head.promise;
    this.end = this.#end.promise;
    // Nobody may be waiting for the head any more when it fails.
    this.head.catch(() => {});
  }

  get status(): number {
    return coldHead.status;
  }

  get responseBytes(): number {
    return this.#bytes;
  }

  get firstByteMs(): number | undefined {
    return this.#firstByteAt === undefined ? undefined : this.#firstByteAt - this.#wroteAt;
  }

  get salvage(): Uint8Array {
    return new Uint8Array();
  }

  write(stdin: Writable): void {
    const { body } = this.#options;
    this.#wroteAt = this.#options.clock.now();
    this.#fire({ kind: 'begin' });
    if (body.kind === 'stream') {
      void this.#pump(body.chunks, body.length, stdin);
      return;
    }
    if (body.length > 0) {
      this.#fire({ kind: 'bytes', direction: 'stdin', bytes: body.bytes });
    }
    stdin.end(body.bytes);
    this.#written();
  }

  #written(): void {
    this.#fire({ kind: 'boundary', boundary: { kind: 'stdin-closed' } });
    const { onWritten, flow } = this.#options;
    if (onWritten !== undefined) {
      flow(false);
      void onWritten().then(() => flow(true));
    }
  }

  async #pump(chunks: AsyncIterable<Uint8Array>, length: number, stdin: Writable): Promise<void> {
    const stop = new AbortController();
    void this.end.then(() => stop.abort());
    const onChunk = (bytes: Uint8Array): void => this.#fire({ kind: 'bytes', direction: 'stdin', bytes });
    const fault = await pumpBody({ chunks, length, stdin, end: true, signal: stop.signal, onChunk });
    if (fault === undefined) {
      this.#written();
    } else if (fault !== 'not read') {
      this.fail(fault);
    }
  }

  receive(chunk: Uint8Array): void {
    this.#firstByteAt ??= this.#options.clock.now();
    this.#fire({ kind: 'bytes', direction: 'stdout', bytes: chunk });
    if (this.#over) {
      return;
    }
    this.#bytes += chunk.length;
    if (!this.body.push(chunk)) {
      this.#head.resolve(coldHead);
      this.#options.flow(false);
    }
  }

  /** The function has exited and all of its output has been received. */
  exited(exit: ContainerExit, stderr: string): void {
    if (this.#over) {
      return;
    }
    this.#fire({ kind: 'boundary', boundary: { kind: 'stdout-closed' } });
    if (exit.reason !== 'exit' || exit.code !== 0) {
      this.fail(coldExitError(exit, stderr));
      return;
    }
    this.#over = true;
    this.#head.resolve(coldHead);
    this.body.complete();
    this.#fire({ kind: 'end', note: 'exited with code 0' });
    this.#end.resolve({ kind: 'clean', keepAlive: false });
  }

  fail(error: HotFunctionsError): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#head.reject(error);
    this.body.break(error);
    this.#options.flow(true);
    this.#fire({ kind: 'end', note: `${error.code}: ${error.message}` });
    this.#end.resolve({ kind: 'failed', error });
  }

  #fire(event: WireEventDetail): void {
    const { label, clock, callStartedAt, onWire } = this.#options;
    onWire({ ...event, exchange: label, atMs: clock.now() - callStartedAt });
  }
}

function coldExitError(exit: ContainerExit, stderr: string): HotFunctionsError {
  const message = `${describeExit(exit)}.`;
  return exit.reason === 'exit'
    ? new HotFunctionsError('function-exited', message, {
        exitCode: exit.code,
        stderr,
        hint: 'A cold function exits with code 0 when its answer is complete; look at its stderr.',
      })
    : functionExitError(exit, { code: 'function-exited', message }, stderr);
}

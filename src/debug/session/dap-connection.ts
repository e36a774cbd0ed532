import type { Duplex } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { HotFunctionsError } from '../../core/errors.ts';
import { DapFrames, dapFrame } from './dap-frames.ts';

/** What may wait to be sent to a debugger that does not read, in bytes. */
const maxUnsentBytes = 16 * 1024 * 1024;

/** Of what the debugger sends while nobody takes it yet. */
const maxHeldMessages = 4096;

export interface DapTaker {
  message(message: DebugProtocol.ProtocolMessage): void;
  /** Once, at the end; with the error unless the debugger simply closed. */
  closed(error: HotFunctionsError | undefined): void;
}

/** A debugger at the other end of a stream. What it sends waits until somebody takes it. */
export class DapConnection {
  readonly #stream: Duplex;
  readonly #frames = new DapFrames();
  #held: DebugProtocol.ProtocolMessage[] = [];
  #taker: DapTaker | undefined;
  #closed: { readonly error: HotFunctionsError | undefined } | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('error', () => this.close());
    stream.on('end', () => this.close());
    stream.on('close', () => this.close());
  }

  /** Gives what has come so far, and from then on, to `taker`. */
  take(taker: DapTaker): void {
    this.#taker = taker;
    const held = this.#held;
    this.#held = [];
    for (const message of held) {
      taker.message(message);
    }
    if (this.#closed !== undefined) {
      taker.closed(this.#closed.error);
    }
  }

  /** Nobody takes from here on. What the last one has not dealt with comes first for the next. */
  hold(messages: readonly DebugProtocol.ProtocolMessage[]): void {
    this.#taker = undefined;
    this.#held = [...messages];
  }

  send(message: DebugProtocol.ProtocolMessage): void {
    if (this.#closed !== undefined) {
      return;
    }
    this.#stream.write(dapFrame(message));
    if (this.#stream.writableLength > maxUnsentBytes) {
      this.close(new HotFunctionsError('debugger-missing', 'The debugger in the container stopped reading.'));
    }
  }

  close(error?: HotFunctionsError): void {
    if (this.#closed !== undefined) {
      return;
    }
    this.#closed = { error };
    this.#stream.destroy();
    this.#taker?.closed(error);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed !== undefined) {
      return;
    }
    try {
      for (const message of this.#frames.push(chunk)) {
        this.#deliver(message);
      }
    } catch (error) {
      if (!(error instanceof HotFunctionsError)) {
        throw error;
      }
      this.close(error);
    }
  }

  #deliver(message: DebugProtocol.ProtocolMessage): void {
    if (this.#taker !== undefined) {
      this.#taker.message(message);
    } else if (this.#held.length < maxHeldMessages) {
      this.#held.push(message);
    } else {
      throw new HotFunctionsError('debugger-missing', 'The debugger in the container sends without being asked.');
    }
  }
}

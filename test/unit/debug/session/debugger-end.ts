import { Duplex, PassThrough } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapFrames, dapFrame } from '../../../../src/debug/session/dap-frames.ts';

/** A stream with a debugger at its far end, which is the test. */
export class DebuggerEnd {
  readonly stream: Duplex;
  /** What it was sent. */
  readonly received: DebugProtocol.ProtocolMessage[] = [];
  readonly #toUs = new PassThrough();

  constructor(onMessage: (message: DebugProtocol.ProtocolMessage) => void = () => {}) {
    const frames = new DapFrames();
    const toDebugger = new PassThrough();
    toDebugger.on('data', (chunk: Uint8Array) => {
      for (const message of frames.push(chunk)) {
        this.received.push(message);
        onMessage(message);
      }
    });
    this.stream = Duplex.from({ readable: this.#toUs, writable: toDebugger });
  }

  send(message: object): void {
    this.#toUs.write(dapFrame(message as DebugProtocol.ProtocolMessage));
  }

  write(bytes: string): void {
    this.#toUs.write(bytes);
  }

  end(): void {
    this.#toUs.end();
  }
}

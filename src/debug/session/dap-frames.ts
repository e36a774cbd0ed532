import type { DebugProtocol } from '@vscode/debugprotocol';
import { HotFunctionsError } from '../../core/errors.ts';

/** What a debugger may send at once, in bytes. What is beyond is no answer that anybody waits for. */
const maxMessageBytes = 16 * 1024 * 1024;
const maxHeadBytes = 4 * 1024;

const headEnd = Buffer.from('\r\n\r\n', 'latin1');

/** Cuts what a debugger sends into messages. The debugger runs beside the function and is trusted as little. */
export class DapFrames {
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Of the body that is being received. */
  #expected: number | undefined;

  /** @throws HotFunctionsError `debugger-missing`: what sends such bytes is no debugger, and will be none later */
  push(chunk: Uint8Array): readonly DebugProtocol.ProtocolMessage[] {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#buffered += chunk.length;
    const messages: DebugProtocol.ProtocolMessage[] = [];
    while (this.#readHead()) {
      const body = this.#take(this.#expected ?? 0);
      if (body === undefined) {
        break;
      }
      this.#expected = undefined;
      messages.push(messageOf(body));
    }
    return messages;
  }

  /** @returns whether a body is to be read now */
  #readHead(): boolean {
    if (this.#expected !== undefined) {
      return true;
    }
    const bytes = this.#join();
    const end = bytes.indexOf(headEnd);
    if (end === -1 || end > maxHeadBytes) {
      if (bytes.length > maxHeadBytes) {
        throw notDap('a head without an end');
      }
      return false;
    }
    this.#expected = lengthIn(bytes.toString('latin1', 0, end));
    this.#keep(bytes.subarray(end + headEnd.length));
    return true;
  }

  #take(length: number): Buffer | undefined {
    if (this.#buffered < length) {
      return undefined;
    }
    const bytes = this.#join();
    this.#keep(bytes.subarray(length));
    return bytes.subarray(0, length);
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#buffered = rest.length;
  }
}

export function dapFrame(message: DebugProtocol.ProtocolMessage): Uint8Array {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, 'latin1'), body]);
}

function lengthIn(head: string): number {
  const digits = /^content-length:[ \t]*(\d{1,15})[ \t]*$/im.exec(head)?.[1];
  const length = Number(digits);
  if (digits === undefined) {
    throw notDap(`a head without a length: ${JSON.stringify(head.slice(0, 80))}`);
  }
  if (length > maxMessageBytes) {
    throw notDap(`a message of ${digits} bytes`);
  }
  return length;
}

function messageOf(body: Buffer): DebugProtocol.ProtocolMessage {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw notDap(`a message that is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isMessage(value)) {
    throw notDap('a message of no kind');
  }
  return value;
}

function isMessage(value: unknown): value is DebugProtocol.ProtocolMessage {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function notDap(what: string): HotFunctionsError {
  return new HotFunctionsError('debugger-missing', `The debugger in the container sent ${what}.`, {
    hint: 'Something else may be listening on its port, or its version is not supported.',
  });
}

import type { HeaderList } from '../call.ts';
import { type ErrorCode, HotFunctionsError } from '../errors.ts';
import { PartialLine } from './partial-line.ts';
import { framingOf, keepsAlive, readHeader } from './response-head.ts';

export interface ResponseHead {
  readonly status: number;
  readonly headers: HeaderList;
  /** Bytes of status line, headers and the empty line. */
  readonly headBytes: number;
  /** Whether the function means to take another request on this stream. */
  readonly keepAlive: boolean;
}

/** Receives what the decoder finds, in order. Body chunks are views of the input, not copies. */
export interface ResponseSink {
  interim(status: number, headBytes: number): void;
  head(head: ResponseHead): void;
  body(chunk: Uint8Array): void;
  complete(): void;
}

export interface DecoderLimits {
  /** For status line and headers together, and again for chunk trailers. */
  readonly maxHeadBytes: number;
}

const defaultDecoderLimits: DecoderLimits = { maxHeadBytes: 64 * 1024 };

/** How far a response has come. */
export type DecoderProgress =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'in-head' }
  | { readonly kind: 'in-body'; readonly receivedBytes: number; readonly expectedBytes?: number }
  | { readonly kind: 'complete' };

type State =
  | { readonly kind: 'status-line' }
  | { readonly kind: 'headers'; readonly status: number }
  | { readonly kind: 'length'; left: number; readonly expected: number }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk-data'; left: number }
  | { readonly kind: 'chunk-end' }
  | { readonly kind: 'trailers' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed' };

const LF = 10;
const CR = 13;
const startOfResponse = Buffer.from('HTTP/');
const maxChunkSizeLine = 1024;
const maxExcerpt = 192;

/**
 * Reads one HTTP/1.x response from a function's stdout, incrementally. It never reads past the end of the
 * response, so that what follows can be told from it, and says of a failure at which byte it is.
 *
 * Lenient where functions in the wild are: bare LF, HTTP/1.0, 1xx before the answer, no reason phrase. Strict
 * where leniency would lose the boundary: the length must be known at the end of the head.
 */
export class ResponseDecoder {
  readonly #sink: ResponseSink;
  readonly #limits: DecoderLimits;
  #state: State = { kind: 'status-line' };
  /** Bytes taken since the exchange began. */
  #offset = 0;
  /** A line whose end has not come yet. */
  readonly #partial = new PartialLine();
  #headBytes = 0;
  #headers: [string, string][] = [];
  #bodyBytes = 0;

  constructor(sink: ResponseSink, limits: DecoderLimits = defaultDecoderLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  get offset(): number {
    return this.#offset;
  }

  progress(): DecoderProgress {
    switch (this.#state.kind) {
      case 'status-line':
      case 'headers':
      case 'failed':
        return this.#offset === 0 ? { kind: 'nothing' } : { kind: 'in-head' };
      case 'length':
        return { kind: 'in-body', receivedBytes: this.#bodyBytes, expectedBytes: this.#state.expected };
      case 'chunk-size':
      case 'chunk-data':
      case 'chunk-end':
      case 'trailers':
        return { kind: 'in-body', receivedBytes: this.#bodyBytes };
      case 'complete':
        return { kind: 'complete' };
      default:
        return this.#state satisfies never;
    }
  }

  /**
   * @returns how many bytes of `input` belong to the response; fewer than all only once it is complete.
   * @throws HotFunctionsError when the input breaks the protocol. The decoder takes nothing after that.
   */
  write(input: Uint8Array): number {
    let at = 0;
    while (at < input.length) {
      switch (this.#state.kind) {
        case 'status-line':
        case 'headers':
        case 'chunk-size':
        case 'chunk-end':
        case 'trailers':
          at = this.#takeLine(input, at, this.#state);
          break;
        case 'length':
        case 'chunk-data':
          at = this.#takeBody(input, at, this.#state);
          break;
        case 'complete':
        case 'failed':
          return at;
        default:
          this.#state satisfies never;
      }
    }
    return at;
  }

  #takeBody(input: Uint8Array, at: number, state: { readonly kind: 'length' | 'chunk-data'; left: number }): number {
    const size = Math.min(state.left, input.length - at);
    state.left -= size;
    this.#offset += size;
    this.#bodyBytes += size;
    this.#sink.body(at === 0 && size === input.length ? input : input.subarray(at, at + size));
    if (state.left === 0) {
      if (state.kind === 'length') {
        this.#complete();
      } else {
        this.#state = { kind: 'chunk-end' };
      }
    }
    return at + size;
  }

  #takeLine(input: Uint8Array, at: number, state: Extract<State, { kind: LineState }>): number {
    const lf = input.indexOf(LF, at);
    const end = lf === -1 ? input.length : lf + 1;
    const piece = input.subarray(at, end);
    const lineStart = this.#offset - this.#partial.length;
    this.#offset += piece.length;
    this.#checkBound(state.kind, piece, this.#partial.length + piece.length);
    // The usual line is whole and needs no copy.
    const line = lf !== -1 && this.#partial.length === 0 ? piece : this.#partial.add(piece);
    if (state.kind === 'status-line') {
      this.#checkStart(line, lineStart, input.subarray(end));
    }
    if (lf !== -1) {
      this.#partial.clear();
      const textEnd = line.length >= 2 && line[line.length - 2] === CR ? line.length - 2 : line.length - 1;
      this.#line(state, line.subarray(0, textEnd), lineStart, () => excerpt(line, input.subarray(end)));
    }
    return end;
  }

  #line(state: Extract<State, { kind: LineState }>, line: Uint8Array, start: number, bytes: () => Uint8Array): void {
    switch (state.kind) {
      case 'status-line': {
        const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?: .*)?$/.exec(latin1(line));
        if (match === null) {
          throw this.#fail(
            'bad-status-line',
            'The response does not begin with a status line such as "HTTP/1.1 200 OK".',
            { offset: start, bytes: bytes(), hint: 'Write "HTTP/1.1", a space and a three-digit status first.' },
          );
        }
        const status = Number(match[1]);
        if (status === 101) {
          throw this.#fail(
            'bad-status-line',
            'The function answered 101 Switching Protocols; there is nothing to switch to.',
            {
              offset: start,
              bytes: bytes(),
              hint: 'Answer with a final status such as 200.',
            },
          );
        }
        this.#state = { kind: 'headers', status };
        return;
      }
      case 'headers':
        if (line.length === 0) {
          this.#endOfHead(state.status, start, bytes);
        } else {
          this.#headers.push(this.#header(line, start, bytes));
        }
        return;
      case 'chunk-size': {
        const match = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i.exec(latin1(line));
        if (match?.[1] === undefined) {
          throw this.#fail('bad-chunk', 'A chunk of the body does not begin with its size in hexadecimal.', {
            offset: start,
            bytes: bytes(),
            hint: 'Write each chunk as its size in hexadecimal, CR LF, that many bytes, CR LF; and "0" and two CR LF at the end.',
          });
        }
        const left = Number.parseInt(match[1], 16);
        this.#headBytes = 0;
        this.#state = left === 0 ? { kind: 'trailers' } : { kind: 'chunk-data', left };
        return;
      }
      case 'chunk-end':
        if (line.length !== 0) {
          throw this.#fail('bad-chunk', 'A chunk of the body is longer than the size it was announced with.', {
            offset: start,
            bytes: bytes(),
            hint: "The size counts the chunk's bytes, not its characters, and not the CR LF after it.",
          });
        }
        this.#state = { kind: 'chunk-size' };
        return;
      case 'trailers':
        if (line.length === 0) {
          this.#complete();
        } else {
          this.#header(line, start, bytes);
        }
        return;
      default:
        state satisfies never;
    }
  }

  #endOfHead(status: number, start: number, bytes: () => Uint8Array): void {
    const headBytes = this.#headBytes;
    const headers = this.#headers;
    this.#headers = [];
    this.#headBytes = 0;
    if (status < 200) {
      this.#sink.interim(status, headBytes);
      this.#state = { kind: 'status-line' };
      return;
    }
    const framing = framingOf(headers, status);
    if (framing.kind === 'problem') {
      throw this.#fail(framing.code, framing.message, { offset: start, bytes: bytes(), hint: framing.hint });
    }
    this.#state =
      framing.kind === 'chunked'
        ? { kind: 'chunk-size' }
        : { kind: 'length', left: framing.length, expected: framing.length };
    this.#sink.head({ status, headers, headBytes, keepAlive: keepsAlive(headers) });
    if (framing.kind === 'length' && framing.length === 0) {
      this.#complete();
    }
  }

  #header(line: Uint8Array, start: number, bytes: () => Uint8Array): [string, string] {
    const header = readHeader(line);
    if (header.kind === 'problem') {
      throw this.#fail(header.code, header.message, { offset: start, bytes: bytes(), hint: header.hint });
    }
    return [header.name, header.value];
  }

  /** Tells stray output at its very first byte, not when a line is complete: there may never be one. */
  #checkStart(line: Uint8Array, lineStart: number, rest: Uint8Array): void {
    const size = Math.min(line.length, startOfResponse.length);
    for (let i = 0; i < size; i += 1) {
      if (line[i] !== startOfResponse[i]) {
        throw this.#fail('stray-output', 'The function wrote to stdout what is not part of an HTTP response.', {
          offset: lineStart,
          bytes: excerpt(line, rest),
          hint: 'stdout carries only responses: send logs and prints to stderr.',
        });
      }
    }
  }

  #checkBound(kind: LineState, piece: Uint8Array, lineLength: number): void {
    if (kind === 'status-line' || kind === 'headers' || kind === 'trailers') {
      this.#headBytes += piece.length;
      if (this.#headBytes > this.#limits.maxHeadBytes) {
        throw this.#fail(
          'header-too-large',
          `The head of the response is larger than ${this.#limits.maxHeadBytes} bytes.`,
          {
            offset: this.#offset,
            bytes: excerpt(piece),
            hint: 'Send less in headers; is the empty line between head and body missing?',
          },
        );
      }
    } else if (lineLength > maxChunkSizeLine) {
      throw this.#fail('bad-chunk', 'The line with the size of a chunk does not end.', {
        offset: this.#offset,
        bytes: excerpt(piece),
        hint: 'End it with CR LF.',
      });
    }
  }

  #fail(
    code: ErrorCode,
    message: string,
    details: { offset: number; bytes: Uint8Array; hint: string },
  ): HotFunctionsError {
    this.#state = { kind: 'failed' };
    return new HotFunctionsError(code, message, details);
  }

  #complete(): void {
    this.#state = { kind: 'complete' };
    this.#sink.complete();
  }
}

type LineState = 'status-line' | 'headers' | 'chunk-size' | 'chunk-end' | 'trailers';

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A copy of the line at fault and what came with it, bounded. */
function excerpt(line: Uint8Array, rest: Uint8Array = new Uint8Array()): Uint8Array {
  const shown = line.subarray(0, maxExcerpt);
  return Buffer.concat([shown, rest.subarray(0, maxExcerpt - shown.length)]);
}

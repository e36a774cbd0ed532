import { type ErrorCode, HotFunctionsError } from '../errors.ts';
import { PartialLine } from './partial-line.ts';
import { type Framing, framingOf, headOf, type ResponseHead, readHeader } from './response-head.ts';
import { excerptOf, type Line } from './response-line.ts';
import { UsualHeads } from './usual-head.ts';

/** Receives what the decoder finds, in order. Body chunks are views of the input, not copies. */
export interface ResponseSink {
  interim(status: number, headBytes: number): void;
  head(head: ResponseHead): void;
  body(chunk: Uint8Array): void;
  complete(): void;
}

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
/** Of status line and headers together, and again of chunk trailers. */
const maxHeadBytes = 64 * 1024;
const maxChunkSizeLine = 1024;

/**
 * Reads one HTTP/1.x response from a function's stdout, incrementally. It never reads past the end of the
 * response, so that what follows can be told from it, and says of a failure at which byte it is.
 *
 * Lenient where functions in the wild are: bare LF, HTTP/1.0, 1xx before the answer, no reason phrase. Strict
 * where leniency would lose the boundary: the length must be known at the end of the head.
 */
export class ResponseDecoder {
  readonly #sink: ResponseSink;
  readonly #usualHeads: UsualHeads;
  #state: State = { kind: 'status-line' };
  /** Bytes taken since the exchange began. */
  #offset = 0;
  /** A line whose end has not come yet. */
  readonly #partial = new PartialLine();
  #headBytes = 0;
  #headers: (readonly [string, string])[] = [];
  #bodyBytes = 0;

  /** @param usualHeads of the function that answers: it need not be told twice */
  constructor(sink: ResponseSink, usualHeads: UsualHeads = new UsualHeads()) {
    this.#sink = sink;
    this.#usualHeads = usualHeads;
  }

  get offset(): number {
    return this.#offset;
  }

  get complete(): boolean {
    return this.#state.kind === 'complete';
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
   * @returns how many bytes of `chunk` belong to the response; fewer than all only once it is complete.
   * @throws HotFunctionsError when the input breaks the protocol. The decoder takes nothing after that.
   */
  write(chunk: Uint8Array): number {
    const input = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = this.#offset === 0 ? this.#takeUsualHead(input) : 0;
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

  /** @returns how many bytes it has, if it is one. */
  #takeUsualHead(input: Buffer): number {
    const usual = this.#usualHeads.read(input, maxHeadBytes);
    if (usual === undefined) {
      return 0;
    }
    const { head, framing } = usual;
    this.#offset = head.headBytes;
    this.#beginBody(head, framing);
    return head.headBytes;
  }

  #takeBody(input: Buffer, at: number, state: { readonly kind: 'length' | 'chunk-data'; left: number }): number {
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

  #takeLine(input: Buffer, at: number, state: Extract<State, { kind: LineState }>): number {
    const lf = input.indexOf(LF, at);
    const end = lf === -1 ? input.length : lf + 1;
    const offset = this.#offset - this.#partial.length;
    this.#offset += end - at;
    this.#checkBound(state.kind, input, at, end);
    // The usual line is whole and is read where it is. Without views and closures for it, a usual head costs 2 µs less.
    const line: Line =
      lf !== -1 && this.#partial.length === 0
        ? { bytes: input, from: at, to: end, offset, input, end }
        : { bytes: this.#partial.add(input.subarray(at, end)), from: 0, to: this.#partial.length, offset, input, end };
    if (state.kind === 'status-line') {
      this.#checkStart(line);
    }
    if (lf !== -1) {
      this.#partial.clear();
      const { bytes, from, to } = line;
      this.#line(state, line, to - from >= 2 && bytes[to - 2] === CR ? to - 2 : to - 1);
    }
    return end;
  }

  #line(state: Extract<State, { kind: LineState }>, line: Line, textEnd: number): void {
    switch (state.kind) {
      case 'status-line': {
        const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?: .*)?$/.exec(line.bytes.toString('latin1', line.from, textEnd));
        if (match === null) {
          throw this.#failAt(line, {
            code: 'bad-status-line',
            message: 'The response does not begin with a status line such as "HTTP/1.1 200 OK".',
            hint: 'Write "HTTP/1.1", a space and a three-digit status first.',
          });
        }
        const status = Number(match[1]);
        if (status === 101) {
          throw this.#failAt(line, {
            code: 'bad-status-line',
            message: 'The function answered 101 Switching Protocols; there is nothing to switch to.',
            hint: 'Answer with a final status such as 200.',
          });
        }
        this.#state = { kind: 'headers', status };
        return;
      }
      case 'headers':
        if (line.from === textEnd) {
          this.#endOfHead(state.status, line);
        } else {
          this.#headers.push(this.#header(line, textEnd));
        }
        return;
      case 'chunk-size': {
        const match = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i.exec(line.bytes.toString('latin1', line.from, textEnd));
        if (match?.[1] === undefined) {
          throw this.#failAt(line, {
            code: 'bad-chunk',
            message: 'A chunk of the body does not begin with its size in hexadecimal.',
            hint: 'Write each chunk as its size in hexadecimal, CR LF, that many bytes, CR LF; and "0" and two CR LF at the end.',
          });
        }
        const left = Number.parseInt(match[1], 16);
        this.#headBytes = 0;
        this.#state = left === 0 ? { kind: 'trailers' } : { kind: 'chunk-data', left };
        return;
      }
      case 'chunk-end':
        if (line.from !== textEnd) {
          throw this.#failAt(line, {
            code: 'bad-chunk',
            message: 'A chunk of the body is longer than the size it was announced with.',
            hint: "The size counts the chunk's bytes, not its characters, and not the CR LF after it.",
          });
        }
        this.#state = { kind: 'chunk-size' };
        return;
      case 'trailers':
        if (line.from === textEnd) {
          this.#complete();
        } else {
          this.#header(line, textEnd);
        }
        return;
      default:
        state satisfies never;
    }
  }

  #endOfHead(status: number, line: Line): void {
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
      throw this.#failAt(line, framing);
    }
    this.#beginBody(headOf(status, headers, headBytes), framing);
  }

  #beginBody(head: ResponseHead, framing: Framing): void {
    this.#state =
      framing.kind === 'chunked'
        ? { kind: 'chunk-size' }
        : { kind: 'length', left: framing.length, expected: framing.length };
    this.#sink.head(head);
    if (framing.kind === 'length' && framing.length === 0) {
      this.#complete();
    }
  }

  #header(line: Line, textEnd: number): readonly [string, string] {
    const header = readHeader(line.bytes, line.from, textEnd);
    if (header.kind === 'problem') {
      throw this.#failAt(line, header);
    }
    return [header.name, header.value];
  }

  /** Tells stray output at its very first byte, not when a line is complete: there may never be one. */
  #checkStart(line: Line): void {
    const size = Math.min(line.to - line.from, startOfResponse.length);
    for (let i = 0; i < size; i += 1) {
      if (line.bytes[line.from + i] !== startOfResponse[i]) {
        throw this.#failAt(line, {
          code: 'stray-output',
          message: 'The function wrote to stdout what is not part of an HTTP response.',
          hint: 'stdout carries only responses: send logs and prints to stderr.',
        });
      }
    }
  }

  #checkBound(kind: LineState, input: Buffer, at: number, end: number): void {
    if (kind === 'status-line' || kind === 'headers' || kind === 'trailers') {
      this.#headBytes += end - at;
      if (this.#headBytes > maxHeadBytes) {
        throw this.#failAt(this.#pieceAtFault(input, at, end), {
          code: 'header-too-large',
          message: `The head of the response is larger than ${maxHeadBytes} bytes.`,
          hint: 'Send less in headers; is the empty line between head and body missing?',
        });
      }
    } else if (this.#partial.length + end - at > maxChunkSizeLine) {
      throw this.#failAt(this.#pieceAtFault(input, at, end), {
        code: 'bad-chunk',
        message: 'The line with the size of a chunk does not end.',
        hint: 'End it with CR LF.',
      });
    }
  }

  /** Of a line that is too long: what has just come. */
  #pieceAtFault(input: Buffer, at: number, end: number): Line {
    return { bytes: input, from: at, to: end, offset: this.#offset, input, end: input.length };
  }

  #failAt(line: Line, { code, message, hint }: Problem): HotFunctionsError {
    this.#state = { kind: 'failed' };
    return new HotFunctionsError(code, message, { offset: line.offset, bytes: excerptOf(line), hint });
  }

  #complete(): void {
    this.#state = { kind: 'complete' };
    this.#sink.complete();
  }
}

type LineState = 'status-line' | 'headers' | 'chunk-size' | 'chunk-end' | 'trailers';

type Problem = { readonly code: ErrorCode; readonly message: string; readonly hint: string };

import type { Boundary, Direction, ExchangeLabel, WireEvent } from '../../core/wire/recording.ts';
import { ByteText, bytesAsText } from './byte-text.ts';

/** Hides credentials in one direction of one exchange; what it returns has the length it was given. */
export interface ByteMask {
  mask(bytes: Uint8Array): Uint8Array;
}

export interface WireFormatterOptions {
  /** Asked for each chunk, so that a changed setting counts at once. */
  maxBytesPerMessage(): number;
  newMask(): ByteMask;
}

/** Shows every byte as it is. */
export const noMask: ByteMask = { mask: (bytes) => bytes };

interface Stream {
  readonly mask: ByteMask;
  readonly text: ByteText;
  shownOfMessage: number;
  hiddenOfMessage: number;
}

interface Exchange {
  readonly stdin: Stream;
  readonly stdout: Stream;
}

/** Turns wire events into the text of the wire log. Exchanges may interleave: each chunk says whose it is. */
export class WireFormatter {
  readonly #options: WireFormatterOptions;
  readonly #exchanges = new Map<string, Exchange>();
  #midLine = false;

  constructor(options: WireFormatterOptions) {
    this.#options = options;
  }

  format(event: WireEvent): string {
    const { exchange, atMs } = event;
    switch (event.kind) {
      case 'begin':
        this.#exchanges.set(exchange.callId, this.#newExchange(exchange.format));
        return `${this.#freshLine()}\n${headline(exchange)}\n`;
      case 'bytes':
        return this.#bytes(exchange, atMs, event.direction, event.bytes);
      case 'boundary':
        return this.#boundary(exchange, atMs, event.boundary);
      case 'stray':
        return this.#stray(exchange, atMs, event.bytes);
      case 'end': {
        const rest = this.#flush(exchange, 'stdin') + this.#flush(exchange, 'stdout');
        this.#exchanges.delete(exchange.callId);
        return `${rest}${this.#freshLine()}── end of call ${shortCallId(exchange.callId)}  ${at(atMs)}  ${event.note}\n`;
      }
      default:
        return event satisfies never;
    }
  }

  #newExchange(format: ExchangeLabel['format']): Exchange {
    const stream = (): Stream => ({
      // Only hot messages have headers; a cold function's bytes are its payload, whatever they look like.
      mask: format === 'http' ? this.#options.newMask() : noMask,
      text: new ByteText(),
      shownOfMessage: 0,
      hiddenOfMessage: 0,
    });
    return { stdin: stream(), stdout: stream() };
  }

  #bytes(label: ExchangeLabel, atMs: number, direction: Direction, bytes: Uint8Array): string {
    const stream = this.#exchanges.get(label.callId)?.[direction];
    const head = `${this.#freshLine()}${arrowOf(direction)}  call ${shortCallId(label.callId)}  ${at(atMs)}  ${count(bytes.length)}\n`;
    if (stream === undefined) {
      // The exchange has failed and its container is being killed: what still comes is shown as it comes.
      return head + this.#whole(bytes);
    }
    // The mask follows the message's structure, so it sees the bytes that are not shown too.
    const masked = stream.mask.mask(bytes);
    const room = Math.max(0, this.#options.maxBytesPerMessage() - stream.shownOfMessage);
    const shown = masked.subarray(0, room);
    stream.shownOfMessage += shown.length;
    stream.hiddenOfMessage += masked.length - shown.length;
    return head + this.#note(stream.text.write(shown));
  }

  #boundary(label: ExchangeLabel, atMs: number, boundary: Boundary): string {
    if (boundary.kind === 'response-head') {
      // Not the end of a message, and the empty line that ends a head is there to be seen.
      return '';
    }
    const direction = directionOf(boundary);
    return `${this.#flush(label, direction)}${this.#freshLine()}── ${direction}  call ${shortCallId(label.callId)}  ${at(atMs)}  ${describe(boundary)}\n`;
  }

  #stray(label: ExchangeLabel, atMs: number, bytes: Uint8Array): string {
    const head =
      `${this.#freshLine()}!! STRAY OUTPUT  ${at(atMs)}  ${count(bytes.length)} that belong to no answer, ` +
      `left by call ${shortCallId(label.callId)} of ${label.routeId} in ${label.container}\n`;
    return `${head}${this.#whole(bytes)}${this.#freshLine()}!! end of stray output\n`;
  }

  /** Bytes that are no part of a message that is followed. */
  #whole(bytes: Uint8Array): string {
    const shown = this.#options.newMask().mask(bytes).subarray(0, this.#options.maxBytesPerMessage());
    const text = this.#note(bytesAsText(shown));
    return bytes.length > shown.length ? `${text}${this.#freshLine()}${hidden(bytes.length - shown.length)}` : text;
  }

  #flush(label: ExchangeLabel, direction: Direction): string {
    const stream = this.#exchanges.get(label.callId)?.[direction];
    if (stream === undefined) {
      return '';
    }
    const rest = this.#note(stream.text.flush());
    const cut = stream.hiddenOfMessage > 0 ? `${this.#freshLine()}${hidden(stream.hiddenOfMessage)}` : '';
    stream.shownOfMessage = 0;
    stream.hiddenOfMessage = 0;
    return rest + cut;
  }

  /** Remembers whether the text left a line open, and passes it on. */
  #note(text: string): string {
    if (text !== '') {
      this.#midLine = !text.endsWith('\n');
    }
    return text;
  }

  #freshLine(): string {
    const ending = this.#midLine ? '\n' : '';
    this.#midLine = false;
    return ending;
  }
}

/** Enough of a call's id to tell calls apart on a screen. */
function shortCallId(callId: string): string {
  return callId.slice(0, 8);
}

function headline({ callId, routeId, container, format, callNumber }: ExchangeLabel): string {
  const temperature = format === 'http' ? `hot, call ${callNumber} of this container` : 'cold';
  return `━━ ${routeId}  call ${callId}  container ${container}  ${temperature}`;
}

function arrowOf(direction: Direction): string {
  return direction === 'stdin' ? '→ stdin ' : '← stdout';
}

function directionOf(boundary: Boundary): Direction {
  return boundary.kind === 'request-complete' || boundary.kind === 'stdin-closed' ? 'stdin' : 'stdout';
}

function describe(boundary: Exclude<Boundary, { kind: 'response-head' }>): string {
  switch (boundary.kind) {
    case 'request-complete':
      return `request complete: head ${boundary.headBytes}, body ${count(boundary.bodyBytes)}`;
    case 'interim-response':
      return `interim response ${boundary.status}: head ${count(boundary.headBytes)}`;
    case 'response-complete':
      return `response complete: head ${boundary.headBytes}, body ${count(boundary.bodyBytes)}`;
    case 'stdin-closed':
      return 'closed';
    case 'stdout-closed':
      return 'closed by the function';
    default:
      return boundary satisfies never;
  }
}

function at(ms: number): string {
  return `+${ms.toFixed(1)} ms`;
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

function hidden(bytes: number): string {
  return `… ${bytes} more ${bytes === 1 ? 'byte' : 'bytes'}\n`;
}

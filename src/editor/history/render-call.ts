import { STATUS_CODES } from 'node:http';
import type { CallTimings } from '../../core/call.ts';
import type { CallRecord, KeptError, RecordedEvent } from '../../core/calls/call-record.ts';
import { ResponseDecoder } from '../../core/wire/response-decoder.ts';
import { formatMs } from '../format-ms.ts';
import { textOf } from '../response/body-text.ts';
import { describeServedBy } from '../response/describe-served-by.ts';
import { hexDump } from '../response/hex-dump.ts';
import { WireFormatter } from '../wire-log/wire-formatter.ts';
import { clockOf, dateOf, originSentence } from './describe-entry.ts';

const maxHexBytes = 64 * 1024;

/** The document of a call: how it went, what was asked and answered, and every byte that is kept of its exchange. */
export function renderCall(record: CallRecord): string {
  const sections = [
    summaryOf(record),
    requestOf(record),
    ...responseOf(record),
    ...section('Stderr', record.stderr.trimEnd()),
    ...section('Earlier attempts', record.earlier.map(attempt).join('\n')),
    ...section('On the wire', exchangeOf(record)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function summaryOf(record: CallRecord): string {
  const { callId, routeId, servedBy, timings, createdAt, attempts, error, state } = record;
  const first = [outcomeOf(record), ...(timings === undefined ? [] : [formatMs(timings.totalMs)])];
  const phases = timings === undefined ? '' : phasesOf(timings).join(' · ');
  return [
    [...first, ...(servedBy === undefined ? [] : [describeServedBy(servedBy)])].join(' · '),
    `Route: ${routeId}`,
    `Call: ${callId}`,
    `Begun: ${dateOf(createdAt)} ${clockOf(createdAt)}`,
    `Origin: ${originSentence(record)}`,
    ...(attempts > 1 ? [`Attempts: ${attempts}`] : []),
    ...(record.notBefore === undefined ? [] : [`Again at: ${clockOf(record.notBefore)}`]),
    ...(phases === '' ? [] : [`Phases: ${phases}`]),
    ...(record.masked ? ['Credentials: starred out; such a request cannot be sent again once its window is gone'] : []),
    ...problemLines(error, state === 'done' ? 'Warning' : 'Problem', record.stderr),
  ].join('\n');
}

function outcomeOf({ state, status }: CallRecord): string {
  return state === 'done' && status !== undefined ? `${status} ${STATUS_CODES[status] ?? ''}`.trim() : state;
}

function phasesOf({ queuedMs, preparedMs, startedMs, firstByteMs }: CallTimings): readonly string[] {
  const phases = [
    ['queued', queuedMs],
    ['prepared', preparedMs],
    ['started', startedMs],
    ['first byte', firstByteMs],
  ] as const;
  return phases.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${formatMs(ms)}`]));
}

function problemLines(error: KeptError | undefined, title: string, wholeStderr: string): readonly string[] {
  if (error === undefined) {
    return [];
  }
  const { message, code, hint, exitCode, stderr } = error;
  return [
    '',
    `${title}: ${message} (${code})`,
    ...(hint === undefined ? [] : [`What to do: ${hint}`]),
    ...(exitCode === undefined ? [] : [`Exit code: ${exitCode}`]),
    ...(stderr === undefined || wholeStderr !== '' ? [] : ['The end of its stderr:', stderr.trimEnd()]),
  ];
}

function attempt({ endedAt, error }: CallRecord['earlier'][number]): string {
  return `${dateOf(endedAt)} ${clockOf(endedAt)}  ${error.message} (${error.code})`;
}

function requestOf({ method, url, headers, wire, requestBytes, state }: CallRecord): string {
  if (method === undefined) {
    return `▸ Request\n${state === 'queued' ? 'Waits to be sent.' : 'Was never sent.'}`;
  }
  const input = inputOf(wire);
  const body = input.length === 0 ? '' : `\n\n${shown(input, Math.max(requestBytes, input.length))}`;
  const lines = [`${method} ${url ?? ''}`.trim(), ...headers.map(([name, value]) => `${name}: ${value}`)];
  return `▸ Request\n${lines.join('\n')}${body}`;
}

/** What the function was given as input, as much as is kept. */
function inputOf(wire: readonly RecordedEvent[]): Buffer {
  const head = wire.find((event) => event.kind === 'boundary' && event.boundary.kind === 'request-complete') as
    | Extract<RecordedEvent, { kind: 'boundary' }>
    | undefined;
  const isHot = wire.some((event) => event.kind === 'begin' && event.format === 'http');
  const written = bytesOf(wire, 'stdin');
  if (!isHot) {
    return written;
  }
  const headBytes =
    head?.boundary.kind === 'request-complete' ? head.boundary.headBytes : written.indexOf('\r\n\r\n') + 4;
  return written.subarray(headBytes);
}

function responseOf(record: CallRecord): readonly string[] {
  const { wire, responseBytes } = record;
  const output = bytesOf(wire, 'stdout');
  if (output.length === 0) {
    return [];
  }
  if (!wire.some((event) => event.kind === 'begin' && event.format === 'http')) {
    return [`▸ Response\n${shown(output, Math.max(responseBytes, output.length))}`];
  }
  const answer = decoded(output);
  if (answer === undefined) {
    // What it is instead of an answer is to be seen on the wire.
    return [];
  }
  const { status, headers, body } = answer;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`.trim(),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const text = body.length === 0 ? '' : `\n\n${shown(body, Math.max(responseBytes, body.length))}`;
  return [`▸ Response\n${lines.join('\n')}${text}`];
}

function decoded(output: Uint8Array) {
  let head: { readonly status: number; readonly headers: readonly (readonly [string, string])[] } | undefined;
  const chunks: Uint8Array[] = [];
  const decoder = new ResponseDecoder({
    interim: () => {},
    head: (found) => {
      head = found;
    },
    body: (chunk) => void chunks.push(chunk),
    complete: () => {},
  });
  try {
    decoder.write(output);
  } catch {
    // What came before it broke the protocol.
  }
  return head && { ...head, body: Buffer.concat(chunks) };
}

function bytesOf(wire: readonly RecordedEvent[], direction: 'stdin' | 'stdout'): Buffer {
  return Buffer.concat(
    wire.flatMap((event) => (event.kind === 'bytes' && event.direction === direction ? [event.bytes] : [])),
  );
}

function shown(bytes: Uint8Array, length: number): string {
  const isCut = bytes.length < length;
  const text = (textOf(bytes, isCut) ?? hexDump(bytes, maxHexBytes)).trimEnd();
  return isCut ? `${text}\n… ${length - bytes.length} more bytes are not kept` : text;
}

/** In the form of the wire log. What is kept has its credentials overwritten already. */
function exchangeOf({ callId, routeId, wire, wireSkipped }: CallRecord): string {
  const formatter = new WireFormatter({
    maxBytesPerMessage: () => Number.MAX_SAFE_INTEGER,
    newMask: () => ({ mask: (bytes) => bytes }),
  });
  let exchange = { callId, routeId, container: '', format: 'http' as 'default' | 'http', callNumber: 0 };
  let text = '';
  for (const event of wire) {
    if (event.kind === 'begin') {
      const { container, format, callNumber } = event;
      exchange = { ...exchange, container, format, callNumber };
    }
    text += formatter.format({ ...event, exchange });
    if ((event.kind === 'bytes' || event.kind === 'stray') && event.bytes.length < event.length) {
      text += `${text.endsWith('\n') ? '' : '\n'}… ${event.length - event.bytes.length} more bytes are not kept\n`;
    }
  }
  const skipped = wireSkipped === 0 ? '' : `\n… ${wireSkipped} more events are not kept`;
  return `${text.trim()}${skipped}`;
}

function section(title: string, text: string): readonly string[] {
  return text === '' ? [] : [`▸ ${title}\n${text}`];
}

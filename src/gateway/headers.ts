import type { HeaderList } from '../core/call.ts';
import { isToken } from '../core/wire/names.ts';

/** Between two neighbours only. Source: RFC 9110, 7.6.1. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a function gets to see of a caller's headers. `mine` are those that were meant for the gateway. */
export function headersForFunction(rawHeaders: readonly string[], mine: readonly string[]): HeaderList {
  const headers: [string, string][] = [];
  let connection = '';
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    const known = name.toLowerCase();
    if (known === 'connection') {
      connection += `,${value}`;
    }
    if (!hopByHop.has(known) && !mine.includes(known)) {
      headers.push([name, textOf(value)]);
    }
  }
  const named = namedIn(connection);
  return named.size === 0 ? headers : headers.filter(([name]) => !named.has(name.toLowerCase()));
}

interface Written {
  readonly status: number;
  /** Nobody changes it: `writeHead` is only declared as if it might. */
  readonly raw: string[];
}

/** Of lists that never change: those of functions that say the same with each answer. */
const written = new WeakMap<HeaderList, Written>();

/** A function's headers in the form that `writeHead` takes at once: name, value, name, value. */
export function headersForCaller(headers: HeaderList, status: number): string[] {
  const known = written.get(headers);
  if (known?.status === status) {
    return known.raw;
  }
  const raw = rawHeaders(headers, status);
  if (Object.isFrozen(headers)) {
    written.set(headers, { status, raw });
  }
  return raw;
}

function rawHeaders(headers: HeaderList, status: number): string[] {
  const raw: string[] = [];
  let connection = '';
  for (const [name, value] of headers) {
    const known = name.toLowerCase();
    if (known === 'connection') {
      connection += `,${value}`;
    }
    const isFraming = known === 'content-length' && status === 204;
    if (!hopByHop.has(known) && !isFraming && isToken(name)) {
      raw.push(name, bytesOf(value));
    }
  }
  const named = namedIn(connection);
  return named.size === 0 ? raw : raw.filter((_, at) => !named.has((raw[at - (at % 2)] ?? '').toLowerCase()));
}

const nothing: ReadonlySet<string> = new Set();

/** Further headers that a `Connection` header declares to be between neighbours. */
function namedIn(connection: string): ReadonlySet<string> {
  if (connection === '' || /^,(?:keep-alive|close)$/i.test(connection)) {
    return nothing;
  }
  const names = new Set(connection.toLowerCase().split(/[ \t,]+/));
  for (const usual of ['', 'close', 'keep-alive', 'upgrade']) {
    names.delete(usual);
  }
  return names;
}

/** Node gives each byte of a value as one character; most that is not ASCII is meant as UTF-8. */
function textOf(value: string): string {
  if (!/[\x80-\xff]/.test(value)) {
    return value;
  }
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? value : utf8;
}

function bytesOf(value: string): string {
  if (!/[^\t\x20-\x7e]/.test(value)) {
    return value;
  }
  return Buffer.from(value.replace(/[^\t\x20-\x7e\u0080-\uffff]/g, ' '), 'utf8').toString('latin1');
}

import type { HeaderList } from '../call.ts';
import type { RequestBody } from '../request-body.ts';
import type { Route } from '../route.ts';
import { type CallFacts, containerEnvironment, headerVariables } from './call-variables.ts';
import { canonicalHeaderName, isFramingName, isToken } from './names.ts';

/** Bodies up to this size go out in the same write as the head. */
const oneWriteBytes = 64 * 1024;
const nothing = new Uint8Array();

export interface EncodedRequest {
  /** What to write at once, in order: one chunk, or head and body where the body is large. */
  readonly chunks: readonly Uint8Array[];
  /** The body, where it is to be streamed behind the head. */
  readonly rest?: AsyncIterable<Uint8Array>;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

/** A header line of every request of a route: the same each time, or with what the call says. Sorted by name. */
type TemplateLine = { readonly name: string } & (
  | { readonly line: string }
  | { readonly says: 'length' | 'method' | 'url' | 'id' }
);

export type RequestTemplate = readonly TemplateLine[];

/** What the requests of a hot route have in common. Written once for all calls: with it, one is half as much work. */
export function requestTemplate(route: Route): RequestTemplate {
  const lines = new Map<string, TemplateLine>();
  for (const [name, value] of onTheWire([...containerEnvironment(route), ['ROUTE', route.path]])) {
    lines.set(name, { name, line: lineOf(name, value) });
  }
  for (const [name, says] of [
    ['Content-Length', 'length'],
    ['Method', 'method'],
    ['Request_url', 'url'],
    ['Task-Id', 'id'],
  ] as const) {
    lines.set(name, { name, says });
  }
  return [...lines.values()].sort(byName);
}

/**
 * The bytes of one hot call, as the daemon writes them: always `GET /`, variables as headers in Go's spelling,
 * sorted, nothing after the body. Repairs: `Host` first, since strict parsers want it; `Fn_format` every time;
 * a `Task-Id` of its own.
 */
export function encodeRequest(
  route: Route,
  call: CallFacts & { readonly id: string },
  body: RequestBody,
  template: RequestTemplate = requestTemplate(route),
): EncodedRequest {
  const own = call.headers.length === 0 ? [] : callersLines(call.headers);
  let head = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  let next = 0;
  for (const common of template) {
    for (let line = own[next]; line !== undefined && line.name < common.name; line = own[next]) {
      head += line.line;
      next += 1;
    }
    // What a caller says goes before config of the same name.
    if (own[next]?.name !== common.name) {
      head += 'line' in common ? common.line : lineOf(common.name, wordOf(common.says, call, body));
    }
  }
  for (const { line } of own.slice(next)) {
    head += line;
  }
  return written(`${head}\r\n`, body);
}

function wordOf(
  says: 'length' | 'method' | 'url' | 'id',
  call: CallFacts & { readonly id: string },
  body: RequestBody,
): string {
  switch (says) {
    case 'length':
      return String(body.length);
    case 'method':
      return headerValue(call.method);
    case 'url':
      return headerValue(call.url);
    case 'id':
      return call.id;
    default:
      return says satisfies never;
  }
}

function callersLines(headers: HeaderList): readonly { readonly name: string; readonly line: string }[] {
  return onTheWire(headerVariables(headers))
    .map(([name, value]) => ({ name, line: lineOf(name, value) }))
    .sort(byName);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function lineOf(name: string, value: string): string {
  return `${name}: ${value}\r\n`;
}

/** Head and small body in one write: naive loops exit when their first read lacks the end of the head. */
function written(head: string, body: RequestBody): EncodedRequest {
  const inOne = body.kind === 'bytes' && body.length <= oneWriteBytes ? body.bytes : nothing;
  const headBytes = Buffer.byteLength(head);
  const first = Buffer.allocUnsafe(headBytes + inOne.length);
  first.write(head);
  first.set(inOne, headBytes);
  const sizes = { headBytes, bodyBytes: body.length };
  if (body.kind === 'stream') {
    return { chunks: [first], rest: body.chunks, ...sizes };
  }
  return { chunks: body.length <= oneWriteBytes ? [first] : [first, body.bytes], ...sizes };
}

function onTheWire(variables: Iterable<readonly [string, string]>): (readonly [name: string, value: string])[] {
  const headers: (readonly [string, string])[] = [];
  for (const [variable, value] of variables) {
    const name = wireName(variable);
    if (name !== undefined) {
      headers.push([name, headerValue(value)]);
    }
  }
  return headers;
}

/** Callers choose the names of their headers, so there is no end of them. */
const maxKnownNames = 1000;

/** Names come again with every call: to remember how they are spelt makes a request less than half as much work. */
const knownNames = new Map<string, string | undefined>();

/** How a variable is called on the wire; undefined if it cannot be there. */
function wireName(variable: string): string | undefined {
  const known = knownNames.get(variable);
  if (known !== undefined || knownNames.has(variable)) {
    return known;
  }
  const name = isToken(variable) && !isFramingName(variable) ? canonicalHeaderName(variable) : undefined;
  if (knownNames.size >= maxKnownNames) {
    knownNames.clear();
  }
  knownNames.set(variable, name);
  return name;
}

/** As Go writes it: each line break a space, then no white space around. */
function headerValue(value: string): string {
  return /^[ \t]|[\r\n]|[ \t]$/.test(value) ? value.replace(/[\r\n]/g, ' ').replace(/^[ \t]+|[ \t]+$/g, '') : value;
}

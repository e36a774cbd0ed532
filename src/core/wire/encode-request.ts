import type { RequestBody } from '../request-body.ts';
import type { Route } from '../route.ts';
import { type CallFacts, callVariables, containerEnvironment, type Variables } from './call-variables.ts';
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

/** The part of a hot route's requests that is the same for every call: its config as header lines. */
export function configHeaders(route: Route): Variables {
  return putOnTheWire(containerEnvironment(route), new Map());
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
  config: Variables = configHeaders(route),
): EncodedRequest {
  const headers = putOnTheWire(callVariables(route, call), new Map(config));
  headers.set('Content-Length', String(body.length));
  headers.set('Task-Id', call.id);

  let text = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  for (const name of [...headers.keys()].sort()) {
    text += `${name}: ${headers.get(name)}\r\n`;
  }
  return written(`${text}\r\n`, body);
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

function putOnTheWire(variables: Variables, headers: Map<string, string>): Map<string, string> {
  for (const [variable, value] of variables) {
    const name = wireName(variable);
    if (name !== undefined) {
      headers.set(name, headerValue(value));
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

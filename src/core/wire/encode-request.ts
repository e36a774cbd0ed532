import type { HeaderList } from '../call.ts';
import type { RequestBody } from '../request-body.ts';
import type { Route } from '../route.ts';
import { type CallFacts, containerEnvironment, headerVariables } from './call-variables.ts';
import { canonicalHeaderName, headerValue, isFramingName, isToken } from './names.ts';
import { type CallWord, type HeadPart, RequestHeads } from './request-heads.ts';

/** Bodies up to this size go out in the same write as the head. */
const oneWriteBytes = 64 * 1024;
const nothing = new Uint8Array();
const requestLine = 'GET / HTTP/1.1\r\nHost: localhost\r\n';

export interface EncodedRequest {
  /** What to write at once, in order: one chunk, or head and body where the body is large. */
  readonly chunks: readonly Uint8Array[];
  /** The body, where it is to be streamed behind the head. */
  readonly rest?: AsyncIterable<Uint8Array>;
  readonly headBytes: number;
  readonly bodyBytes: number;
}

/** A header line of every request of a route: the same each time, or with what the call says. Sorted by name. */
type TemplateLine = { readonly name: string } & ({ readonly line: string } | { readonly says: CallWord });

export interface RequestTemplate {
  readonly lines: readonly TemplateLine[];
  /** Of requests without headers of a caller. */
  readonly heads: RequestHeads;
}

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
  const sorted = [...lines.values()].sort(byName);
  return { lines: sorted, heads: headsOf(sorted) };
}

function headsOf(lines: readonly TemplateLine[]): RequestHeads {
  const parts: HeadPart[] = [];
  let text = requestLine;
  for (const line of lines) {
    if ('line' in line) {
      text += line.line;
    } else {
      parts.push({ text: `${text}${line.name}: `, says: line.says });
      text = '\r\n';
    }
  }
  return new RequestHeads([...parts, { text: `${text}\r\n`, says: 'nothing' }]);
}

/**
 * The bytes of one hot call, as the daemon writes them: always `GET /`, variables as headers in Go's spelling,
 * sorted, nothing after the body. Repairs: `Host` first, since strict parsers want it; `Fn_format` every time;
 * a `Task-Id` of its own.
 */
export function encodeRequest(
  template: RequestTemplate,
  callId: string,
  call: CallFacts,
  body: RequestBody,
): EncodedRequest {
  const { headers } = call;
  const { heads } = headers.length === 0 ? template : withHeaders(template, headers);
  // Head and small body in one write: naive loops exit when their first read lacks the end of the head.
  const inOne = body.kind === 'bytes' && body.length <= oneWriteBytes ? body.bytes : nothing;
  const { bytes, headBytes } = heads.write(callId, call, body.length, inOne.length);
  bytes.set(inOne, headBytes);
  const bodyBytes = body.length;
  if (body.kind === 'stream') {
    return { chunks: [bytes], rest: body.chunks, headBytes, bodyBytes };
  }
  return { chunks: bodyBytes <= oneWriteBytes ? [bytes] : [bytes, body.bytes], headBytes, bodyBytes };
}

interface Merged extends Pick<RequestTemplate, 'heads'> {
  readonly template: RequestTemplate;
}

/** Of lists that never change. Callers that keep a connection say the same again with each request. */
const merged = new WeakMap<HeaderList, Merged>();

function withHeaders(template: RequestTemplate, headers: HeaderList): Pick<RequestTemplate, 'heads'> {
  const known = merged.get(headers);
  if (known?.template === template) {
    return known;
  }
  const made = { template, heads: headsOf(mergedLines(template, callersLines(headers))) };
  if (Object.isFrozen(headers)) {
    merged.set(headers, made);
  }
  return made;
}

function mergedLines({ lines }: RequestTemplate, own: readonly TemplateLine[]): readonly TemplateLine[] {
  // What a caller says goes before config of the same name.
  const ownNames = new Set(own.map(({ name }) => name));
  return [...lines.filter(({ name }) => !ownNames.has(name)), ...own].sort(byName);
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

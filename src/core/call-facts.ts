import type { CallRequest, HeaderList } from './call.ts';
import type { EditableRequest } from './call-gate.ts';
import { HotFunctionsError } from './errors.ts';
import { bodyOfBytes, type RequestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { CallFacts } from './wire/call-variables.ts';
import { isToken } from './wire/names.ts';

/**
 * What the function is told of a call. A call has method POST with a body, else GET; its URL is the one the
 * daemon would have been called at.
 *
 * @throws HotFunctionsError `invalid-request`
 */
export function callFactsOf(route: Route, request: CallRequest): CallFacts {
  const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
  if (!isToken(method)) {
    throw new HotFunctionsError('invalid-request', `"${method}" is not an HTTP method.`);
  }
  const headers: HeaderList = request.headers ?? [];
  if (!sendable.has(headers)) {
    check(headers);
  }
  const { query, url } = request;
  if ((query !== undefined && /[\s\0]/.test(query)) || (url !== undefined && /[\s\0]/.test(url))) {
    throw new HotFunctionsError('invalid-request', 'The query or the URL has white space in it; encode it.');
  }
  const { bodyLength } = request;
  if (bodyLength !== undefined && !(Number.isSafeInteger(bodyLength) && bodyLength >= 0)) {
    throw new HotFunctionsError('invalid-request', `${bodyLength} is no length of a body.`);
  }
  return { method, headers, url: url ?? usualUrl(route, query) };
}

/** Lists that never change and are known to be right: those of the local endpoint come again with each request. */
const sendable = new WeakSet<HeaderList>();

function check(headers: HeaderList): void {
  for (const [name, value] of headers) {
    if (!isToken(name) || /[\r\n\0]/.test(value)) {
      throw new HotFunctionsError('invalid-request', `The header ${JSON.stringify(name)} cannot be sent.`);
    }
  }
  if (Object.isFrozen(headers)) {
    sendable.add(headers);
  }
}

/** Of routes that were called: to encode one takes half a microsecond. */
const usualUrls = new WeakMap<Route, string>();

function usualUrl(route: Route, query = ''): string {
  let url = usualUrls.get(route);
  if (url === undefined) {
    url = `http://localhost/r/${encodeURIComponent(route.app)}${encodeURI(route.path)}`;
    usualUrls.set(route, url);
  }
  return query === '' ? url : `${url}?${query}`;
}

/** A body whose length is not known before its end. */
export interface UnmeasuredBody {
  readonly kind: 'unmeasured';
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The function's input: the body, or of a GET without one the query's `payload`. */
export function inputOf(request: EditableRequest, method: string): RequestBody;
export function inputOf(request: CallRequest, method: string): RequestBody | UnmeasuredBody;
export function inputOf(request: CallRequest, method: string): RequestBody | UnmeasuredBody {
  const { body, bodyLength } = request;
  if (typeof body === 'string') {
    return bodyOfBytes(Buffer.from(body, 'utf8'));
  }
  if (body instanceof Uint8Array) {
    return bodyOfBytes(body);
  }
  if (body === undefined) {
    const payload = method === 'GET' ? new URLSearchParams(request.query ?? '').get('payload') : null;
    return bodyOfBytes(Buffer.from(payload ?? '', 'utf8'));
  }
  return bodyLength === undefined
    ? { kind: 'unmeasured', chunks: body }
    : { kind: 'stream', chunks: body, length: bodyLength };
}

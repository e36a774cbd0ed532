import type { CallRequest, HeaderList } from './call.ts';
import { HotFunctionsError } from './errors.ts';
import type { Route } from './route.ts';
import type { CallFacts } from './wire/call-variables.ts';
import { isToken } from './wire/names.ts';

/** A request body that has no length of its own is collected up to this size, in bytes. */
export const maxCollectedBody = 64 * 1024 * 1024;

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
  for (const [name, value] of headers) {
    if (!isToken(name) || /[\r\n\0]/.test(value)) {
      throw new HotFunctionsError('invalid-request', `The header ${JSON.stringify(name)} cannot be sent.`);
    }
  }
  if (/[\s\0]/.test(request.query ?? '')) {
    throw new HotFunctionsError('invalid-request', 'The query has white space in it; encode it.');
  }
  const query = request.query === undefined || request.query === '' ? '' : `?${request.query}`;
  return {
    method,
    headers,
    url: `http://localhost/r/${encodeURIComponent(route.app)}${encodeURI(route.path)}${query}`,
  };
}

/** The function's input: the body, or of a GET without one the query's `payload`. */
export async function inputOf(request: CallRequest, method: string, signal: AbortSignal): Promise<Uint8Array> {
  const { body } = request;
  if (typeof body === 'string') {
    return Buffer.from(body, 'utf8');
  }
  if (body instanceof Uint8Array) {
    return body;
  }
  if (body === undefined) {
    const payload = method === 'GET' ? new URLSearchParams(request.query ?? '').get('payload') : null;
    return Buffer.from(payload ?? '', 'utf8');
  }
  return collect(body, signal);
}

async function collect(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      // A body that does not come must not outlive the call it is for.
      const next = await Promise.race([iterator.next(), ended.promise]);
      if (next.done === true) {
        return Buffer.concat(chunks, bytes);
      }
      bytes += next.value.length;
      if (bytes > maxCollectedBody) {
        throw tooLarge();
      }
      chunks.push(next.value);
    }
  } catch (error) {
    iterator.return?.().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function tooLarge(): HotFunctionsError {
  const limit = `${maxCollectedBody / 1024 / 1024} MiB`;
  return new HotFunctionsError('invalid-request', `The request's body is larger than ${limit}.`);
}

import type { CallRequest, HeaderList } from '../../core/call.ts';
import type { RouteId } from '../../core/route.ts';

export const requestSuffix = '.call';
export const draftSuffix = '.new';
export const ownerSuffix = '.owner';

/** The first line of the file that a request is stored in, as JSON. The body follows, to the end of the file. */
export interface RequestHead {
  readonly callId: string;
  readonly routeId: RouteId;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly method: string;
  readonly query?: string;
  readonly headers: HeaderList;
  readonly hasBody: boolean;
}

/** @returns undefined for what is no such line */
export function parseHead(line: string): RequestHead | undefined {
  try {
    const head: Partial<RequestHead> = JSON.parse(line);
    const { callId, routeId, createdAt, method, headers, hasBody } = head;
    return callId === undefined || routeId === undefined || method === undefined
      ? undefined
      : {
          ...head,
          callId,
          routeId,
          method,
          createdAt: createdAt ?? 0,
          headers: headers ?? [],
          hasBody: hasBody === true,
        };
  } catch {
    return undefined;
  }
}

export function headOf(
  callId: string,
  routeId: RouteId,
  { method, query, headers = [], body }: CallRequest,
  createdAt: number,
): RequestHead {
  return {
    callId,
    routeId,
    createdAt,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(query === undefined ? {} : { query }),
    headers,
    hasBody: body !== undefined,
  };
}

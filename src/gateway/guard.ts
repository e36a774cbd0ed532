import type { IncomingMessage } from 'node:http';
import { bearerOf, isSameSecret } from './bearer-token.ts';
import type { RequestTarget } from './request-target.ts';

/** A header of our own for the token, because a route's own callers need `Authorization`. */
export const tokenHeader = 'hot-functions-token';

export type Admission =
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | {
      readonly kind: 'admitted';
      /** Of the page that asks, where it is not one of ours but allowed. */
      readonly origin?: string;
    };

export interface GuardOptions {
  readonly allowedHosts: () => readonly string[];
  readonly allowedOrigins: () => readonly string[];
}

const admitted: Admission = { kind: 'admitted' };
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Keeps web pages out that a browser on this machine shows. A name that was made to lead here, as in DNS rebinding, is
 * not a name of ours; requests from other sites tell their origin, or with `Sec-Fetch-Site` at least that they are
 * from another site: an image sends no origin.
 */
export function admit(req: IncomingMessage, target: RequestTarget, options: GuardOptions): Admission {
  if (!isOurs(target.host, options)) {
    const message = `"${target.host}" is no name of this endpoint. Call it by localhost or 127.0.0.1.`;
    return { kind: 'refused', status: 403, message };
  }
  const { origin } = req.headers;
  const site = req.headers['sec-fetch-site'];
  if (origin === undefined && (site === undefined || site === 'none' || site === 'same-origin')) {
    return admitted;
  }
  if (origin !== undefined && options.allowedOrigins().includes(origin)) {
    return { kind: 'admitted', origin };
  }
  const ofOurPage = origin === undefined || isOurOrigin(origin, target.host, options);
  if (ofOurPage && site !== 'cross-site' && site !== 'same-site') {
    return admitted;
  }
  if (isVisit(req, target)) {
    return admitted;
  }
  return {
    kind: 'refused',
    status: 403,
    message: 'Pages of other origins may not call this endpoint. A setting of Hot Functions lists those that may.',
  };
}

/**
 * Whether somebody's browser goes from one page to another, and to none that calls a function: nothing happens by it,
 * and the page that leads there cannot read what is shown. So an editor in a browser can open a listing.
 */
function isVisit({ method, headers }: IncomingMessage, { path }: RequestTarget): boolean {
  const goes = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return goes && method === 'GET' && headers.origin === undefined && !path.startsWith('/r/');
}

export type Shown = 'not-needed' | 'in-authorization' | 'in-own-header' | 'missing';

/** Where a caller shows the token that is asked for. */
export function shownToken(req: IncomingMessage, token: string | undefined): Shown {
  if (token === undefined) {
    return 'not-needed';
  }
  const own = req.headers[tokenHeader];
  if (isSameSecret(typeof own === 'string' ? own : undefined, token)) {
    return 'in-own-header';
  }
  return isSameSecret(bearerOf(req.headers.authorization), token) ? 'in-authorization' : 'missing';
}

function isOurs(authority: string, { allowedHosts }: GuardOptions): boolean {
  return loopback.test(authority) || allowedHosts().includes(authority.toLowerCase());
}

/** Behind a forwarded port a page may be ours by another name than the one that this request came by. */
function isOurOrigin(origin: string, host: string, { allowedHosts }: GuardOptions): boolean {
  const authority = /^https?:\/\/(.+)$/.exec(origin)?.[1];
  return authority !== undefined && (authority === host.toLowerCase() || allowedHosts().includes(authority));
}

/** Two names for one request are two opinions on who it is for. */
export function hasOneHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    hosts += name.length === 4 && name.toLowerCase() === 'host' ? 1 : 0;
  }
  return hosts === 1;
}

import type { Route } from '../../core/route.ts';
import type { Payload } from '../invoke/payload.ts';

export interface CurlOptions {
  readonly url: string;
  readonly payload: Payload;
  /** A file's path, for a payload that is one. */
  readonly pathOf: (uri: string) => string;
  /** Name and value of the endpoint's own header, where it asks for a token. */
  readonly tokenHeader?: readonly [name: string, value: string] | undefined;
  /** Whether the route itself asks for a signed token, which only its callers have. */
  readonly needsSignedToken: boolean;
}

/** The call as a command of a POSIX shell. */
export function curlCommand({ url, payload, pathOf, tokenHeader, needsSignedToken }: CurlOptions): string {
  const parts = ['curl', quoted(url)];
  if (tokenHeader !== undefined) {
    parts.push('-H', quoted(tokenHeader.join(': ')));
  }
  if (needsSignedToken) {
    // For the shell to fill in: a token is made by who knows the route's key.
    parts.push('-H', '"Authorization: Bearer $JWT"');
  }
  switch (payload.kind) {
    case 'none':
      break;
    case 'text':
      parts.push('-H', quoted(`Content-Type: ${isJson(payload.text) ? 'application/json' : 'text/plain'}`));
      // Not --data, which takes what begins with @ for the name of a file.
      parts.push('--data-raw', quoted(payload.text));
      break;
    case 'file':
      parts.push('-H', quoted('Content-Type: application/octet-stream'));
      parts.push('--data-binary', quoted(`@${pathOf(payload.uri)}`));
      break;
    default:
      payload satisfies never;
  }
  return parts.join(' ');
}

/** The route's address below that of the endpoint. */
export function routeUrl(base: string, { app, path }: Pick<Route, 'app' | 'path'>): string {
  return `${base}/r/${encodeURIComponent(app)}${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

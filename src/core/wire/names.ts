/** RFC 9110 `token`: what a header's name may consist of. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function isToken(name: string): boolean {
  return token.test(name);
}

/** How a config key or a header's name is spelt in the environment: `route-cfg` is `ROUTE_CFG`. */
export function environmentName(key: string): string {
  return key.toUpperCase().replaceAll('-', '_');
}

/**
 * How Go's `textproto.CanonicalMIMEHeaderKey` spells a name on the wire: the first letter and each letter after
 * a hyphen upper case, the rest lower. Underscores do not start a word: `REQUEST_URL` is `Request_url`.
 */
export function canonicalHeaderName(name: string): string {
  let canonical = '';
  let startOfWord = true;
  for (const char of name) {
    canonical += startOfWord ? char.toUpperCase() : char.toLowerCase();
    startOfWord = char === '-';
  }
  return canonical;
}

const framing: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'task-id',
]);

/**
 * Whether a name would steer the framing or the connection of the request it is in. `_` counts as `-`, because
 * parsers that follow CGI fold the two.
 */
export function isFramingName(name: string): boolean {
  return framing.has(name.toLowerCase().replaceAll('_', '-'));
}

/** A header's value as Go writes it: each line break a space, then no white space around. */
export function headerValue(value: string): string {
  return /^[ \t]|[\r\n]|[ \t]$/.test(value) ? value.replace(/[\r\n]/g, ' ').replace(/^[ \t]+|[ \t]+$/g, '') : value;
}

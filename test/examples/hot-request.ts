export interface HotCall {
  readonly payload?: string | Buffer;
  /** Header lines beyond those that every call has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A hot call's bytes as a function receives them. Written out here, so that the examples are held to the wire alone. */
export function hotRequest(route: string, { payload = '', headers = {} }: HotCall = {}): Buffer {
  const body = Buffer.from(payload);
  const lines = Object.entries({
    'Content-Length': String(body.length),
    Fn_format: 'http',
    Greeting: 'Hello',
    Header_accept_encoding: 'identity',
    Method: body.length > 0 ? 'POST' : 'GET',
    Request_url: `http://localhost/r/examples${route}`,
    Route: route,
    'Task-Id': 'c53ac5cb-d684-53ca-994f-1d17df28d9f0',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\n${lines.sort().join('')}\r\n`), body]);
}

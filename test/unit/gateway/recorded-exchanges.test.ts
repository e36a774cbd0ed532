import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { untilEqual } from '../../until.ts';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const fixtures = new URL('../../fixtures/wire/hot/', import.meta.url);
const route = routeWith({
  app: 'fixapp',
  path: '/hot',
  format: 'http',
  config: {
    APP_CFG: 'from-app',
    'route-cfg': 'from route',
    shared: 'route',
    Multi: 'line1\nline2',
    'with space': 'v',
    empty: '',
  },
});

/** What the client sent to the daemon besides the headers that it sent each time, and its body. */
const sent: Readonly<Record<string, readonly string[]>> = {
  '01-first-post-headers': ['Content-Type: text/plain', 'X-Custom: v1', 'Authorization: Bearer s3cret'],
  '02-second-post': ['X-Other: 2'],
  '03-empty-body-post': [],
  '04-get-no-body': ['GET /r/fixapp/hot'],
  '05-get-payload-query': ['GET /r/fixapp/hot?a=1&payload=from%20query&b=%2Fx'],
  '06-binary-body': ['Content-Type: application/octet-stream'],
  '07-chunked-upload': ['Transfer-Encoding: chunked'],
  '08-utf8-and-odd-headers': ['X-Utf: é漢', 'X_under_score: u', 'X-Empty:'],
  '09-100kB-body': [],
};

describe('a request that was sent to the daemon', () => {
  let bed: GatewayBed;
  afterEach(() => bed.close());

  for (const [name, headers] of Object.entries(sent)) {
    it(`reaches the function with the daemon's bytes, less its defects, and so does the answer: ${name}`, async () => {
      bed = await GatewayBed.open([route]);
      const { head, body } = withoutDefects(readFileSync(new URL(`${name}.stdin.bin`, fixtures)));
      const answer = readFileSync(new URL(`${name}.stdout.bin`, fixtures)).toString('latin1');
      const client = await bed.raw();
      client.send(requestOf(headers, body));
      await untilEqual(
        () => bed.runs.engine.containers[0]?.received,
        (head + body.toString('latin1')).replace(/Task-Id: .*\r/, 'Task-Id: c1\r'),
      );
      bed.runs.engine.at(0).stdout.write(Buffer.from(answer, 'latin1'));
      await untilEqual(() => bodyOf(client.received), bodyOf(answer));
      client.close();
    });
  }
});

function requestOf(headers: readonly string[], body: Buffer): Buffer {
  const line = headers.find((header) => header.startsWith('GET ')) ?? 'POST /r/fixapp/hot';
  const isGet = line.startsWith('GET');
  const isChunked = headers.some((header) => header.startsWith('Transfer-Encoding'));
  const head = [
    `${line} HTTP/1.1`,
    'Host: 127.0.0.1:18080',
    'Accept-Encoding: identity',
    'User-Agent: fixture/1',
    'Accept: */*',
    ...(isGet || isChunked ? [] : [`Content-Length: ${body.length}`]),
    ...headers.filter((header) => header !== line),
    '',
    '',
  ].join('\r\n');
  const framed = isChunked
    ? [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]
    : [body];
  return Buffer.concat([Buffer.from(head), ...(isGet ? [] : framed)]);
}

/** With the contract's repairs: a scheme that is one, the format each time, a host. */
function withoutDefects(bytes: Buffer): { readonly head: string; readonly body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n');
  const [line = '', ...headers] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const repaired = new Set([...headers.map((header) => header.replace('http//', 'http://')), 'Fn_format: http']);
  return {
    head: [line, 'Host: localhost', ...[...repaired].sort(), '', ''].join('\r\n'),
    body: bytes.subarray(end + 4),
  };
}

function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { HeaderList } from '../../../src/core/call.ts';
import { bodyOfBytes, type RequestBody } from '../../../src/core/request-body.ts';
import type { Route } from '../../../src/core/route.ts';
import {
  type CallFacts,
  callVariables,
  configKeptOffTheWire,
  containerEnvironment,
} from '../../../src/core/wire/call-variables.ts';
import { type EncodedRequest, encodeRequest, requestTemplate } from '../../../src/core/wire/encode-request.ts';
import { routeWith } from '../route-with.ts';

const fixtures = new URL('../../fixtures/wire/', import.meta.url);

const fixtureRoute = routeWith({
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

interface Captured {
  readonly method?: string;
  readonly headers: HeaderList;
  readonly query?: string;
}

const client: HeaderList = [
  ['Accept-Encoding', 'identity'],
  ['User-Agent', 'fixture/1'],
  ['Accept', '*/*'],
  ['Host', '127.0.0.1:18080'],
];

const captured: Readonly<Record<string, Captured>> = {
  '01-first-post-headers': {
    headers: [
      ...client,
      ['Content-Length', '6'],
      ['Content-Type', 'text/plain'],
      ['X-Custom', 'v1'],
      ['Authorization', 'Bearer s3cret'],
    ],
  },
  '02-second-post': { headers: [...client, ['Content-Length', '6'], ['X-Other', '2']] },
  '03-empty-body-post': { headers: [...client, ['Content-Length', '0']] },
  '04-get-no-body': { method: 'GET', headers: client },
  '05-get-payload-query': { method: 'GET', headers: client, query: '?a=1&payload=from%20query&b=%2Fx' },
  '06-binary-body': { headers: [...client, ['Content-Length', '25'], ['Content-Type', 'application/octet-stream']] },
  '07-chunked-upload': { headers: [...client, ['Transfer-Encoding', 'chunked']] },
  '08-utf8-and-odd-headers': {
    headers: [...client, ['Content-Length', '1'], ['X-Utf', 'é漢'], ['X_under_score', 'u'], ['X-Empty', '']],
  },
  '09-100kB-body': { headers: [...client, ['Content-Length', '100000']] },
};

/** The daemon's bytes with the three repairs that the contract makes, so that all the rest is compared to the byte. */
function repaired(bytes: Buffer): { head: Buffer; body: Buffer; taskId: string } {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  const lines = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [requestLine = '', ...headers] = lines.slice(0, -2);
  const all = new Set([
    ...headers.map((line) => line.replace('Request_url: http//', 'Request_url: http://')),
    'Fn_format: http',
  ]);
  const head = [requestLine, 'Host: localhost', ...[...all].sort(), '', ''].join('\r\n');
  const taskId = /^Task-Id: (.*)$/m.exec(head)?.[1]?.trim() ?? '';
  return { head: Buffer.from(head, 'latin1'), body: bytes.subarray(end), taskId };
}

function requestTo(route: Route, call: CallFacts & { readonly id: string }, body: RequestBody): EncodedRequest {
  return encodeRequest(requestTemplate(route), call.id, call, body);
}

describe('a hot request', () => {
  for (const [name, { method = 'POST', headers, query = '' }] of Object.entries(captured)) {
    it(`is what the daemon wrote for ${name}, less its defects`, () => {
      const { head, body, taskId } = repaired(readFileSync(new URL(`hot/${name}.stdin.bin`, fixtures)));
      const url = `http://127.0.0.1:18080/r/fixapp/hot${query}`;
      const encoded = requestTo(fixtureRoute, { id: taskId, method, url, headers }, bodyOfBytes(body));
      assert.equal(Buffer.concat(encoded.chunks).toString('latin1'), Buffer.concat([head, body]).toString('latin1'));
      assert.deepEqual([encoded.headBytes, encoded.bodyBytes], [head.length, body.length]);
    });
  }

  const simple = { id: 't', method: 'POST', url: 'http://localhost/r/myapp/hot', headers: [] };

  it('goes out in one write while its body is at most 64 KiB', () => {
    const writes = (size: number) => requestTo(routeWith(), simple, bodyOfBytes(Buffer.alloc(size))).chunks.length;
    assert.deepEqual([writes(0), writes(64 * 1024), writes(64 * 1024 + 1)], [1, 1, 2]);
  });

  it('joins repeated headers by one space', () => {
    const headers: HeaderList = [
      ['X-A', '1'],
      ['x-a', '2'],
    ];
    const { chunks } = requestTo(routeWith(), { ...simple, headers }, bodyOfBytes(Buffer.alloc(0)));
    assert.match(Buffer.concat(chunks).toString(), /\r\nHeader_x_a: 1 2\r\n/);
  });

  it('keeps config that would change its framing off the wire, in every spelling', () => {
    const config = { HOST: 'h', connection: 'close', Expect: '100', te: 't', 'task-id': 'x', CONTENT_LENGTH: '9' };
    const { chunks } = requestTo(routeWith({ config }), simple, bodyOfBytes(Buffer.alloc(0)));
    assert.equal(
      Buffer.concat(chunks).toString(),
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nFn_format: default\r\nMethod: POST\r\n' +
        'Request_url: http://localhost/r/myapp/hot\r\nRoute: /hot\r\nTask-Id: t\r\n\r\n',
    );
  });

  it('cannot be given a line of its own by a value', () => {
    const headers: HeaderList = [['X-A', 'a\r\nMethod: DELETE']];
    const { chunks } = requestTo(routeWith(), { ...simple, headers }, bodyOfBytes(Buffer.alloc(0)));
    assert.match(Buffer.concat(chunks).toString(), /\r\nHeader_x_a: a {2}Method: DELETE\r\n/);
  });

  it('is the same whatever its template has been used for before', () => {
    const headers: HeaderList = Object.freeze([['X-A', '1'] as const]);
    const calls = [
      simple,
      { ...simple, id: 'another' },
      { ...simple, method: 'PUT' },
      { ...simple, url: 'http://localhost/r/myapp/hot?é=\u6f22' },
      { ...simple, headers },
      { ...simple, headers, url: `${simple.url}/x` },
      { ...simple, headers, id: '' },
      simple,
    ];
    const template = requestTemplate(fixtureRoute);
    const inputs = calls.map((call, at) => ({ call, body: bodyOfBytes(Buffer.alloc(at ** 5, 'b')) }));
    assert.deepEqual(
      inputs.map(({ call, body }) => encodeRequest(template, call.id, call, body)),
      inputs.map(({ call, body }) => requestTo(fixtureRoute, call, body)),
    );
  });

  it('tells its own method, route and URL whatever the config says', () => {
    const config = { method: 'x', ROUTE: 'y', 'request-url': 'z', FN_FORMAT: 'w' };
    const { chunks } = requestTo(routeWith({ config, format: 'http' }), simple, bodyOfBytes(Buffer.alloc(0)));
    assert.match(
      Buffer.concat(chunks).toString(),
      /Fn_format: http\r\nMethod: POST\r\nRequest_url: http:\/\/localhost\/r\/myapp\/hot\r\nRoute: \/hot\r\n/,
    );
  });
});

describe('the environment', () => {
  it('of a hot container is its config and FN_FORMAT, nothing of a caller', () => {
    assert.deepEqual(Object.fromEntries(containerEnvironment(fixtureRoute)), {
      APP_CFG: 'from-app',
      ROUTE_CFG: 'from route',
      SHARED: 'route',
      MULTI: 'line1\nline2',
      'WITH SPACE': 'v',
      EMPTY: '',
      FN_FORMAT: 'http',
    });
  });

  it('of a cold call adds method, route, URL and headers, as the daemon does', () => {
    const seen = readFileSync(new URL('cold/env-seen-by-cold-function.txt', fixtures), 'utf8');
    const route = routeWith({ app: 'fixapp', path: '/cold', config: { APP_CFG: 'from-app', shared: 'app-wins?' } });
    const headers: HeaderList = [...client, ['Content-Length', '3'], ['X-Custom', 'v1']];
    const facts = { method: 'POST', url: 'http://127.0.0.1:18080/r/fixapp/cold', headers };
    const environment = new Map([...containerEnvironment(route), ...callVariables(route, facts)]);
    const ours = [...environment].map(([name, value]) => `${name}=${value}`);
    const ofTheImage = /^(?:HOME|HOSTNAME|PATH)=/;
    const theirs = seen
      .trim()
      .split('\n')
      .filter((line) => !ofTheImage.test(line));
    assert.deepEqual(
      ours.toSorted(),
      [...theirs.map((line) => line.replace('=http//', '=http://')), 'FN_FORMAT=default'].toSorted(),
    );
  });

  it('leaves out what an environment cannot hold', () => {
    const route = routeWith({ config: { 'a=b': '1', 'nul\0': '2', '': '3', ok: 'x\0y' } });
    assert.deepEqual(Object.fromEntries(containerEnvironment(route)), { OK: 'xy', FN_FORMAT: 'default' });
  });
});

it('says which config does not reach the wire, and why', () => {
  assert.deepEqual(configKeptOffTheWire({ host: 'h', 'with space': 'v', fine: 'f' }), [
    { key: 'host', why: '"HOST" would change how the request is framed' },
    { key: 'with space', why: '"WITH SPACE" is not a valid header name' },
  ]);
});

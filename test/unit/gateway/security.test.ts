import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { RawClient, statusAndBody } from '../../gateway/raw-client.ts';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const hot = routeWith({ path: '/hot', format: 'http' });
let bed: GatewayBed;
const open = async (...options: Parameters<typeof GatewayBed.open>): Promise<void> => {
  bed = await GatewayBed.open(...options);
};

/** The status of an answer to a request with these headers; `Host` is theirs to give. */
async function statusOf(headers: readonly string[], line = 'GET /version HTTP/1.1'): Promise<number> {
  const client = await bed.raw([line, ...headers, 'Connection: close', '', ''].join('\r\n'));
  return statusAndBody(await client.all())[0];
}

describe('a caller', () => {
  afterEach(() => bed.close());

  const hosts: Readonly<Record<string, number>> = {
    localhost: 200,
    'LOCALHOST:8080': 200,
    '127.0.0.1:80': 200,
    '[::1]:80': 200,
    'app.example:443': 200,
    'evil.example': 403,
    'localhost.evil.example': 403,
    '127.0.0.1.evil.example': 403,
    'localhost:80@evil.example': 403,
    'app.example': 403,
    '': 403,
  };
  for (const [host, status] of Object.entries(hosts)) {
    it(`that calls by the name "${host}" gets ${status}`, async () => {
      await open([], { allowedHosts: () => ['app.example:443'] });
      assert.equal(await statusOf([`Host: ${host}`]), status);
    });
  }

  it('that names two hosts, or none, is refused', async () => {
    await open([]);
    const statuses = [
      await statusOf(['Host: localhost', 'Host: evil.example']),
      await statusOf([]),
      await statusOf([], 'GET /version HTTP/1.0'),
      await statusOf(['Host: localhost'], 'GET http://evil.example/version HTTP/1.1'),
    ];
    assert.deepEqual(statuses, [400, 400, 400, 403]);
  });

  const visit = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
  const pages: Readonly<Record<string, readonly [number, ...string[]]>> = {
    'no page': [200],
    'a person at the address bar': [200, 'Sec-Fetch-Site: none'],
    'a page of ours': [200, 'Sec-Fetch-Site: same-origin', 'Origin: http://localhost'],
    'a page of ours by its forwarded name': [200, 'Origin: https://app.example'],
    'a page of a site that is allowed': [200, 'Sec-Fetch-Site: cross-site', 'Origin: https://good.example'],
    'an image on another site': [403, 'Sec-Fetch-Site: cross-site'],
    'an image on another port of this machine': [403, 'Sec-Fetch-Site: same-site'],
    'a person who follows a link to a listing': [200, ...visit],
    'a frame on another site': [403, ...visit.slice(0, 2), 'Sec-Fetch-Dest: iframe'],
    'a form on another site': [403, ...visit, 'Origin: https://evil.example'],
    'a page of another site': [403, 'Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'],
    'a page of another site, by an old browser': [403, 'Origin: https://evil.example'],
    'a page on another port of this machine': [403, 'Origin: http://localhost:3000'],
    'a page without an origin to tell': [403, 'Origin: null'],
    'a page that tells two origins': [403, 'Origin: http://localhost', 'Origin: https://evil.example'],
  };
  for (const [who, [status, ...headers]] of Object.entries(pages)) {
    it(`that is ${who} gets ${status}`, async () => {
      await open([], { allowedHosts: () => ['app.example'], allowedOrigins: () => ['https://good.example'] });
      assert.equal(await statusOf(['Host: localhost', ...headers]), status);
    });
  }

  it('that is refused has called nothing', async () => {
    await open([hot]);
    const statuses = [
      await statusOf(['Host: localhost', 'Origin: https://evil.example'], 'POST /r/myapp/hot HTTP/1.1'),
      await statusOf(['Host: localhost', ...visit], 'GET /r/myapp/hot HTTP/1.1'),
      await statusOf(['Host: localhost', ...visit], 'GET http://localhost/r/myapp/hot HTTP/1.1'),
    ];
    assert.deepEqual([statuses, bed.runs.finished, bed.runs.engine.containers], [[403, 403, 403], [], []]);
  });

  it('that is an allowed page may ask first, and may read the answer', async () => {
    await open([hot], { allowedOrigins: () => ['https://good.example'], token: () => 'secret' });
    const origin = { Origin: 'https://good.example' };
    const asked = await fetch(`${bed.url}/r/myapp/hot`, {
      method: 'OPTIONS',
      headers: { ...origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization' },
    });
    const read = await fetch(`${bed.url}/version`, { headers: { ...origin, Authorization: 'Bearer secret' } });
    await read.text();
    assert.deepEqual(
      [
        asked.status,
        ...['origin', 'methods', 'headers'].map((what) => asked.headers.get(`access-control-allow-${what}`)),
        read.status,
        read.headers.get('access-control-allow-origin'),
      ],
      [204, 'https://good.example', 'PUT', 'authorization', 200, 'https://good.example'],
    );
  });

  const tokens: Readonly<Record<string, readonly [number, ...string[]]>> = {
    'no token': [401],
    'the token': [200, 'Authorization: Bearer s3cret'],
    'the token in the header of its own': [200, 'Hot-Functions-Token: s3cret'],
    'another token': [401, 'Authorization: Bearer S3cret'],
    'a part of the token': [401, 'Authorization: Bearer s3cre'],
    'the token and more': [401, 'Authorization: Bearer s3crets'],
    'the token by another scheme': [401, 'Authorization: Basic s3cret'],
  };
  for (const [what, [status, ...headers]] of Object.entries(tokens)) {
    it(`with ${what} gets ${status} where one is wanted`, async () => {
      await open([], { token: () => 's3cret' });
      assert.equal(await statusOf(['Host: localhost', ...headers]), status);
    });
  }

  for (const [header, seen] of [
    ['Authorization: Bearer s3cret', []],
    ['Hot-Functions-Token: s3cret', []],
    [
      'Hot-Functions-Token: s3cret\r\nAuthorization: Bearer of the function',
      ['Header_authorization: Bearer of the function'],
    ],
  ] as const) {
    it(`keeps what is meant for the endpoint from the function: ${JSON.stringify(header)}`, async () => {
      await open([hot], { token: () => 's3cret' });
      const client = await bed.ask('GET /r/myapp/hot', [header]);
      const container = await bed.asked();
      client.close();
      assert.deepEqual(
        container.received.split('\r\n').filter((line) => /auth|token/i.test(line)),
        seen,
      );
    });
  }

  it('on another address of this machine reaches nothing', async () => {
    await open([]);
    await assert.rejects(RawClient.to(bed.gateway.address.port, '', '127.0.0.2'), { code: 'ECONNREFUSED' });
  });

  it('gets no connection while all of them are in use', async () => {
    await open([{ ...hot, maxConcurrency: 2 }], { limits: { maxConnections: 2 } });
    const clients = [await bed.ask('GET /r/myapp/hot'), await bed.ask('GET /r/myapp/hot')];
    await bed.asked(1);
    const late = await bed.raw();
    assert.equal(await late.all(), '');
    bed.runs.engine.at(1).answer('served');
    await Promise.any(clients.map((client) => client.until(/served$/)));
    for (const client of clients) {
      client.close();
    }
  });

  it('gets the connection of one that has been answered when all are taken', async () => {
    await open([], { limits: { maxConnections: 1 } });
    const first = await bed.ask('GET /version');
    await first.until(/1\.2\.3/);
    const next = await bed.ask('GET /version');
    await next.until(/1\.2\.3/);
    await first.closed;
    next.close();
  });
});

describe('a route with a jwt_key', () => {
  afterEach(() => bed.close());

  const key = new TextEncoder().encode('a key of the route');
  const signed = (claims: Record<string, unknown>, alg = 'HS256', by = key): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(by);
  const now = Math.floor(Date.now() / 1000);

  const tokens: Readonly<Record<string, readonly [number, () => Promise<string>]>> = {
    'a token': [200, async () => `Bearer ${await signed({})}`],
    'a token that is valid now': [200, async () => `Bearer ${await signed({ exp: now + 60, nbf: now - 60 })}`],
    'a token without the word Bearer': [200, () => signed({})],
    'no token': [401, async () => ''],
    'no JWT': [401, async () => 'Bearer a.b.c'],
    'a token that has expired': [401, async () => `Bearer ${await signed({ exp: now - 60 })}`],
    'a token that is not valid yet': [401, async () => `Bearer ${await signed({ nbf: now + 60 })}`],
    'a token by another key': [401, async () => `Bearer ${await signed({}, 'HS256', new TextEncoder().encode('x'))}`],
    'a token by HS512': [401, async () => `Bearer ${await signed({}, 'HS512')}`],
    'a token that nobody has signed': [401, async () => `Bearer ${new UnsecuredJWT({}).encode()}`],
  };
  for (const [what, [status, make]] of Object.entries(tokens)) {
    it(`gives ${status} to ${what}`, async () => {
      await open([{ ...hot, jwtKey: 'a key of the route' }]);
      bed.runs.engine.auto.prepare = true;
      const authorization = await make();
      const client = await bed.ask('GET /r/myapp/hot', authorization === '' ? [] : [`Authorization: ${authorization}`]);
      if (status === 200) {
        (await bed.asked()).answer('');
      }
      const answer = await client.until(/\r\n\r\n/);
      client.close();
      assert.deepEqual(
        [statusAndBody(answer)[0], /WWW-Authenticate: (.*)\r\n/.exec(answer)?.[1]],
        [status, status === 401 ? 'Bearer realm=""' : undefined],
      );
      assert.doesNotMatch(answer, /a key of the route/);
    });
  }

  it("wants its own token besides the endpoint's", async () => {
    await open([{ ...hot, jwtKey: 's3cret' }], { token: () => 's3cret' });
    const client = await bed.ask('GET /r/myapp/hot', ['Authorization: Bearer s3cret']);
    const [status] = statusAndBody(await client.until(/}}\n$/));
    client.close();
    assert.equal(status, 401);
  });
});

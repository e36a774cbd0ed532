import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { afterEach, describe, it } from 'node:test';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import type { GatewayOptions } from '../../../src/gateway/gateway-options.ts';
import { statusAndBody } from '../../gateway/raw-client.ts';
import { until } from '../../until.ts';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const hot = routeWith({ path: '/hot', format: 'http' });

function rejectingWith(error: Error): Pick<GatewayOptions, 'runner'> {
  const invoke = (): Promise<never> => Promise.reject(error);
  const onDidFinishCall = () => ({ dispose: () => {} });
  return { runner: { invoke, calls: () => [], containers: () => [], onDidFinishCall } };
}

describe('a call over HTTP', () => {
  let bed: GatewayBed;
  const open = async (...options: Parameters<typeof GatewayBed.open>): Promise<void> => {
    bed = await GatewayBed.open(...options);
  };
  afterEach(() => bed.close());

  it("gives the function's status, headers and body, and the route's headers", async () => {
    await open([{ ...hot, headers: [['X-Route', 'é']] }]);
    const client = await bed.ask('GET /r/myapp/hot');
    const container = await bed.asked();
    container.stdout.write(
      'HTTP/1.1 418 Teapot\r\nX-Fn: yes\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 3\r\n\r\npot',
    );
    const answer = await client.until(/pot$/);
    client.close();
    assert.equal(
      answer.replace(/Date: .*\r\n/, ''),
      [
        "HTTP/1.1 418 I'm a Teapot",
        'X-Fn: yes',
        'Set-Cookie: a',
        'Set-Cookie: b',
        'Content-Length: 3',
        'X-Route: Ã©',
        'Connection: keep-alive',
        '',
        'pot',
      ].join('\r\n'),
    );
  });

  it('tells the function of it, without what is between two neighbours only', async () => {
    await open([hot]);
    const client = await bed.ask(
      'PUT /r/myapp/hot?a=%2F&b',
      [
        'X-One: 1',
        'Connection: keep-alive, X-Hop',
        'X-Hop: 1',
        'Keep-Alive: 5',
        'TE: trailers',
        'X-Utf: é',
        'Content-Length: 2',
      ],
      'hi',
    );
    const container = await bed.asked(0, /hi$/);
    client.close();
    assert.equal(
      container.received,
      [
        'GET / HTTP/1.1',
        'Host: localhost',
        'Content-Length: 2',
        'Fn_format: http',
        'Header_content_length: 2',
        'Header_x_one: 1',
        'Header_x_utf: Ã©',
        'Method: PUT',
        'Request_url: http://localhost/r/myapp/hot?a=%2F&b',
        'Route: /hot',
        'Task-Id: c1',
        '',
        'hi',
      ].join('\r\n'),
    );
  });

  it('passes on what has come of an answer before all of it has', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot');
    const container = await bed.asked();
    container.stdout.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n');
    await client.until(/\r\n\r\n$/);
    container.stdout.write('abc');
    await client.until(/abc$/);
    container.stdout.write('def');
    assert.equal(statusAndBody(await client.until(/abcdef$/))[1], 'abcdef');
    client.close();
  });

  it('breaks off where the function does', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot');
    const container = await bed.asked();
    container.stdout.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc');
    await client.until(/abc$/);
    container.exits({ reason: 'exit', code: 1 });
    await until(() => bed.runs.finished.length === 1, 'the call to fail');
    assert.deepEqual(statusAndBody(await client.all()), [200, 'abc']);
  });

  it('of unknown length reaches the function with its length, and back in chunks', async () => {
    await open([hot]);
    const client = await bed.ask(
      'POST /r/myapp/hot',
      ['Transfer-Encoding: chunked'],
      '3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\nX-T: 1\r\n\r\n',
    );
    const container = await bed.asked(0, /abcdef$/);
    container.stdout.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    const answer = await client.until(/0\r\n\r\n$/);
    client.close();
    assert.deepEqual(
      [/\r\nContent-Length: (\d+)/.exec(container.received)?.[1], statusAndBody(answer)[1]],
      ['6', '3\r\nabc\r\n0\r\n\r\n'],
    );
  });

  it('that is large is streamed with the length it has', async () => {
    await open([hot]);
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 100000'], 'a'.repeat(1000));
    const container = await bed.asked(0, /\r\n\r\na{1000}$/);
    client.send('a'.repeat(99_000));
    await bed.asked(0, /\r\n\r\na{100000}$/);
    container.answer('ok');
    await client.until(/ok$/);
    client.close();
  });

  it('of HEAD has no body', async () => {
    await open([hot]);
    const client = await bed.ask('HEAD /r/myapp/hot', ['Connection: close']);
    (await bed.asked()).answer('Hello');
    const answer = await client.all();
    assert.match(answer, /Content-Length: 5\r\n(.*\r\n)+\r\n$/);
  });

  it('that is answered with 204 has neither body nor length', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot', ['Connection: close']);
    (await bed.asked()).stdout.write('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nX: y\r\n\r\n');
    assert.match(await client.all(), /^HTTP\/1.1 204 No Content\r\nX: y\r\nDate: .*\r\nConnection: close\r\n\r\n$/);
  });

  it('is told to go on when it asks, but only after it is known where to', async () => {
    await open([hot]);
    const expecting = ['Expect: 100-continue', 'Content-Length: 2'];
    const lost = await bed.ask('POST /r/myapp/nothing', expecting);
    const client = await bed.ask('POST /r/myapp/hot', expecting);
    await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    client.send('hi');
    (await bed.asked(0, /hi$/)).answer('done');
    await client.until(/Connection: keep-alive\r\n(.*\r\n)*\r\ndone$/);
    client.close();
    assert.equal(statusAndBody(await lost.all())[0], 404);
  });

  it('keeps its connection for the next one', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot');
    const container = await bed.asked();
    container.answer('one');
    await client.until(/one$/);
    client.send('GET /r/myapp/hot HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => container.taskIds.length === 2, 'the second call');
    container.answer('two');
    await client.until(/two$/);
    client.close();
  });

  it('that is sent behind another one waits for its answer', async () => {
    await open([routeWith({ path: '/hot', format: 'http', maxConcurrency: 2 })]);
    const request = 'GET /r/myapp/hot HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const client = await bed.raw(request + request);
    const container = await bed.asked();
    container.answer('one');
    await until(() => container.taskIds.length === 2, 'the second call');
    container.answer('two');
    await client.until(/one(.|\s)*two$/);
    client.close();
    assert.equal(bed.runs.engine.containers.length, 1);
  });

  for (const [when, read] of [
    ['before its answer', ''],
    ['within its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc'],
  ] as const) {
    it(`whose caller leaves ${when} is aborted and its container killed`, async () => {
      await open([hot]);
      const client = await bed.ask('GET /r/myapp/hot');
      const container = await bed.asked();
      container.stdout.write(read);
      await client.until(read === '' ? /^$/ : /abc$/);
      client.close();
      await until(() => bed.runs.finished.length === 1, 'the call to end');
      assert.deepEqual([bed.runs.finished[0]?.outcome, container.asked.includes('kill')], [{ kind: 'aborted' }, true]);
    });
  }

  it('whose caller leaves within a large request is aborted', async () => {
    await open([hot]);
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 100000'], 'a');
    await bed.asked(0, /\r\n\r\na$/);
    client.close();
    await until(() => bed.runs.finished.length === 1, 'the call to end');
    assert.deepEqual(bed.runs.finished[0]?.outcome, { kind: 'aborted' });
  });

  it('whose caller leaves within a small request has never begun', async () => {
    await open([hot]);
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 10'], 'a');
    await until(() => bed.gateway.stats.active === 1, 'the request');
    client.close();
    await until(() => bed.gateway.stats.active === 0, 'the request to end');
    assert.deepEqual([bed.runs.engine.containers, bed.errors], [[], []]);
  });

  it('that is answered before its request is complete gets the answer, and the rest is dropped', async () => {
    await open([hot]);
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 100000'], 'a');
    (await bed.asked(0, /\r\n\r\na$/)).answer('early');
    await client.until(/early$/);
    client.send('a'.repeat(99_999));
    client.send('GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until(/"1.2.3"/);
    client.close();
  });

  it('that is answered before its request is complete does not hold its connection for ever', async () => {
    await open([hot]);
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 100000'], 'a');
    (await bed.asked(0, /\r\n\r\na$/)).answer('early');
    await client.until(/early$/);
    await bed.runs.clock.pass(2000);
    await client.closed;
  });

  it('waits with the function for a caller that reads slowly, and not for ever', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot');
    client.socket.pause();
    const { stdout } = await bed.asked();
    const chunks = 64;
    let given = 0;
    stdout.write(`HTTP/1.1 200 OK\r\nContent-Length: ${chunks * 1024 * 1024}\r\n\r\n`);
    const answer = Readable.from(
      (function* () {
        for (; given < chunks; given += 1) {
          yield Buffer.alloc(1024 * 1024);
        }
      })(),
    );
    answer.pipe(stdout);
    let before = -1;
    await until(() => {
      const standsStill = given === before;
      before = given;
      return standsStill;
    }, 'the function to be held back');
    assert.ok(given < chunks / 2, `${given} MiB were taken`);
    await bed.runs.clock.pass(60_000);
    await until(() => bed.gateway.stats.active === 0, 'the request to end');
    assert.equal(bed.runs.finished.length, 1);
  });

  it('exceeds its timeout with 504 and the words of the contract', async () => {
    await open([hot]);
    const client = await bed.ask('GET /r/myapp/hot');
    await bed.asked();
    await bed.runs.clock.pass(30_000);
    const answer = await client.until(/}}$/);
    client.close();
    assert.deepEqual(
      [statusAndBody(answer), /Content-Type: .*/.exec(answer)?.[0]],
      [
        [504, '{"request_id":"c1","error":{"message":"Timed out","code":"timeout"}}'],
        'Content-Type: application/json; charset=utf-8',
      ],
    );
  });

  it('that was refused says why', async () => {
    await open([hot], rejectingWith(new HotFunctionsError('untrusted-workspace', 'Not trusted.')));
    const response = await fetch(`${bed.url}/r/myapp/hot`);
    assert.deepEqual(
      [response.status, await response.json()],
      [403, { error: { message: 'Not trusted.', code: 'untrusted-workspace' } }],
    );
  });

  it('that meets a bug gives 500 and tells nothing of it but to its owner', async () => {
    const bug = new Error('inner workings');
    await open([hot], rejectingWith(bug));
    const response = await fetch(`${bed.url}/r/myapp/hot`);
    assert.deepEqual(
      [response.status, await response.json(), bed.errors],
      [500, { error: { message: 'Internal server error' } }, [bug]],
    );
  });

  it('of an asynchronous route gives 202 and the id after it was taken', async () => {
    const taken: unknown[] = [];
    const route = routeWith({ path: '/later', type: 'async' });
    await open([route], {
      submitAsync: async ({ id }, { method, body }) => {
        taken.push([id, method, Buffer.from(body as Uint8Array).toString()]);
        return 'call-7';
      },
    });
    const response = await fetch(`${bed.url}/r/myapp/later`, { method: 'POST', body: 'x' });
    assert.deepEqual(
      [response.status, await response.text(), taken],
      [202, '{"call_id":"call-7"}\n', [['myapp/later', 'POST', 'x']]],
    );
  });

  it('of an asynchronous route without a store gives 501', async () => {
    await open([routeWith({ path: '/later', type: 'async' })]);
    const response = await fetch(`${bed.url}/r/myapp/later`);
    await response.text();
    assert.equal(response.status, 501);
  });

  const paths: Readonly<Record<string, readonly [number, string]>> = {
    '/r/other/hot': [404, 'App not found'],
    '/r/myapp/nothing': [404, 'Route not found on that application'],
    '/r/myapp': [404, 'Route not found on that application'],
    '/r/myapp/hot/': [404, 'Route not found on that application'],
    '/r/myapp/%zz': [400, 'The path is not encoded as URLs are.'],
  };
  for (const [path, [status, message]] of Object.entries(paths)) {
    it(`to ${path} gives ${status}`, async () => {
      await open([hot]);
      const response = await fetch(bed.url + path);
      assert.deepEqual([response.status, await response.text()], [status, `{"error":{"message":"${message}"}}\n`]);
    });
  }

  for (const [sent, path] of [
    ['/r/myapp/a%20b/c', '/a b/c'],
    ['/r/myapp/%C3%A9', '/é'],
    ['/r/myapp', '/'],
    ['http://LOCALHOST:1/r/myapp/x?y', '/x'],
  ] as const) {
    it(`to ${sent} finds the route ${path}`, async () => {
      await open([routeWith({ path, format: 'http' })]);
      const client = await bed.ask(`GET ${sent}`);
      (await bed.asked()).answer('found');
      await client.until(/found$/);
      client.close();
    });
  }
});

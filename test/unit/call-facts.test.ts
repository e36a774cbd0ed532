import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { CallRequest } from '../../src/core/call.ts';
import { callFactsOf, inputOf } from '../../src/core/call-facts.ts';
import { routeWith } from './route-with.ts';

const route = routeWith({ app: 'my app', path: '/a b' });
function textOf(request: CallRequest): string {
  const input = inputOf(request, callFactsOf(route, request).method);
  return input.kind === 'bytes' ? Buffer.from(input.bytes).toString() : input.kind;
}

describe('what a function is told of a call', () => {
  it('is POST with a body, even an empty one, and GET without', () => {
    const methods = [{ body: 'x' }, { body: '' }, {}].map((request) => callFactsOf(route, request).method);
    assert.deepEqual(methods, ['POST', 'POST', 'GET']);
  });

  it('is the URL the daemon would have been called at', () => {
    assert.equal(callFactsOf(route, { query: 'a=1&b=%2F' }).url, 'http://localhost/r/my%20app/a%20b?a=1&b=%2F');
  });

  it('is the URL it was really called at, where there is one', () => {
    const url = 'http://127.0.0.1:8080/r/x';
    assert.equal(callFactsOf(route, { url, query: 'a=1' }).url, url);
  });

  const refused: Readonly<Record<string, CallRequest>> = {
    'a method that is no token': { method: 'GET /x' },
    'a header name that is no token': { headers: [['a b', 'c']] },
    'a header value with a line break': { headers: [['a', 'b\r\nc: d']] },
    'a query with white space': { query: 'a b' },
    'a URL with white space': { url: 'http://localhost/\r\nx: y' },
    'a length that is none': { body: '', bodyLength: -1 },
  };
  for (const [what, request] of Object.entries(refused)) {
    it(`cannot be ${what}`, () => assert.throws(() => callFactsOf(route, request), { code: 'invalid-request' }));
  }
});

describe('the input of a function', () => {
  it('is the body, whatever its form', () => {
    const forms: CallRequest[] = [{ body: 'é' }, { body: Buffer.from('é') }, { body: '' }];
    assert.deepEqual(forms.map(textOf), ['é', 'é', '']);
  });

  it('of a GET without a body is the payload of its query', () => {
    assert.deepEqual(
      [
        textOf({ query: 'a=1&payload=from%20query' }),
        textOf({ method: 'DELETE', query: 'payload=x' }),
        textOf({ method: 'GET', body: 'body', query: 'payload=x' }),
      ],
      ['from query', '', 'body'],
    );
  });

  it('is streamed where its length is told, and to be measured where not', () => {
    const chunks = Readable.from([Buffer.from('ab')]);
    assert.deepEqual(
      [inputOf({ body: chunks, bodyLength: 2 }, 'POST'), inputOf({ body: chunks }, 'POST')],
      [
        { kind: 'stream', chunks, length: 2 },
        { kind: 'unmeasured', chunks },
      ],
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRequest } from '../../src/core/call.ts';
import { callFactsOf, inputOf, maxCollectedBody } from '../../src/core/call-facts.ts';
import { HotFunctionsError } from '../../src/core/errors.ts';
import { codeOf } from './fakes/runner-bed.ts';
import { routeWith } from './route-with.ts';

const route = routeWith({ app: 'my app', path: '/a b' });
const never = new AbortController().signal;

async function textOf(request: CallRequest, signal = never): Promise<string> {
  return Buffer.from(await inputOf(request, callFactsOf(route, request).method, signal)).toString();
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield Buffer.from(text);
  }
}

describe('what a function is told of a call', () => {
  it('is POST with a body, even an empty one, and GET without', () => {
    const methods = [{ body: 'x' }, { body: '' }, {}].map((request) => callFactsOf(route, request).method);
    assert.deepEqual(methods, ['POST', 'POST', 'GET']);
  });

  it('is the URL the daemon would have been called at', () => {
    assert.equal(callFactsOf(route, { query: 'a=1&b=%2F' }).url, 'http://localhost/r/my%20app/a%20b?a=1&b=%2F');
  });

  const refused: Readonly<Record<string, CallRequest>> = {
    'a method that is no token': { method: 'GET /x' },
    'a header name that is no token': { headers: [['a b', 'c']] },
    'a header value with a line break': { headers: [['a', 'b\r\nc: d']] },
    'a query with white space': { query: 'a b' },
  };
  for (const [what, request] of Object.entries(refused)) {
    it(`cannot be ${what}`, () => assert.throws(() => callFactsOf(route, request), { code: 'invalid-request' }));
  }
});

describe('the input of a function', () => {
  it('is the body, whatever its form', async () => {
    const forms: CallRequest[] = [{ body: 'é' }, { body: Buffer.from('é') }, { body: chunks('a', 'b') }, { body: '' }];
    assert.deepEqual(await Promise.all(forms.map((request) => textOf(request))), ['é', 'é', 'ab', '']);
  });

  it('of a GET without a body is the payload of its query', async () => {
    assert.deepEqual(
      [
        await textOf({ query: 'a=1&payload=from%20query' }),
        await textOf({ method: 'DELETE', query: 'payload=x' }),
        await textOf({ method: 'GET', body: 'body', query: 'payload=x' }),
      ],
      ['from query', '', 'body'],
    );
  });

  it('is refused when it is larger than its bound', async () => {
    const large = async function* (): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(maxCollectedBody / 4);
      for (let count = 0; count < 5; count += 1) {
        yield chunk;
      }
    };
    await assert.rejects(textOf({ body: large() }), { code: 'invalid-request' });
  });

  it('that does not come ends with the call', async () => {
    const controller = new AbortController();
    const stuck: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const input = textOf({ body: stuck }, controller.signal).catch(codeOf);
    controller.abort(new HotFunctionsError('timeout', 'Timed out'));
    assert.equal(await input, 'timeout');
  });
});

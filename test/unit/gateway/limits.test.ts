import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { statusAndBody } from '../../gateway/raw-client.ts';
import { until } from '../../until.ts';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const hot = routeWith({ path: '/hot', format: 'http' });
const limits = { maxBodyBytes: 100_000 };
const tooLarge = /The request's body is larger than the 100000 bytes that this endpoint takes\./;

describe('a request whose body is larger than the endpoint takes', () => {
  let bed: GatewayBed;
  afterEach(() => bed.close());

  it('is refused by its length, before it has called anything', async () => {
    bed = await GatewayBed.open([hot], { limits });
    const client = await bed.ask('POST /r/myapp/hot', ['Content-Length: 100001']);
    const [status, body] = statusAndBody(await client.until(/}\n$/));
    client.close();
    assert.equal(status, 413);
    assert.match(body, tooLarge);
    assert.deepEqual([bed.runs.engine.containers, bed.runs.finished], [[], []]);
  });

  it('and comes in chunks is refused when it has become so, and its function never gets it', async () => {
    bed = await GatewayBed.open([hot], { limits });
    const chunk = `${(10_000).toString(16)}\r\n${'a'.repeat(10_000)}\r\n`;
    const client = await bed.ask('POST /r/myapp/hot', ['Transfer-Encoding: chunked'], chunk.repeat(11));
    const [status, body] = statusAndBody(await client.until(/}\n?$/));
    client.close();
    assert.equal(status, 413);
    assert.match(body, tooLarge);
    await until(() => bed.gateway.stats.active === 0, 'the request to end');
    assert.deepEqual(bed.runs.engine.containers, []);
  });
});

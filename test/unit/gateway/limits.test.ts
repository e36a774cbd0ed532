import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Clock } from '../../../src/core/clock.ts';
import { type RawClient, statusAndBody } from '../../gateway/raw-client.ts';
import { until } from '../../until.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeContainer } from '../fakes/fake-engine.ts';
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

describe('a connection', () => {
  const keepAliveMs = 8000;
  let bed: GatewayBed;
  afterEach(() => bed.close());

  async function answered(client: RawClient, container: FakeContainer, answer: string): Promise<void> {
    container.answer(answer);
    await client.until(new RegExp(`${answer}$`));
    await until(() => bed.gateway.stats.active === 0, 'the request to end');
  }

  it('that waits for its next request is kept for as long as it may wait, and then ended', async () => {
    bed = await GatewayBed.open([hot], { limits: { keepAliveMs } });
    const client = await bed.ask('GET /r/myapp/hot');
    await answered(client, await bed.asked(), 'one');
    await bed.runs.clock.pass(keepAliveMs);
    client.send('GET /r/myapp/hot?again HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await answered(client, await bed.asked(0, /again/), 'two');
    assert.equal(bed.gateway.stats.connections, 1);
    await bed.runs.clock.pass(keepAliveMs * 1.5);
    await client.closed;
    await until(() => bed.gateway.stats.connections === 0, 'the connection to be gone');
  });

  it('that was the last one leaves no timer behind', async () => {
    bed = await GatewayBed.open([hot], { limits: { keepAliveMs } });
    const before = bed.runs.clock.pendingTimers;
    const clients = await Promise.all([bed.raw(), bed.raw()]);
    await until(() => bed.gateway.stats.connections === 2, 'both to be known');
    const during = bed.runs.clock.pendingTimers;
    for (const client of clients) {
      client.close();
    }
    await until(() => bed.gateway.stats.connections === 0, 'both to be gone');
    assert.deepEqual([during, bed.runs.clock.pendingTimers], [before + 1, before]);
  });

  it('that waits for its answer is not idle', async () => {
    bed = await GatewayBed.open([{ ...hot, timeoutMs: 10 * keepAliveMs }], { limits: { keepAliveMs } });
    const client = await bed.ask('GET /r/myapp/hot');
    const container = await bed.asked();
    await bed.runs.clock.pass(keepAliveMs * 5);
    await answered(client, container, 'late');
    client.close();
  });

  it('that never sends anything is not idle for longer than others', async () => {
    bed = await GatewayBed.open([hot], { limits: { keepAliveMs } });
    const client = await bed.raw();
    await until(() => bed.gateway.stats.connections === 1, 'the connection to be known');
    await bed.runs.clock.pass(keepAliveMs * 1.5);
    await client.closed;
  });
});

describe('a small body', () => {
  it('that comes with its head is not timed', async () => {
    const smallBodyMs = 12_345;
    const time = new FakeClock();
    const timed: number[] = [];
    const clock: Clock = {
      now: () => time.now(),
      after: (ms, run) => {
        timed.push(ms);
        return time.after(ms, run);
      },
    };
    const bed = await GatewayBed.open([hot], { limits: { smallBodyMs }, clock });
    const together = await bed.ask('POST /r/myapp/hot', ['Content-Length: 2'], 'hi');
    (await bed.asked(0, /hi$/)).answer('one');
    await together.until(/one$/);
    const before = timed.filter((ms) => ms === smallBodyMs).length;
    const apart = await bed.ask('POST /r/myapp/hot', ['Content-Length: 2'], 'h');
    await until(() => timed.includes(smallBodyMs), 'the body to be waited for');
    apart.send('o');
    (await bed.asked(0, /ho$/)).answer('two');
    await apart.until(/two$/);
    together.close();
    apart.close();
    await bed.close();
    assert.equal(before, 0);
  });
});

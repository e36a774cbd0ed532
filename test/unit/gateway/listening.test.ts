import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { RawClient } from '../../gateway/raw-client.ts';
import { until } from '../../until.ts';
import { routeWith } from '../route-with.ts';
import { GatewayBed } from './gateway-bed.ts';

const question = 'GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function taken(test: TestContext, host: string): Promise<number> {
  const server: Server = createServer();
  test.after(() => server.close());
  await once(server.listen(0, host), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the endpoint', () => {
  for (const host of ['127.0.0.1', '::1']) {
    it(`takes the next port when somebody has the wanted one on ${host}`, async (test) => {
      const port = await taken(test, host);
      const bed = await GatewayBed.open([], { port });
      test.after(() => bed.close());
      const chosen = bed.gateway.address.port;
      assert.ok(chosen > port && chosen < port + 50, `${chosen} instead of ${port}`);
    });
  }

  it('answers on both loopback addresses', async (test) => {
    const bed = await GatewayBed.open([]);
    test.after(() => bed.close());
    for (const host of ['127.0.0.1', '::1']) {
      const client = await RawClient.to(bed.gateway.address.port, question, host);
      await client.until(/1\.2\.3/);
      client.close();
    }
  });

  it('aborts what it is doing when it is closed, and is gone then', async () => {
    const bed = await GatewayBed.open([routeWith({ path: '/hot', format: 'http' })]);
    const idle = await bed.raw(question);
    await idle.until(/1\.2\.3/);
    const calling = await bed.ask('GET /r/myapp/hot');
    await bed.asked();
    await bed.gateway.close();
    await Promise.all([idle.closed, calling.closed]);
    await until(() => bed.runs.finished.length === 1, 'the call to end');
    const { connections, active } = bed.gateway.stats;
    assert.deepEqual([bed.runs.finished[0]?.outcome, connections, active], [{ kind: 'aborted' }, 0, 0]);
    await assert.rejects(bed.raw(), { code: 'ECONNREFUSED' });
    await bed.runs.runner.close();
  });

  it('can be opened again at the port it had', async () => {
    const first = await GatewayBed.open([]);
    const { port } = first.gateway.address;
    await first.close();
    const second = await GatewayBed.open([], { port });
    assert.equal(second.gateway.address.port, port);
    await second.close();
  });
});

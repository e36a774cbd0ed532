import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { proofSize } from '../proof-size.ts';
import { HoldingsOfProcess } from '../runner/holdings.ts';
import { until } from '../until.ts';
import { GatewayUnderTest } from './gateway-under-test.ts';

const begin = 'POST /r/tests/victim HTTP/1.1\r\nHost: localhost\r\n';
/** How far a request has come when its connection is dropped. */
const stages = [
  '',
  'GE',
  begin,
  `${begin}Content-Length: 9\r\n\r\nabc`,
  `${begin}Content-Length: 4\r\n\r\nslow`,
  `${begin}Transfer-Encoding: chunked\r\n\r\n4\r\nslow\r\n`,
  `${begin}Content-Length: 100000\r\n\r\nabc`,
];
const connections = proofSize({ quick: 1000, full: 10_000 });

describe('connections that are opened and dropped', () => {
  it(`in all stages of a request, ${connections} of them, leave nothing and keep no other caller from being served`, async (test) => {
    const bed = await GatewayUnderTest.open();
    test.after(() => bed.close());
    const holdings = new HoldingsOfProcess();
    test.after(() => holdings.close());
    bed.route({ path: '/victim', maxConcurrency: 4 });

    const drop = async (count: number): Promise<void> => {
      const clients = await Promise.all(
        Array.from({ length: count }, (_, number) => bed.raw(stages[number % stages.length])),
      );
      for (const [number, { socket }] of clients.entries()) {
        if (number % 2 === 0) {
          socket.resetAndDestroy();
        } else {
          socket.destroy();
        }
      }
    };
    const others: string[] = [];
    const serveAnother = async (): Promise<void> => {
      const client = await bed.raw(`${begin}Connection: close\r\nContent-Length: 5\r\n\r\nother`);
      others.push(/call/.exec(await client.all())?.[0] ?? 'not served');
      client.close();
    };
    const atRest = async () => {
      await until(() => {
        const { connections: open, active } = bed.gateway.stats;
        return open + active + bed.runs.runner.calls().length === 0;
      }, 'every connection and call to be gone');
      await bed.runs.runner.stopContainers();
      await bed.runs.nothingLeft();
      let last = await holdings.count();
      let since = Date.now();
      // Some timers of what has ended still run for a second.
      await until(async () => {
        const now = await holdings.count();
        if (!isDeepStrictEqual(now, last)) {
          last = now;
          since = Date.now();
        }
        return Date.now() - since > 1500;
      }, 'the process to come to rest');
      return last;
    };

    // What a process makes once and keeps.
    await Promise.all([drop(stages.length), serveAnother()]);
    const before = await atRest();
    for (let dropped = 0; dropped < connections; dropped += 100) {
      await Promise.all([drop(100), serveAnother()]);
    }
    assert.deepEqual(await atRest(), before);
    assert.deepEqual([new Set(others), bed.errors], [new Set(['call']), []]);
  });
});

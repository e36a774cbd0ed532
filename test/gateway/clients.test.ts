import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { GatewayUnderTest } from './gateway-under-test.ts';

const run = promisify(execFile);
const clients = join(import.meta.dirname, 'clients');

/** What every client is answered by the probe. */
const answers = {
  'known length': [200, 'POST'],
  chunks: [200, 'PUT'],
  query: [200, 'GET'],
  head: [200, ''],
  status: [418, 'teapot'],
  missing: [404, '{"error":{"message":"Route not found on that application"}}\n'],
  large: [200, 1_000_000],
};

describe('callers of the daemon', () => {
  let bed: GatewayUnderTest;
  let folder = '';
  let url = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hot-functions-clients-'));
    bed = await GatewayUnderTest.open();
    url = bed.route({ path: '/client' });
  });
  after(async () => {
    await bed.close();
    await rm(folder, { recursive: true });
  });

  const answered = async (...[program = '', ...words]: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(program, [...words, url])).stdout);

  it('in Node are answered', async () => {
    assert.deepEqual(await answered(process.execPath, join(clients, 'client.mjs')), answers);
  });

  it('in Python are answered', async () => {
    assert.deepEqual(await answered('python3', join(clients, 'client.py')), answers);
  });

  it('in Go are answered', async () => {
    const program = join(folder, 'client');
    await run('go', ['build', '-o', program, join(clients, 'go', 'main.go')]);
    assert.deepEqual(await answered(program), answers);
  });

  it('by curl are answered', async () => {
    const curl = async (...words: readonly string[]): Promise<readonly [number, string]> => {
      const { stdout } = await run('curl', ['-sS', '--max-time', '20', '-w', '\n%{http_code}', ...words], {
        maxBuffer: 2 ** 22,
      });
      const end = stdout.lastIndexOf('\n');
      return [Number(stdout.slice(end + 1)), stdout.slice(0, end)];
    };
    const [status, large] = await curl('-H', 'Expect: 100-continue', '-d', 'x'.repeat(100_000), url);
    assert.deepEqual(
      {
        'known length': await curl('-d', 'method', url),
        chunks: await curl('-X', 'PUT', '-H', 'Transfer-Encoding: chunked', '-d', 'method', url),
        query: await curl(`${url}?payload=method`),
        head: [(await curl('--head', '-o', '/dev/null', `${url}?payload=method`))[0], ''],
        status: await curl('-d', 'status', url),
        missing: await curl(`${url}-not`),
        large: [status, large.length],
      },
      { ...answers, large: [200, 100_000] },
    );
  });

  it('by wrk, sixteen at a time on connections that are kept, are answered without an error', async () => {
    const busy = bed.route({ path: '/busy', maxConcurrency: 4 });
    const { stdout } = await run('wrk', [
      '-t',
      '1',
      '-c',
      '16',
      '-d',
      '2s',
      '--timeout',
      '20s',
      `${busy}?payload=method`,
    ]);
    assert.doesNotMatch(stdout, /Non-2xx|Socket errors/);
    assert.match(stdout, /[1-9]\d* requests in /);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../until.ts';
import { GatewayUnderTest, post } from './gateway-under-test.ts';
import { type RawClient, statusAndBody } from './raw-client.ts';

const limits = { headMs: 400, requestMs: 5000, smallBodyMs: 600, lingerMs: 200, stallMs: 500, keepAliveMs: 400 };
const begin = 'POST /r/tests/victim HTTP/1.1\r\nHost: localhost\r\n';

describe('a hostile client', () => {
  let bed: GatewayUnderTest;
  let url = '';
  before(async () => {
    bed = await GatewayUnderTest.open({ limits });
    url = bed.route({ path: '/victim', maxConcurrency: 4, timeoutMs: 1000 });
  });
  after(() => bed.close());

  /** Others are served while a client does its worst, and of that client nothing is left. */
  async function survives(attack: () => Promise<readonly RawClient[]>): Promise<readonly string[]> {
    const clients = await attack();
    const { text } = await post(url, 'x');
    assert.match(text, /^call \d+$/);
    const answers = await Promise.all(clients.map((client) => client.all()));
    for (const client of clients) {
      client.close();
    }
    const underWay = (): number => bed.gateway.stats.active + bed.runs.runner.calls().length;
    await until(() => underWay() === 0, 'nothing to be under way');
    assert.deepEqual(bed.errors, []);
    return answers;
  }

  const many = (text: string): Promise<RawClient[]> => Promise.all(Array.from({ length: 50 }, () => bed.raw(text)));

  it('that sends nothing is not waited for', async () => {
    await survives(() => many(''));
  });

  it('that sends its head byte by byte is not waited for', async () => {
    const answers = await survives(async () => {
      const clients = await many('GET /r/tests/victim HTTP/1.1\r\nHost: localhost\r\n');
      const drip = setInterval(() => {
        for (const client of clients) {
          client.send('X-A: b\r\n');
        }
      }, 50);
      void Promise.all(clients.map(({ closed }) => closed)).then(() => clearInterval(drip));
      return clients;
    });
    assert.deepEqual(new Set(answers.map((answer) => answer.slice(0, 12))), new Set(['HTTP/1.1 408']));
  });

  it('that does not send the small body it announced never takes a container', async () => {
    const calls = bed.runs.finished.length;
    const answers = await survives(() => many(`${begin}Content-Length: 10\r\n\r\nabc`));
    assert.deepEqual(
      [new Set(answers.map((answer) => answer.slice(0, 12))), bed.runs.finished.length - calls],
      [new Set(['HTTP/1.1 408']), 1],
    );
  });

  it('that does not send the large body it announced holds its container no longer than a call may take', async () => {
    const [answer = ''] = await survives(async () => [await bed.raw(`${begin}Content-Length: 100000\r\n\r\nabc`)]);
    // The function gives back what it gets.
    assert.deepEqual(statusAndBody(answer), [200, 'abc']);
    const outcome = bed.runs.finished.at(-1)?.outcome;
    assert.equal(outcome?.kind === 'failed' && outcome.error.code, 'timeout');
  });

  const smuggled = 'GET /r/tests/victim?payload=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const refused: Readonly<Record<string, string>> = {
    'a length and chunks': `${begin}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'chunks and a length': `${begin}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `${begin}Content-Length: 0\r\nContent-Length: 70\r\n\r\n${smuggled}`,
    'two lengths in one line': `${begin}Content-Length: 0, 70\r\n\r\n${smuggled}`,
    'a length with a sign': `${begin}Content-Length: +0\r\n\r\n${smuggled}`,
    'a length in hexadecimal': `${begin}Content-Length: 0x46\r\n\r\n${smuggled}`,
    'a coding behind chunked': `${begin}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'an unknown coding': `${begin}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'white space before the colon': `${begin}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that is none': `${begin}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that overflows': `${begin}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\nabc\r\n${smuggled}`,
    'a chunk that is longer than its size': `${begin}Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n${smuggled}`,
    'a bare line feed after a chunk size': `${begin}Transfer-Encoding: chunked\r\n\r\n2\nab\r\n0\r\n\r\n${smuggled}`,
    'a folded header': `${begin}X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n${smuggled}`,
    'a zero in a header': `${begin}X-A: a\0b\r\n\r\n${smuggled}`,
    'a carriage return in a header': `${begin}X-A: a\rX-B: c\r\n\r\n${smuggled}`,
    'a head that is too large': `${begin}X-A: ${'a'.repeat(64 * 1024)}\r\n\r\n${smuggled}`,
    'too many headers': `${begin}${'a:\r\n'.repeat(16 * 1024)}\r\n${smuggled}`,
    'a line that is none': `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${smuggled}`,
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`that sends ${what} is refused with 4xx or 501, and what is behind it is not executed`, async () => {
      const calls = bed.runs.finished.length;
      const [answer = ''] = await survives(async () => [await bed.raw(text)]);
      assert.match(answer, /^HTTP\/1\.1 (4\d\d|501) /);
      assert.doesNotMatch(answer.slice(1), /HTTP\/1\.1 200/);
      const answered = bed.runs.finished.slice(calls).filter(({ outcome }) => outcome.kind === 'answered');
      assert.equal(answered.length, 1, 'only the other caller is served');
    });
  }

  it('that closes its half of the connection is taken for gone', async () => {
    const busy = bed.runs.container('busy');
    const client = await bed.raw('GET /r/tests/victim?payload=hang HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await busy;
    await survives(async () => {
      client.socket.end();
      return [client];
    });
  });

  it('that sends request upon request without reading an answer is cut off', async () => {
    const text = 'GET /r/tests/victim?payload=hang HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1000);
    const answers = await survives(async () => [await bed.raw(text)]);
    assert.deepEqual(answers, ['']);
  });
});

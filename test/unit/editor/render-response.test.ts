import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallSummary } from '../../../src/core/call.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { hexDump } from '../../../src/editor/response/hex-dump.ts';
import { renderResponse, type ShownResponse } from '../../../src/editor/response/render-response.ts';

const servedBy = { name: 'hot-1', engineId: '77', temperature: 'reused-hot', callNumber: 3 } as const;
const summary: CallSummary = {
  callId: 'aaaa',
  routeId: 'myapp/hot',
  outcome: { kind: 'answered', status: 200 },
  servedBy,
  timings: { totalMs: 1.53 },
  requestBytes: 6,
  responseBytes: 13,
};

function shown(change: Partial<ShownResponse>, body: string | Uint8Array = 'Hello Johnny\n'): string {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return renderResponse({ status: 200, headers: [], body: { bytes, truncated: false }, servedBy, summary, ...change });
}

describe('response document', () => {
  it('gives status, duration and temperature, then headers, then the body as it is', () => {
    assert.equal(
      shown({
        headers: [
          ['Content-Type', 'text/plain'],
          ['X-A', '1'],
        ],
      }),
      '200 OK · 1.5 ms · hot, call 3 of reused container hot-1\nContent-Type: text/plain\nX-A: 1\n\nHello Johnny\n',
    );
  });

  it('names a cold container, one that was kept warm, and a new hot one', () => {
    const heads = (['cold', 'kept-warm', 'started-hot'] as const).map(
      (temperature) => shown({ servedBy: { ...servedBy, temperature, callNumber: 1 } }).split('\n')[0],
    );
    assert.deepEqual(heads, [
      '200 OK · 1.5 ms · cold, container hot-1',
      '200 OK · 1.5 ms · cold, kept warm, container hot-1',
      '200 OK · 1.5 ms · hot, new container hot-1',
    ]);
  });

  it('gives the phases that took time', () => {
    const timings = { queuedMs: 0.4, preparedMs: 2400, startedMs: 181.2, firstByteMs: 2.04, totalMs: 12_345 };
    assert.equal(
      shown({ summary: { ...summary, timings }, servedBy: undefined }, '').split('\n')[0],
      '200 OK · 12.3 s · prepared 2400 ms · started 181 ms · first byte 2.0 ms',
    );
  });

  it('shows a status of the function without any fuss', () => {
    assert.equal(
      shown({ status: 404 }, 'no such thing'),
      '404 Not Found · 1.5 ms · hot, call 3 of reused container hot-1\n\nno such thing',
    );
  });

  it('explains a failed call: the sentence, what to do, the bytes and the end of stderr', () => {
    const error = new HotFunctionsError('stray-output', 'The function wrote to stdout before its answer.', {
      hint: 'Write logs to stderr.',
      offset: 0,
      bytes: new TextEncoder().encode('debug\n'),
      stderr: 'warning: old\n',
    });
    assert.equal(
      shown({ status: 502, error, summary: { ...summary, outcome: { kind: 'failed', error } } }, '{}'),
      `502 Bad Gateway · 1.5 ms · hot, call 3 of reused container hot-1

Problem: The function wrote to stdout before its answer. (stray-output)
What to do: Write logs to stderr.

What the function wrote, at byte 0 of its output:
debug\\n

The end of its stderr:
warning: old

{}`,
    );
  });

  it('tells of an answer that broke off after its head', () => {
    const error = new HotFunctionsError('short-body', 'The body ended after 3 of 10 bytes.');
    assert.equal(
      shown({ summary: { ...summary, outcome: { kind: 'failed', error } } }, 'abc'),
      '200 OK · 1.5 ms · hot, call 3 of reused container hot-1\n\nProblem: The body ended after 3 of 10 bytes. (short-body)\n\nabc',
    );
  });

  it('shows bytes that are no text as a dump', () => {
    assert.equal(
      shown({}, Uint8Array.of(0, 1, 0x41, 0xff))
        .split('\n')
        .at(-1),
      '00000000  00 01 41 ff                                       |..A.|',
    );
  });

  it('says where it cut, and keeps text text when a character is cut in two', () => {
    const bytes = new TextEncoder().encode('Grü').subarray(0, 3);
    assert.equal(
      shown({ body: { bytes, truncated: true } }).split('\n\n')[1],
      'Gr\n… cut after 3 of 13 bytes (setting hotFunctions.response.maxBytes)',
    );
  });
});

describe('hex dump', () => {
  it('shows sixteen bytes a line and says what is left out', () => {
    assert.equal(
      hexDump(
        Uint8Array.from({ length: 40 }, (_, index) => index + 0x41),
        20,
      ),
      '00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|\n' +
        '00000010  51 52 53 54                                       |QRST|\n' +
        '… 20 more bytes',
    );
  });
});

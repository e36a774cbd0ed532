import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { ResponseDecoder } from '../../../src/core/wire/response-decoder.ts';

interface Decoded {
  readonly interim: number[];
  status?: number;
  headers?: readonly (readonly [string, string])[];
  headBytes?: number;
  keepAlive?: boolean;
  body: string;
  complete: boolean;
  /** Bytes behind the answer. */
  surplus: string;
  error?: { readonly code: string; readonly offset: number | undefined };
}

function decode(pieces: readonly Uint8Array[]): Decoded {
  const result: Decoded = { interim: [], body: '', complete: false, surplus: '' };
  const bytes: Uint8Array[] = [];
  const decoder = new ResponseDecoder({
    interim: (status) => result.interim.push(status),
    head: ({ status, headers, headBytes, keepAlive }) =>
      Object.assign(result, { status, headers, headBytes, keepAlive }),
    body: (chunk) => bytes.push(Uint8Array.from(chunk)),
    complete: () => {
      result.complete = true;
    },
  });
  try {
    for (const piece of pieces) {
      const taken = decoder.write(piece);
      result.surplus += Buffer.from(piece.subarray(taken)).toString('latin1');
    }
  } catch (error) {
    assert.ok(error instanceof HotFunctionsError);
    result.error = { code: error.code, offset: error.offset };
  }
  result.body = Buffer.concat(bytes).toString('latin1');
  return result;
}

const text = (value: string): Decoded => decode([Buffer.from(value, 'latin1')]);
const bytewise = (value: Buffer): Decoded => decode([...value].map((byte) => Uint8Array.of(byte)));
const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/wire/hot/${name}`, import.meta.url));

describe('an answer', () => {
  it('has status, headers as written, and a body of Content-Length bytes', () => {
    assert.deepEqual(text('HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a:  2 \r\nContent-Length: 5\r\n\r\nhello'), {
      interim: [],
      status: 201,
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Content-Length', '5'],
      ],
      headBytes: 61,
      keepAlive: true,
      body: 'hello',
      complete: true,
      surplus: '',
    });
  });

  const accepted: Readonly<Record<string, readonly [answer: string, body: string]>> = {
    'with bare LF': ['HTTP/1.1 200 OK\nContent-Length: 2\n\nok', 'ok'],
    'of HTTP/1.0': ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    'without a reason phrase': ['HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    'with an empty body': ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
    'in chunks': [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
      'ab0123456789',
    ],
    'with trailers': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n', 'a'],
    'of 204, whose length does not count': ['HTTP/1.1 204 No Content\r\n\r\n', ''],
    'of 304 with the length of what it stands for': ['HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n', ''],
    'that gives the same length twice': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 'a'],
  };
  for (const [what, [answer, body]] of Object.entries(accepted)) {
    it(`${what} is read to its end and not further`, () => {
      const { complete, error, surplus, body: read } = text(`${answer}next`);
      assert.deepEqual(
        { complete, error, surplus, body: read },
        { complete: true, error: undefined, surplus: 'next', body },
      );
    });
  }

  it('may be preceded by interim answers', () => {
    const { interim, status } = text(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    );
    assert.deepEqual({ interim, status }, { interim: [100, 103], status: 204 });
  });

  it('that says "Connection: close" is the last of its stream', () => {
    const { keepAlive } = text('HTTP/1.1 204 No\r\nConnection: x, Close\r\n\r\n');
    assert.equal(keepAlive, false);
  });

  it('keeps header values that are UTF-8, and takes others byte for byte', () => {
    const head = Buffer.concat([
      Buffer.from('HTTP/1.1 204 No\r\nA: é漢\r\nB: '),
      Buffer.from([0xe9]),
      Buffer.from('\r\n\r\n'),
    ]);
    assert.deepEqual(decode([head]).headers, [
      ['A', 'é漢'],
      ['B', 'é'],
    ]);
  });
});

describe('a broken answer is told at its byte', () => {
  const broken: Readonly<Record<string, readonly [output: string, code: string, offset: number]>> = {
    'a print before the answer': ['hello\nHTTP/1.1 200 OK\r\n', 'stray-output', 0],
    'one stray byte': ['x', 'stray-output', 0],
    'an empty line before the answer': ['\r\nHTTP/1.1 200 OK\r\n', 'stray-output', 0],
    'a print after an interim answer': ['HTTP/1.1 100 C\r\n\r\nlog', 'stray-output', 18],
    'another version': ['HTTP/2 200 OK\r\n', 'bad-status-line', 0],
    'no status': ['HTTP/1.1 OK\r\n', 'bad-status-line', 0],
    'a status of two digits': ['HTTP/1.1 20 OK\r\n', 'bad-status-line', 0],
    'a switch of protocols': ['HTTP/1.1 101 Switching\r\n', 'bad-status-line', 0],
    'a print among the headers': ['HTTP/1.1 200 OK\r\nA: b\r\noops\r\n', 'bad-header', 23],
    'white space before the colon': ['HTTP/1.1 200 OK\r\nA : b\r\n', 'bad-header', 17],
    'a folded header': ['HTTP/1.1 200 OK\r\nA: b\r\n c\r\n', 'bad-header', 23],
    'a control character in a value': ['HTTP/1.1 200 OK\r\nA: b\0\r\n', 'bad-header', 17],
    'a lone CR in a value': ['HTTP/1.1 200 OK\r\nA: b\rc\r\n', 'bad-header', 17],
    'no length': ['HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody', 'missing-content-length', 23],
    'a length that is no number': ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'bad-header', 37],
    'two different lengths': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'bad-header', 55],
    'a length and chunks': [
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'bad-header',
      64,
    ],
    'an unknown coding': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'bad-header', 42],
    'a chunk without a size': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n', 'bad-chunk', 47],
    'a chunk longer than its size': [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
      'bad-chunk',
      51,
    ],
    'a head without an end': [`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(70_000)}`, 'header-too-large', 70_020],
  };
  for (const [what, [output, code, offset]] of Object.entries(broken)) {
    it(what, () => assert.deepEqual(text(output).error, { code, offset }));
  }

  it('with the bytes that were found there', () => {
    const decoder = new ResponseDecoder({ interim() {}, head() {}, body() {}, complete() {} });
    assert.throws(
      () => decoder.write(Buffer.from('Listening...\nmore')),
      (error) =>
        error instanceof HotFunctionsError && Buffer.from(error.bytes ?? []).toString() === 'Listening...\nmore',
    );
  });
});

describe('where the input is split does not matter', () => {
  const answers = ['01-first-post-headers', '02-second-post', '06-binary-body', '08-utf8-and-odd-headers'];
  for (const name of answers) {
    it(`for ${name}, at every byte`, () => {
      const bytes = fixture(`${name}.stdout.bin`);
      const whole = decode([bytes]);
      assert.equal(whole.complete, true);
      for (let at = 0; at <= bytes.length; at += 1) {
        assert.deepEqual(decode([bytes.subarray(0, at), bytes.subarray(at)]), whole);
      }
      assert.deepEqual(bytewise(bytes), whole);
    });
  }

  it('for six answers of every form back to back', () => {
    let rest = fixture('probe-session.stdout.bin');
    const statuses: (number | undefined)[] = [];
    while (rest.length > 0) {
      const whole = decode([rest]);
      assert.deepEqual({ ...bytewise(rest), surplus: '' }, { ...whole, surplus: '' });
      statuses.push(whole.status);
      rest = rest.subarray(rest.length - whole.surplus.length);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 204, 500]);
  });
});

it('says how far an answer has come', () => {
  const decoder = new ResponseDecoder({ interim() {}, head() {}, body() {}, complete() {} });
  const stages = ['', 'HTTP/1.1 2', '00 OK\r\nContent-Length: 4\r\n\r\n', 'ab', 'cd'].map((piece) => {
    decoder.write(Buffer.from(piece));
    return decoder.progress();
  });
  assert.deepEqual(stages, [
    { kind: 'nothing' },
    { kind: 'in-head' },
    { kind: 'in-body', receivedBytes: 0, expectedBytes: 4 },
    { kind: 'in-body', receivedBytes: 2, expectedBytes: 4 },
    { kind: 'complete' },
  ]);
});

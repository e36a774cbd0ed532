import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExchangeLabel, WireEvent } from '../../../src/core/wire/recording.ts';
import { WireFormatter } from '../../../src/editor/wire-log/wire-formatter.ts';

const hot: ExchangeLabel = {
  callId: 'aaaaaaaa-1111',
  routeId: 'myapp/hot',
  container: 'hot-1',
  format: 'http',
  callNumber: 2,
};
const other: ExchangeLabel = { ...hot, callId: 'bbbbbbbb-2222', container: 'hot-2', callNumber: 1 };
const noMask = { mask: (bytes: Uint8Array) => bytes };

function formatter(maxBytes = 1000, newMask = () => noMask): WireFormatter {
  return new WireFormatter({ maxBytesPerMessage: () => maxBytes, newMask });
}

function begin(exchange = hot): WireEvent {
  return { exchange, atMs: 0, kind: 'begin' };
}

function bytes(direction: 'stdin' | 'stdout', text: string, atMs = 0.25, exchange = hot): WireEvent {
  return { exchange, atMs, kind: 'bytes', direction, bytes: new TextEncoder().encode(text) };
}

function responseComplete(headBytes: number, bodyBytes: number): WireEvent {
  return { exchange: hot, atMs: 1, kind: 'boundary', boundary: { kind: 'response-complete', headBytes, bodyBytes } };
}

function render(events: readonly WireEvent[], wire = formatter()): string {
  return events.map((event) => wire.format(event)).join('');
}

describe('wire log', () => {
  it('shows an exchange with its call, container, directions, times, counts and boundaries', () => {
    const text = render([
      begin(),
      bytes('stdin', 'GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi'),
      {
        exchange: hot,
        atMs: 0.25,
        kind: 'boundary',
        boundary: { kind: 'request-complete', headBytes: 37, bodyBytes: 2 },
      },
      bytes('stdout', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!', 1.5),
      { exchange: hot, atMs: 1.5, kind: 'boundary', boundary: { kind: 'response-head', status: 200, headBytes: 38 } },
      {
        exchange: hot,
        atMs: 1.5,
        kind: 'boundary',
        boundary: { kind: 'response-complete', headBytes: 38, bodyBytes: 1 },
      },
      { exchange: hot, atMs: 1.6, kind: 'end', note: 'answered 200' },
    ]);
    assert.equal(
      text,
      `
━━ myapp/hot  call aaaaaaaa-1111  container hot-1  hot, call 2 of this container
→ stdin   call aaaaaaaa  +0.3 ms  39 bytes
GET / HTTP/1.1\\r\\n
Content-Length: 2\\r\\n
\\r\\n
hi
── stdin  call aaaaaaaa  +0.3 ms  request complete: head 37, body 2 bytes
← stdout  call aaaaaaaa  +1.5 ms  39 bytes
HTTP/1.1 200 OK\\r\\n
Content-Length: 1\\r\\n
\\r\\n
!
── stdout  call aaaaaaaa  +1.5 ms  response complete: head 38, body 1 byte
── end of call aaaaaaaa  +1.6 ms  answered 200
`,
    );
  });

  it('names the cold format', () => {
    assert.equal(
      render([begin({ ...hot, format: 'default' })]),
      '\n━━ myapp/hot  call aaaaaaaa-1111  container hot-1  cold\n',
    );
  });

  it('begins a line for each chunk, also between two exchanges at once', () => {
    const wire = formatter();
    render([begin(), begin(other)], wire);
    assert.equal(
      render([bytes('stdout', 'one', 1), bytes('stdout', 'two', 2, other), bytes('stdout', 'more', 3)], wire),
      '← stdout  call aaaaaaaa  +1.0 ms  3 bytes\none\n' +
        '← stdout  call bbbbbbbb  +2.0 ms  3 bytes\ntwo\n' +
        '← stdout  call aaaaaaaa  +3.0 ms  4 bytes\nmore',
    );
  });

  it('cuts a long message and says by how much, then shows the next one', () => {
    const wire = formatter(5);
    render([begin()], wire);
    assert.equal(
      render(
        [bytes('stdout', '12345678', 1), bytes('stdout', '90', 2), responseComplete(0, 10), bytes('stdout', 'next', 3)],
        wire,
      ),
      '← stdout  call aaaaaaaa  +1.0 ms  8 bytes\n12345\n' +
        '← stdout  call aaaaaaaa  +2.0 ms  2 bytes\n' +
        '… 5 more bytes\n' +
        '── stdout  call aaaaaaaa  +1.0 ms  response complete: head 0, body 10 bytes\n' +
        '← stdout  call aaaaaaaa  +3.0 ms  4 bytes\nnext',
    );
  });

  it('marks stray bytes loudly, with the exchange that left them, even after that has ended', () => {
    const wire = formatter();
    render([begin(), { exchange: hot, atMs: 1, kind: 'end', note: 'answered 200' }], wire);
    assert.equal(
      render([{ exchange: hot, atMs: 7, kind: 'stray', bytes: new TextEncoder().encode('debug: x\n') }], wire),
      '!! STRAY OUTPUT  +7.0 ms  9 bytes that belong to no answer, left by call aaaaaaaa of myapp/hot in hot-1\n' +
        'debug: x\\n\n!! end of stray output\n',
    );
  });

  it('still shows what comes after an exchange has failed', () => {
    const wire = formatter(4);
    render([begin(), { exchange: hot, atMs: 1, kind: 'end', note: 'timeout' }], wire);
    assert.equal(
      render([bytes('stdout', 'late!', 2)], wire),
      '← stdout  call aaaaaaaa  +2.0 ms  5 bytes\nlate\n… 1 more byte\n',
    );
  });

  it('masks each direction of each exchange with a mask of its own', () => {
    let masks = 0;
    const newMask = () => {
      masks += 1;
      const letter = String(masks).charCodeAt(0);
      return { mask: (chunk: Uint8Array) => chunk.map(() => letter) };
    };
    const wire = formatter(1000, newMask);
    render([begin(), begin(other)], wire);
    const shown = [bytes('stdin', 'aa'), bytes('stdout', 'aa'), bytes('stdin', 'aa', 0, other), bytes('stdin', 'a')];
    assert.deepEqual(
      shown.map((event) => wire.format(event).split('\n').at(-1)),
      ['11', '22', '33', '1'],
    );
  });

  it('masks nothing of a cold function, whose bytes are payload whatever they look like', () => {
    const wire = formatter(1000, () => ({ mask: (chunk: Uint8Array) => chunk.map(() => 42) }));
    const cold: ExchangeLabel = { ...hot, format: 'default', callNumber: 1 };
    render([begin(cold)], wire);
    assert.match(wire.format(bytes('stdin', 'token: a', 0, cold)), /\ntoken: a$/);
  });

  it('shows at a boundary the half of a character that came last', () => {
    const wire = formatter();
    render([begin()], wire);
    const half: WireEvent = { exchange: hot, atMs: 1, kind: 'bytes', direction: 'stdout', bytes: Uint8Array.of(0xe4) };
    assert.equal(
      render([half, { exchange: hot, atMs: 1, kind: 'boundary', boundary: { kind: 'stdout-closed' } }], wire),
      '← stdout  call aaaaaaaa  +1.0 ms  1 byte\n\\xe4\n── stdout  call aaaaaaaa  +1.0 ms  closed by the function\n',
    );
  });
});

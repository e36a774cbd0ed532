import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord, RecordedEvent } from '../../../src/core/calls/call-record.ts';
import { renderCall } from '../../../src/editor/history/render-call.ts';

const begun = new Date(2026, 10, 22, 14, 3, 5).getTime();

function bytes(direction: 'stdin' | 'stdout', text: string, length = Buffer.byteLength(text)): RecordedEvent {
  return { kind: 'bytes', atMs: 1, direction, bytes: Buffer.from(text), length };
}

const head = 'GET / HTTP/1.1\r\nContent-Length: 6\r\nMethod: POST\r\n\r\n';
const answer = 'HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nHello Johnny';

function hotWire(...stdout: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return [
    { kind: 'begin', atMs: 0, container: 'hot-1', format: 'http', callNumber: 2 },
    bytes('stdin', `${head}Johnny`),
    { kind: 'boundary', atMs: 1, boundary: { kind: 'request-complete', headBytes: head.length, bodyBytes: 6 } },
    ...stdout,
    { kind: 'end', atMs: 2, note: 'answered' },
  ];
}

const done: CallRecord = {
  callId: '0f3c1e2a-call',
  routeId: 'app/hot',
  origin: 'endpoint',
  state: 'done',
  createdAt: begun,
  attempts: 1,
  format: 'http',
  method: 'POST',
  url: 'http://localhost/r/app/hot',
  headers: [['Authorization', '******']],
  masked: true,
  status: 201,
  timings: { queuedMs: 0.1, firstByteMs: 1.5, totalMs: 2 },
  servedBy: { name: 'hot-1', engineId: '1', temperature: 'reused-hot', callNumber: 2 },
  requestBytes: 6,
  responseBytes: 12,
  wire: hotWire(bytes('stdout', answer)),
  wireSkipped: 0,
  stderr: '',
  earlier: [],
};

/** The document's sections by their titles. */
function sections(record: CallRecord): Readonly<Record<string, string>> {
  const [summary = '', ...others] = renderCall(record).split('\n\n▸ ');
  return Object.fromEntries([
    ['summary', summary],
    ...others.map((section) => section.split(/\n(.*)/s, 2).map((part) => part.trimEnd())),
  ]);
}

describe('the document of a call', () => {
  it('says how it went, what was asked, what was answered, and what was on the wire', () => {
    assert.deepEqual(sections(done), {
      summary: [
        '201 Created · 2.0 ms · hot, call 2 of reused container hot-1',
        'Route: app/hot',
        'Call: 0f3c1e2a-call',
        'Begun: 2026-11-22 14:03:05',
        'Origin: Came through the local endpoint',
        'Phases: queued 0.1 ms · first byte 1.5 ms',
        'Credentials: starred out; such a request cannot be sent again once its window is gone',
      ].join('\n'),
      Request: 'POST http://localhost/r/app/hot\nAuthorization: ******\n\nJohnny',
      Response: 'HTTP/1.1 201 Created\nContent-Type: text/plain\nContent-Length: 12\n\nHello Johnny',
      'On the wire': [
        '━━ app/hot  call 0f3c1e2a-call  container hot-1  hot, call 2 of this container',
        `→ stdin   call 0f3c1e2a  +1.0 ms  ${head.length + 6} bytes`,
        'GET / HTTP/1.1\\r\\n',
        'Content-Length: 6\\r\\n',
        'Method: POST\\r\\n',
        '\\r\\n',
        'Johnny',
        `── stdin  call 0f3c1e2a  +1.0 ms  request complete: head ${head.length}, body 6 bytes`,
        `← stdout  call 0f3c1e2a  +1.0 ms  ${answer.length} bytes`,
        'HTTP/1.1 201 Created\\r\\n',
        'Content-Type: text/plain\\r\\n',
        'Content-Length: 12\\r\\n',
        '\\r\\n',
        'Hello Johnny',
        '── end of call 0f3c1e2a  +2.0 ms  answered',
      ].join('\n'),
    });
  });

  it('shows an answer in chunks as the caller got it', () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n2\r\n !\r\n0\r\n\r\n';
    const { Response } = sections({ ...done, wire: hotWire(bytes('stdout', chunked)), responseBytes: 7 });
    assert.equal(Response, 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nHello !');
  });

  it('says how much of an answer is not kept', () => {
    const cut = bytes('stdout', answer.slice(0, -7), answer.length);
    const { Response } = sections({ ...done, wire: hotWire(cut) });
    assert.match(Response ?? '', /\n\nHello\n… 7 more bytes are not kept$/);
  });

  it('says what was wrong and what to do, and shows no answer that was none', () => {
    const record: CallRecord = {
      ...done,
      state: 'failed',
      error: { code: 'stray-output', message: 'It printed to stdout.', hint: 'Print to stderr.', exitCode: 1 },
      wire: hotWire(bytes('stdout', 'debug\n')),
      stderr: 'warm\n',
    };
    const { summary, Response, Stderr } = sections(record);
    assert.match(
      summary ?? '',
      /\n\nProblem: It printed to stdout\. \(stray-output\)\nWhat to do: Print to stderr\.\nExit code: 1$/,
    );
    assert.deepEqual([Response, Stderr], [undefined, 'warm']);
  });

  it('shows input and output of a cold function as they are', () => {
    const wire: readonly RecordedEvent[] = [
      { kind: 'begin', atMs: 0, container: 'cold-1', format: 'default', callNumber: 1 },
      bytes('stdin', 'Johnny'),
      { kind: 'boundary', atMs: 1, boundary: { kind: 'stdin-closed' } },
      bytes('stdout', 'Hello Johnny\n'),
    ];
    const { Request, Response } = sections({ ...done, format: 'default', wire, headers: [] });
    assert.deepEqual([Request, Response], ['POST http://localhost/r/app/hot\n\nJohnny', 'Hello Johnny']);
  });

  it('says of a call that waits why it was tried before', () => {
    const { callId, routeId, createdAt, headers, masked, requestBytes, responseBytes, wireSkipped, stderr } = done;
    const record: CallRecord = {
      ...{ callId, routeId, createdAt, headers, masked, requestBytes, responseBytes, wireSkipped, stderr },
      origin: 'async',
      state: 'queued',
      wire: [],
      attempts: 2,
      earlier: [{ endedAt: begun, error: { code: 'engine-lost', message: 'Docker went away.' } }],
    };
    const { Request, ...rest } = sections(record);
    assert.deepEqual(
      [Request, rest['Earlier attempts']],
      ['Waits to be sent.', '2026-11-22 14:03:05  Docker went away. (engine-lost)'],
    );
  });
});

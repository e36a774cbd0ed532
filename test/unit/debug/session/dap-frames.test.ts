import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HotFunctionsError } from '../../../../src/core/errors.ts';
import { DapFrames, dapFrame } from '../../../../src/debug/session/dap-frames.ts';

function inParts(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('What a debugger sends', () => {
  it('is cut into its messages wherever the bytes are split', () => {
    const message = fc.record({ type: fc.constant('event'), seq: fc.nat(), event: fc.string(), body: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), (messages, cuts) => {
        const sent = messages.map((one) => JSON.parse(JSON.stringify(one)));
        const frames = new DapFrames();
        const bytes = Buffer.concat(sent.map(dapFrame));
        const received = inParts(bytes, cuts).flatMap((part) => frames.push(part));
        assert.deepEqual(received, sent);
      }),
    );
  });

  it('never ends in anything but an expected failure', () => {
    const head = fc.constantFrom(
      'Content-Length: 2\r\n\r\n{}',
      'Content-Length: 4\r\n\r\nnull',
      '\r\n\r\n',
      'content-length:',
    );
    const part = fc.oneof(
      head.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 64 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const frames = new DapFrames();
        try {
          for (const bytes of parts) {
            frames.push(bytes);
          }
        } catch (error) {
          assert.ok(error instanceof HotFunctionsError && error.code === 'debugger-missing', String(error));
        }
      }),
    );
  });

  const refused: readonly (readonly [string, string])[] = [
    ['a message longer than 16 MiB', 'Content-Length: 16777217\r\n\r\n'],
    ['a length beyond all numbers', `Content-Length: ${'9'.repeat(40)}\r\n\r\n`],
    ['a head without a length', 'Content-Type: text/html\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'x'.repeat(5000)}`],
    ['a body that is no JSON', 'Content-Length: 3\r\n\r\n{a}'],
    ['a body that is no message', 'Content-Length: 4\r\n\r\n"hi"'],
  ];
  for (const [what, text] of refused) {
    it(`is refused as ${what}`, () => {
      assert.throws(() => new DapFrames().push(Buffer.from(text)), { code: 'debugger-missing' });
    });
  }

  it('may say more in its head than the length', () => {
    const text = 'Content-Type: application/json\r\ncontent-length: 16\r\n\r\n{"type":"event"}';
    assert.deepEqual(new DapFrames().push(Buffer.from(text)), [{ type: 'event' }]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsualHeads } from '../../../src/core/wire/usual-head.ts';

const first = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n';
const maxHeadBytes = 1024;

function readAfterFirst(text: string) {
  const heads = new UsualHeads();
  const before = heads.read(Buffer.from(`${first}ab`), maxHeadBytes);
  return { before, second: heads.read(Buffer.from(text), maxHeadBytes) };
}

describe('a head of a container that has answered before', () => {
  it('is the last one, which cannot be changed, where it says the same', () => {
    const { before, second } = readAfterFirst(`${first}cd`);
    assert.deepEqual(second, {
      head: {
        status: 200,
        headers: [
          ['X-A', '1'],
          ['Content-Length', '2'],
        ],
        headBytes: first.length,
        keepAlive: true,
        taskId: undefined,
      },
      framing: { kind: 'length', length: 2 },
    });
    assert.deepEqual([second === before, Object.isFrozen(second?.head.headers)], [true, true]);
  });

  for (const [what, text] of Object.entries({
    'another status': first.replace('200', '201'),
    'another value': first.replace('1\r', '2\r'),
    'another length': first.replace('h: 2', 'h: 3'),
    'one header more': first.replace('X-A', 'B: 1\r\nX-A'),
    'one header more in its place': first.replace('\r\n\r\n', '\r\nB: 1\r\n\r\n'),
    'one header less': first.replace('X-A: 1\r\n', ''),
  })) {
    it(`is read anew with ${what}`, () => {
      const alone = new UsualHeads().read(Buffer.from(text), maxHeadBytes);
      assert.ok(alone !== undefined);
      assert.deepEqual(readAfterFirst(text).second, alone);
    });
  }

  for (const [what, text] of Object.entries({
    'has not come as a whole': first.slice(0, -1),
    'is out of the ordinary': first.replace('X-A: 1', 'X-A: \x01'),
  })) {
    it(`is not known where it ${what}`, () => assert.equal(readAfterFirst(text).second, undefined));
  }
});

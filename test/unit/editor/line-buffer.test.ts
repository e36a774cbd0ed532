import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineBuffer } from '../../../src/editor/log/line-buffer.ts';

function lines(run: (buffer: LineBuffer) => void, maxChars = 100): string[] {
  const seen: string[] = [];
  run(new LineBuffer(maxChars, (line) => seen.push(line)));
  return seen;
}

describe('line buffer', () => {
  it('puts lines together from pieces, with either line end', () => {
    assert.deepEqual(
      lines((buffer) => {
        buffer.write('on');
        buffer.write('e\ntwo\r\n\nthr');
        buffer.write('ee');
      }),
      ['one', 'two', ''],
    );
  });

  it('gives out an unfinished last line at the end, once', () => {
    assert.deepEqual(
      lines((buffer) => {
        buffer.write('last');
        buffer.end();
        buffer.end();
      }),
      ['last'],
    );
  });

  it('never keeps more than its bound', () => {
    assert.deepEqual(
      lines((buffer) => {
        buffer.write('abcdefgh');
        buffer.write('i\nxyzw\n');
      }, 3),
      ['abc', 'def', 'ghi', 'xyz', 'w'],
    );
  });
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { jsonLines } from '../../../../src/engines/docker/json-lines.ts';

async function valuesOf(chunks: readonly Buffer[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(Readable.from(chunks))) {
    values.push(value);
  }
  return values;
}

describe('jsonLines', () => {
  it('gives the value of each line, also of a last one without an end, split at any byte', async () => {
    const bytes = Buffer.from('{"a":"ä"}\r\n\n[1]\n2');
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(await valuesOf([bytes.subarray(0, at), bytes.subarray(at)]), [{ a: 'ä' }, [1], 2]);
    }
  });

  it('fails at a line without end', async () => {
    await assert.rejects(valuesOf([Buffer.alloc(2 * 1024 * 1024, '1')]), {
      message: 'the engine sent a line without end',
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { fileSpool } from '../../../src/store/file-spool.ts';

const never = new AbortController().signal;
const mebibyte = 1024 * 1024;

async function* repeated(chunk: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let time = 0; time < times; time += 1) {
    yield chunk;
  }
}

describe('a body of unknown length', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hot-functions-spool-'));
  });
  after(() => rm(folder, { recursive: true }));
  const spool = (maxBytes = 8 * mebibyte) => fileSpool({ folder, maxBytes });

  it('stays in memory while it is small', async () => {
    const { body } = await spool()(repeated(Buffer.from('ab'), 3), never);
    assert.deepEqual(body, { kind: 'bytes', bytes: Buffer.from('ababab'), length: 6 });
  });

  it('that is large comes back whole out of a file that nobody finds', async () => {
    const chunk = Buffer.alloc(300_000, 'x');
    const spooled = await spool()(repeated(chunk, 10), never);
    const files = await readdir(folder);
    let read = 0;
    assert.equal(spooled.body.kind, 'stream');
    for await (const piece of spooled.body.kind === 'stream' ? spooled.body.chunks : []) {
      read += piece.length;
    }
    await spooled.dispose();
    assert.deepEqual([files, spooled.body.length, read], [[], 3_000_000, 3_000_000]);
  });

  it('is refused when it is larger than the bound', async () => {
    await assert.rejects(spool(2 * mebibyte)(repeated(Buffer.alloc(mebibyte), 3), never), { code: 'invalid-request' });
  });

  it('that does not come ends with the call', async () => {
    const controller = new AbortController();
    const stuck: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const spooling = spool()(stuck, controller.signal);
    controller.abort(new HotFunctionsError('timeout', 'Timed out'));
    await assert.rejects(spooling, { code: 'timeout' });
  });
});

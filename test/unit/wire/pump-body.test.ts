import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { type PumpOptions, pumpBody } from '../../../src/core/wire/pump-body.ts';

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield Buffer.from(text);
  }
}

function options(differences: Pick<PumpOptions, 'chunks' | 'length' | 'stdin'> & Partial<PumpOptions>): PumpOptions {
  return { end: false, signal: new AbortController().signal, onChunk: () => {}, ...differences };
}

function listenersOn(stream: PassThrough): readonly number[] {
  return stream.eventNames().map((name) => stream.listenerCount(name));
}

describe('a streamed body', () => {
  it('reaches the function as it is, with the end of file behind it where that is its end', async () => {
    const stdin = new PassThrough({ highWaterMark: 4 });
    const read = buffer(stdin);
    const fault = await pumpBody(options({ chunks: chunksOf('hello ', 'wor', 'ld'), length: 11, stdin, end: true }));
    assert.deepEqual({ fault, read: (await read).toString() }, { fault: undefined, read: 'hello world' });
  });

  it('leaves nothing on a stdin that serves more calls', async () => {
    const stdin = new PassThrough({ highWaterMark: 4 });
    stdin.resume();
    const before = listenersOn(stdin);
    for (let call = 0; call < 3; call += 1) {
      await pumpBody(options({ chunks: chunksOf('hello ', 'world'), length: 11, stdin }));
    }
    assert.deepEqual(listenersOn(stdin), before);
  });

  it('is given up when it is stopped, also while its source is silent', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    const silent = new PassThrough();
    const pumped = pumpBody(options({ chunks: silent, length: 11, stdin, signal: stop.signal }));
    stop.abort();
    assert.equal(await pumped, 'not read');
  });

  it('is given up when the function does not read any more', async () => {
    const stdin = new PassThrough({ highWaterMark: 4 });
    const pumped = pumpBody(options({ chunks: chunksOf('hello ', 'world'), length: 11, stdin }));
    stdin.destroy();
    assert.equal(await pumped, 'not read');
  });

  it('is at fault when it is longer or shorter than was announced', async () => {
    const faultOf = async (length: number) => {
      const stdin = new PassThrough();
      stdin.resume();
      const fault = await pumpBody(options({ chunks: chunksOf('hello'), length, stdin }));
      return fault instanceof Error ? fault.code : fault;
    };
    assert.deepEqual([await faultOf(4), await faultOf(6)], ['invalid-request', 'invalid-request']);
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { Demux } from '../../../../src/engines/docker/demux.ts';
import { seedOf } from '../../../seed.ts';

function frame(stream: 1 | 2, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text;
}

async function split(chunks: readonly Buffer[]) {
  const source = new PassThrough();
  const demux = new Demux(source);
  const texts = Promise.all([textOf(demux.stdout), textOf(demux.stderr)]);
  for (const chunk of chunks) {
    source.write(chunk);
  }
  source.end();
  const [stdout, stderr] = await texts;
  return { stdout, stderr, end: await demux.ended };
}

describe('Demux', () => {
  it('separates the two outputs', async () => {
    const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'error'), frame(1, ' again')]);
    assert.deepEqual(await split([bytes]), { stdout: 'out again', stderr: 'error', end: { kind: 'ended' } });
  });

  it('gives the same for a stream that is split at any byte', async () => {
    const bytes = Buffer.concat([frame(1, 'ab'), frame(2, ''), frame(2, 'cde'), frame(1, 'f')]);
    for (let at = 0; at <= bytes.length; at++) {
      const parts = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.deepEqual(await split(parts), { stdout: 'abf', stderr: 'cde', end: { kind: 'ended' } }, `split at ${at}`);
    }
  });

  it('gives the same for any frames in any pieces', async (test) => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ maxLength: 40 })), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), async (sent, lengths) => {
        const bytes = Buffer.concat(sent.map(([stream, text]) => frame(stream, text)));
        const pieces: Buffer[] = [];
        for (let at = 0, turnOf = 0; at < bytes.length; turnOf++) {
          const length = lengths[turnOf % lengths.length] ?? 1;
          pieces.push(bytes.subarray(at, at + length));
          at += length;
        }
        const textsOf = (wanted: number) =>
          sent.flatMap(([stream, text]) => (stream === wanted ? [text] : [])).join('');
        assert.deepEqual(await split(pieces), { stdout: textsOf(1), stderr: textsOf(2), end: { kind: 'ended' } });
      }),
      { numRuns: 300, seed: seedOf(test) },
    );
  });

  it('passes a frame on before all of it has come', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    const first = once(demux.stdout, 'data');
    source.write(frame(1, 'whole frame').subarray(0, 13));
    assert.equal(String((await first)[0]), 'whole');
  });

  for (const [what, header] of [
    ['a stream that does not exist', '0300000000000001'],
    ['bytes that are no header', '48545450 2f312e31'],
    ['a header with something else than zeros after the stream', '0100000100000001'],
  ] as const) {
    it(`is broken by ${what}`, async () => {
      const source = new PassThrough();
      const demux = new Demux(source);
      demux.stdout.resume();
      const bytes = Buffer.from(header.replace(' ', ''), 'hex');
      source.write(Buffer.concat([frame(1, 'before'), bytes, Buffer.from('x')]));
      assert.deepEqual(await demux.ended, {
        kind: 'broken',
        detail: `the engine sent ${bytes.toString('hex')} where the header of a frame must be`,
      });
      assert.deepEqual([source.destroyed, demux.stdout.destroyed, demux.stderr.destroyed], [true, true, true]);
    });
  }

  for (const length of [3, 10]) {
    it(`is broken by an end after ${length} bytes of a frame`, async () => {
      const source = new PassThrough();
      const demux = new Demux(source);
      source.end(frame(1, 'text').subarray(0, length));
      demux.stdout.resume();
      assert.deepEqual(await demux.ended, { kind: 'broken', detail: 'the stream ended inside a frame' });
    });
  }

  it('is broken by an error of the connection, and nobody has to listen for it', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    source.destroy(new Error('read ECONNRESET'));
    assert.deepEqual(await demux.ended, { kind: 'broken', detail: 'read ECONNRESET' });
  });

  it('is broken by a connection that closes without an end', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    source.destroy();
    assert.deepEqual(await demux.ended, { kind: 'broken', detail: 'the connection was closed' });
  });

  for (const [full, stream] of [
    ['stdout', 1],
    ['stderr', 2],
  ] as const) {
    it(`lets the source stand still while ${full} is full, and go on when it is read`, async () => {
      const source = new PassThrough();
      const demux = new Demux(source);
      const highWaterMark = demux[full].readableHighWaterMark;
      source.write(frame(stream, Buffer.alloc(highWaterMark, 'a')));
      await turn();
      const standing = source.isPaused();
      source.end(frame(stream, 'b'));
      const text = textOf(demux[full]);
      assert.deepEqual({ standing, length: (await text).length }, { standing: true, length: highWaterMark + 1 });
    });
  }

  it('holds no more than one chunk beyond what a full stream holds', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    const highWaterMark = demux.stdout.readableHighWaterMark;
    const chunk = frame(1, Buffer.alloc(1024));
    for (let sent = 0; sent < 4 * highWaterMark; sent += chunk.length) {
      source.write(chunk);
      await turn();
    }
    assert.ok(demux.stdout.readableLength <= highWaterMark + chunk.length, `${demux.stdout.readableLength} bytes`);
  });

  it('goes on with one output after the other was given up', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    demux.stderr.destroy();
    source.end(Buffer.concat([frame(2, Buffer.alloc(1024 * 1024)), frame(1, 'still here')]));
    assert.equal(await textOf(demux.stdout), 'still here');
  });

  it('takes in everything once it discards, and ends a full output where it was full', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    const highWaterMark = demux.stdout.readableHighWaterMark;
    source.write(frame(1, Buffer.alloc(highWaterMark, 'a')));
    await turn();
    demux.discardUnread();
    source.end(Buffer.concat([frame(1, 'b'), frame(2, 'error'), frame(1, 'c')]));
    const end = await demux.ended;
    const [stdout, stderr] = [await textOf(demux.stdout), await textOf(demux.stderr)];
    assert.deepEqual([end, stdout === 'a'.repeat(highWaterMark), stderr], [{ kind: 'ended' }, true, 'error']);
  });

  it('still passes on to a reader who reads while it discards', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    demux.discardUnread();
    const text = textOf(demux.stdout);
    source.end(Buffer.concat([frame(1, 'all '), frame(1, 'of '), frame(1, 'it')]));
    assert.equal(await text, 'all of it');
  });

  it('ends both outputs at finish, with what was there to read', async () => {
    const source = new PassThrough();
    const demux = new Demux(source);
    source.write(frame(1, 'said'));
    await turn();
    demux.finish();
    assert.deepEqual(
      [await textOf(demux.stdout), await textOf(demux.stderr), await demux.ended],
      ['said', '', { kind: 'ended' }],
    );
  });
});

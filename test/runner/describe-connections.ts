import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Container } from '../../src/core/engine.ts';
import { until } from '../until.ts';

const mebibyte = 1024 * 1024;

/** Compiles the program that has a port to connect to. */
export async function compileDebuggee(path: string): Promise<void> {
  await promisify(execFile)('gcc', ['-static', '-O2', '-o', path, join(import.meta.dirname, 'debuggee.c')]);
}

/** A container whose function serves connections. */
export interface Debuggee {
  readonly container: Container;
  readonly port: number;
  relays(port: number): readonly (readonly string[])[];
  /** What there is in the container beside its function and what that does for connections. */
  strangers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What the first byte makes the debuggee do. */
type Wish = 'echo' | 'bye' | 'flood' | 'hold';

/** What a connection to a port inside must do, whatever carries it. */
export function describeConnections(title: string, start: () => Promise<Debuggee>): void {
  describe(`a connection to a port ${title}`, () => {
    let debuggee: Debuggee;
    before(async () => {
      debuggee = await start();
    });
    after(() => debuggee.close());

    it('carries any bytes both ways, and the end of what is sent', async () => {
      const stream = await connect(debuggee, 'echo');
      const sent = randomBytes(3 * mebibyte);
      const received = bytesOf(stream);
      stream.end(sent);
      const echoed = await received;
      assert.ok(echoed.subarray(0, sent.length).equals(sent));
      assert.equal(echoed.toString('latin1', sent.length), 'end');
    });

    it('carries what is small at once, in both directions in turn', async () => {
      const stream = await connect(debuggee, 'echo');
      const answers: string[] = [];
      for (const word of ['one', 'two', 'six']) {
        stream.write(word);
        answers.push(await next(stream, 3));
      }
      assert.deepEqual(answers, ['one', 'two', 'six']);
      await destroyed(stream);
    });

    it('ends when the other side does', async () => {
      const stream = await connect(debuggee, 'bye');
      const text = (await bytesOf(stream)).toString();
      await closed(stream);
      assert.deepEqual([text, stream.writable], ['bye', false]);
    });

    it('is one of many at the same time', async () => {
      const words = ['a', 'b', 'c', 'd', 'e', 'f'];
      const answers = words.map(async (word) => {
        const stream = await connect(debuggee, 'echo');
        stream.end(word);
        return (await bytesOf(stream)).toString();
      });
      assert.deepEqual(
        await Promise.all(answers),
        words.map((word) => `${word}end`),
      );
    });

    it('makes the other side wait while nobody reads', async () => {
      const stream = await connect(debuggee, 'flood');
      const held = await settled(() => stream.readableLength);
      assert.ok(held > 0 && held < mebibyte, `${held} bytes are held in memory`);
      assert.equal((await bytesOf(stream)).length, 32 * mebibyte);
    });

    for (const wish of ['echo', 'flood', 'hold'] as const) {
      it(`leaves nothing in the container when it is destroyed: ${wish}`, async () => {
        const stream = await connect(debuggee, wish);
        await destroyed(stream);
        assert.deepEqual(await debuggee.strangers(), []);
      });
    }

    it('is refused at once where nobody listens', async () => {
      await assert.rejects(open(debuggee, debuggee.port + 1), {
        code: 'debugger-unreachable',
      });
      await until(async () => (await debuggee.strangers()).length === 0, 'what tried to connect to be gone');
    });

    it('makes a writer wait while the other side does not read', async () => {
      const stream = await connect(debuggee, 'hold');
      let taken = 0;
      const chunk = Buffer.alloc(64 * 1024);
      const write = (): void => {
        stream.write(chunk, (error) => {
          if (!error) {
            taken += chunk.length;
            write();
          }
        });
      };
      write();
      const most = await settled(() => taken);
      assert.ok(most > 0 && most < 16 * mebibyte, `${most} bytes were taken`);
      await destroyed(stream);
    });

    // The last one: it ends the container.
    it('ends with the container', async () => {
      const idle = await connect(debuggee, 'hold');
      idle.resume();
      await Promise.all([closed(idle), debuggee.container.kill()]);
      await assert.rejects(open(debuggee), {
        code: 'debugger-unreachable',
      });
    });
  });
}

function open({ container, port, relays }: Debuggee, to = port): Promise<Duplex> {
  return container.connect(to, relays(to));
}

async function connect(debuggee: Debuggee, wish: Wish): Promise<Duplex> {
  const stream = await open(debuggee);
  stream.write(wish.slice(0, 1));
  return stream;
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function next(stream: Readable, count: number): Promise<string> {
  for (;;) {
    const bytes: Buffer | null = stream.read(count);
    if (bytes !== null) {
      return bytes.toString();
    }
    await new Promise((resolve) => stream.once('readable', resolve));
  }
}

async function destroyed(stream: Duplex): Promise<void> {
  stream.destroy();
  await closed(stream);
}

async function closed(stream: Duplex): Promise<void> {
  // A connection that breaks off has closed as well.
  await finished(stream).catch(() => {});
  if (!stream.closed) {
    await new Promise((resolve) => stream.once('close', resolve));
  }
}

/** The value once it has stood still for a while. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  let since = Date.now();
  await until(() => {
    const now = value();
    if (now !== last) {
      last = now;
      since = Date.now();
    }
    return now > 0 && Date.now() - since > 500;
  }, 'something that stands still');
  return last;
}

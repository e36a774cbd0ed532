import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled } from '../fakes/fake-clock.ts';
import { RunnerBed } from '../fakes/runner-bed.ts';
import { routeWith } from '../route-with.ts';

const hot = routeWith({ format: 'http', timeoutMs: 1000 });
const cold = routeWith({ path: '/cold', id: 'myapp/cold' });

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield Buffer.from(text);
  }
}

function bodyOf(received: string): string {
  return received.slice(received.indexOf('\r\n\r\n') + 4);
}

describe('a request body that is streamed', () => {
  it('goes behind a head that announces its length, and the container serves on', async () => {
    const bed = new RunnerBed([hot]);
    const call = bed.call(hot, { body: chunks('Hello ', 'Johnny'), bodyLength: 12 });
    await settled();
    const container = bed.engine.at(0);
    assert.deepEqual(
      [/\r\nContent-Length: (\d+)\r\n/.exec(container.received)?.[1], bodyOf(container.received)],
      ['12', 'Hello Johnny'],
    );
    container.answer('ok');
    assert.deepEqual([await call, bed.states()], ['200 ok', ['idle']]);
  });

  it('of unknown length is measured first', async () => {
    const bed = new RunnerBed([hot]);
    void bed.call(hot, { body: chunks('ab', 'c') });
    await settled();
    assert.match(bed.engine.at(0).received, /\r\nContent-Length: 3\r\n.*\r\n\r\nabc$/s);
  });

  it('reaches a cold function, then end of file', async () => {
    const bed = new RunnerBed([cold]);
    void bed.call(cold, { body: chunks('ab', 'c'), bodyLength: 3 });
    await settled();
    assert.deepEqual([bed.engine.at(0).received, bed.engine.at(0).asked], ['abc', ['end of file']]);
  });

  const faults = {
    'is shorter than announced': { body: () => chunks('ab'), bodyLength: 3 },
    'is longer than announced': { body: () => chunks('ab', 'cd'), bodyLength: 3 },
    'breaks off': {
      body: async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('ab');
        throw new Error('connection reset');
      },
      bodyLength: 3,
    },
  };
  for (const [what, { body, bodyLength }] of Object.entries(faults)) {
    it(`and ${what} fails the call, and the container is not used again`, async () => {
      const bed = new RunnerBed([hot]);
      assert.equal(await bed.call(hot, { body: body(), bodyLength }), '400 invalid-request');
      assert.deepEqual(bed.states(), []);
    });
  }

  it('is read no faster than the function reads', async () => {
    const bed = new RunnerBed([hot]);
    let taken = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        taken += 1;
        yield Buffer.alloc(64 * 1024);
      }
    };
    bed.engine.reading = false;
    const call = bed.call(hot, { body: endless(), bodyLength: 2 ** 40 });
    await settled();
    assert.ok(taken < 10, `${taken} chunks of 64 KiB were taken`);
    await bed.clock.pass(1000);
    assert.equal(await call, '504 timeout');
  });

  it('that is answered before it was sent ends the container after the answer', async () => {
    const bed = new RunnerBed([hot]);
    const never: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const call = bed.call(hot, { body: never, bodyLength: 3 });
    await settled();
    bed.engine.at(0).answer('early');
    assert.equal(await call, '200 early');
    await settled();
    assert.deepEqual(bed.states(), []);
  });
});

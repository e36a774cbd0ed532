import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyQueue } from '../../src/core/body-queue.ts';

function bodyOf(...chunks: readonly string[]): BodyQueue {
  const body = new BodyQueue();
  for (const chunk of chunks) {
    body.push(Buffer.from(chunk));
  }
  return body;
}

const taken = (body: BodyQueue): string | undefined => {
  const whole = body.takeWhole();
  return whole && Buffer.from(whole).toString();
};

describe('a body that is taken as a whole', () => {
  it('is there in one piece, or empty', () => {
    const bodies = [bodyOf('one'), bodyOf()];
    for (const body of bodies) {
      body.complete();
    }
    assert.deepEqual(bodies.map(taken), ['one', '']);
  });

  it('is none while more may come, when it has broken off, or in two pieces', () => {
    const [open, broken, two] = [bodyOf('one'), bodyOf('one'), bodyOf('one', 'two')];
    broken.break(new Error('it broke off'));
    two.complete();
    assert.deepEqual([open, broken, two].map(taken), [undefined, undefined, undefined]);
  });

  it('has been read then', async () => {
    const body = bodyOf('one');
    body.complete();
    body.takeWhole();
    await assert.rejects(body.collect(10), /read already/);
  });

  it('can be read otherwise where it was not taken', async () => {
    const body = bodyOf('one', 'two');
    body.complete();
    body.takeWhole();
    assert.equal(Buffer.from((await body.collect(10)).bytes).toString(), 'onetwo');
  });
});

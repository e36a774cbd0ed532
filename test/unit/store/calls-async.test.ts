import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { AsyncCallStore } from '../../../src/core/calls/async-call-store.ts';
import { type BedOptions, CallBed, databaseFolder, storedRequests, temporaryFolder } from './call-bed.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let beds: CallBed[] = [];
let live: Set<string>;

function open(id: string, options: BedOptions = {}): CallBed {
  live.add(id);
  const bed = new CallBed(folder.path, { id, live: () => live, ...options });
  beds.push(bed);
  return bed;
}

/** The window is gone; what it has left stays. */
async function end(bed: CallBed, id: string): Promise<void> {
  await bed.storage.store.close();
  live.delete(id);
}

beforeEach(async () => {
  folder = await temporaryFolder();
  live = new Set();
});
afterEach(async () => {
  await Promise.all(beds.map(({ storage }) => storage.store.close()));
  beds = [];
  await folder.remove();
});

const route = 'app/hot';
const add = (queue: AsyncCallStore, callId: string, routeId = route): Promise<void> =>
  queue.add({ callId, routeId, request: { body: callId } });
const failure = { code: 'engine-lost', message: 'Gone.' } as const;

describe('an asynchronous call', () => {
  it('is queued with its whole request, credentials and all, until it has finished', async () => {
    const { storage } = open('w');
    const request = { method: 'PUT', query: 'a=1', headers: [['Authorization', 'Bearer s']] as const, body: 'Johnny' };
    await storage.asyncCalls.add({ callId: 'a1', routeId: route, request });
    const stored = await storage.asyncCalls.open('a1');
    const files = await storedRequests(folder.path);
    await storage.asyncCalls.claim(route, 1);
    const finished = await storage.asyncCalls.finish('a1', { state: 'done' });
    assert.deepEqual(
      [stored.request, files, finished, await storedRequests(folder.path)],
      [{ ...request, body: Buffer.from('Johnny') }, ['a1.call'], true, []],
    );
  });

  it('keeps a streamed body, also one that is read as a stream', async () => {
    const { asyncCalls } = open('w').storage;
    const bytes = randomBytes(900 * 1024);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 10);
      yield bytes.subarray(10);
    }
    const query = 'x'.repeat(200 * 1024);
    await asyncCalls.add({ callId: 'a1', routeId: route, request: { query, body: chunks() } });
    const { request, dispose } = await asyncCalls.open('a1');
    const { body } = request;
    assert.ok(typeof body === 'object' && Symbol.asyncIterator in body);
    assert.deepEqual([await buffer(body), request.bodyLength], [bytes, bytes.length]);
    await dispose();
  });

  it('is not accepted if its body breaks off or is too large, and leaves nothing', async () => {
    const { asyncCalls } = open('w').storage;
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('the caller is gone');
    }
    await assert.rejects(
      asyncCalls.add({ callId: 'a1', routeId: route, request: { body: broken() } }),
      /caller is gone/,
    );
    const body = Buffer.alloc(1024 * 1024 + 1);
    await assert.rejects(asyncCalls.add({ callId: 'a2', routeId: route, request: { body } }), {
      code: 'invalid-request',
    });
    assert.deepEqual(await storedRequests(folder.path), []);
  });

  it('is not accepted by a window that could not say that it is there', async () => {
    const { asyncCalls } = open('w', { id: null }).storage;
    await assert.rejects(add(asyncCalls, 'a1'), { code: 'store-unavailable' });
  });

  it('is taken in order of arrival, by one window, and by no more at once than the route allows', async () => {
    const [one, two] = [open('one').storage.asyncCalls, open('two').storage.asyncCalls];
    for (const callId of ['a1', 'a2', 'a3']) {
      await add(one, callId);
    }
    await add(two, 'b1', 'app/other');
    const claims = await Promise.all([
      one.claim(route, 2),
      two.claim(route, 2),
      one.claim(route, 2),
      two.claim(route, 2),
    ]);
    assert.deepEqual(claims.map((claimed) => claimed?.callId ?? '').sort(), ['', '', 'a1', 'a2']);
    assert.deepEqual(await two.claim('app/other', 1), {
      callId: 'b1',
      routeId: 'app/other',
      attempts: 1,
      retries: 0,
      interruptions: 0,
    });
    assert.deepEqual(await two.waiting(), [{ routeId: route, notBefore: 0 }]);
  });

  it('of many is taken by many windows once each', async () => {
    const windows = Array.from({ length: 4 }, (_, n) => open(`w${n}`).storage.asyncCalls);
    const [first] = windows;
    const ids = Array.from({ length: 60 }, (_, n) => `a${String(n).padStart(2, '0')}`);
    for (const callId of ids) {
      await (first && add(first, callId));
    }
    const taken: string[] = [];
    await Promise.all(
      windows.map(async (queue) => {
        for (
          let claimed = await queue.claim(route, 99);
          claimed !== undefined;
          claimed = await queue.claim(route, 99)
        ) {
          taken.push(claimed.callId);
          await queue.finish(claimed.callId, { state: 'done' });
        }
      }),
    );
    assert.deepEqual(taken.sort(), ids);
  });

  it('is given back to wait, with its story', async () => {
    const { storage } = open('w');
    const queue = storage.asyncCalls;
    await add(queue, 'a1');
    await queue.claim(route, 1);
    await queue.giveBack('a1', { begun: true, as: 'interruption', error: failure, notBefore: Date.now() + 60_000 });
    const early = await queue.claim(route, 1);
    await queue.hurry();
    const { attempts, interruptions, retries } = (await queue.claim(route, 1)) ?? assert.fail();
    await queue.giveBack('a1', { begun: false, as: 'retry', error: failure, notBefore: 0 });
    const record = await storage.store.get('a1');
    assert.deepEqual(
      [early, { attempts, interruptions, retries }],
      [undefined, { attempts: 2, interruptions: 1, retries: 0 }],
    );
    assert.deepEqual(
      [record?.state, record?.attempts, record?.error, record?.earlier.map(({ error }) => error)],
      ['queued', 1, failure, [failure]],
    );
  });

  it('has the wire, the timings and the error of its attempt, and its end is one of the queue’s', async () => {
    const bed = open('w');
    const { asyncCalls, store } = bed.storage;
    await add(asyncCalls, 'a1');
    await asyncCalls.claim(route, 1);
    bed.call('a1', 'GET / HTTP/1.1\r\n\r\na1', 'HTTP/1.1 200 OK\r\n\r\n', { origin: 'async' });
    const answered = await store.get('a1');
    await asyncCalls.finish('a1', { state: 'done' });
    const finished = await store.get('a1');
    assert.deepEqual(
      [answered, finished].map((record) => [record?.state, record?.status, record?.attempts, record?.wire.length]),
      [
        ['running', 200, 1, 5],
        ['done', 200, 1, 5],
      ],
    );
  });

  it('is cancelled where it waits, and marked for its window where it runs', async () => {
    const [one, two] = [open('one').storage.asyncCalls, open('two').storage.asyncCalls];
    await add(one, 'a1');
    await add(one, 'a2');
    await one.claim(route, 1);
    assert.deepEqual(
      [await two.cancel('a1'), await two.cancel('a2'), await two.cancel('a3'), await one.marked(), await two.marked()],
      [true, true, false, ['a1'], []],
    );
    assert.deepEqual(await storedRequests(folder.path), ['a1.call', 'a1.owner']);
  });

  it('that waits is purged with all of its route, or with all', async () => {
    const { storage } = open('w');
    const queue = storage.asyncCalls;
    await add(queue, 'a1');
    await add(queue, 'a2');
    await add(queue, 'b1', 'app/other');
    await queue.claim(route, 1);
    assert.deepEqual([await queue.cancelWaiting(route), await queue.cancelWaiting()], [1, 1]);
  });
});

describe('a window that ends', () => {
  it('leaves its calls to the next one, which runs them again', async () => {
    const [ends, next] = [open('ends'), open('next')];
    await add(ends.storage.asyncCalls, 'a1');
    await ends.storage.asyncCalls.claim(route, 1);
    const whileLive = await next.storage.asyncCalls.recover(3);
    const taken = await next.storage.asyncCalls.claim(route, 1);
    await end(ends, 'ends');
    await next.storage.asyncCalls.recover(3);
    const claimed = await next.storage.asyncCalls.claim(route, 1);
    assert.deepEqual([whileLive, taken], [[], undefined]);
    assert.deepEqual(claimed, { callId: 'a1', routeId: route, attempts: 2, retries: 0, interruptions: 1 });
  });

  it('has a say no more in what it ran', async () => {
    const [late, next] = [open('late'), open('next')];
    await add(late.storage.asyncCalls, 'a1');
    await late.storage.asyncCalls.claim(route, 1);
    live.delete('late');
    await next.storage.asyncCalls.recover(3);
    await next.storage.asyncCalls.claim(route, 1);
    assert.equal(await late.storage.asyncCalls.finish('a1', { state: 'done' }), false);
    assert.equal(await next.storage.asyncCalls.finish('a1', { state: 'done' }), true);
  });

  it('each time by the same call is not tried with it for ever', async () => {
    let claimed: string | undefined;
    for (let n = 1; n <= 3; n += 1) {
      const bed = open(`w${n}`);
      await (n === 1 ? add(bed.storage.asyncCalls, 'a1') : bed.storage.asyncCalls.recover(3));
      claimed = (await bed.storage.asyncCalls.claim(route, 1))?.callId;
      await end(bed, `w${n}`);
    }
    const last = open('last');
    const failed = await last.storage.asyncCalls.recover(3);
    const record = await last.storage.store.get('a1');
    assert.equal(claimed, 'a1');
    assert.deepEqual(
      failed.map(({ callId, error }) => [callId, error.code]),
      [['a1', 'interrupted']],
    );
    assert.deepEqual([record?.state, record?.attempts, record?.earlier.length], ['failed', 3, 2]);
    assert.deepEqual(await storedRequests(folder.path), []);
  });

  it('before it had cancelled what it was to cancel leaves it cancelled', async () => {
    const [ends, next] = [open('ends'), open('next')];
    await add(ends.storage.asyncCalls, 'a1');
    await ends.storage.asyncCalls.claim(route, 1);
    await next.storage.asyncCalls.cancel('a1');
    await end(ends, 'ends');
    await next.storage.asyncCalls.recover(3);
    assert.deepEqual([await next.states(), await storedRequests(folder.path)], [['a1 cancelled'], []]);
  });
});

describe('where the database is lost', () => {
  const loseDatabase = async (): Promise<void> => {
    const database = await databaseFolder(folder.path);
    await Promise.all(['', '-wal', '-shm'].map((name) => rm(join(database, `calls.db${name}`), { force: true })));
  };

  it('what waits still waits, and what a live window runs is not run by another one', async () => {
    const [lives, next] = [open('lives'), open('next')];
    await add(lives.storage.asyncCalls, 'a1');
    await add(lives.storage.asyncCalls, 'a2');
    await lives.storage.asyncCalls.claim(route, 1);
    await loseDatabase();
    await next.storage.asyncCalls.recover(3);
    const claims = [await next.storage.asyncCalls.claim(route, 9), await next.storage.asyncCalls.claim(route, 9)];
    assert.deepEqual(
      claims.map((claimed) => claimed?.callId),
      ['a2', undefined],
    );
    assert.equal(await lives.storage.asyncCalls.finish('a1', { state: 'done' }), true);
  });
});

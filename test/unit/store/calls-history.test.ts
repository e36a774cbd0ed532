import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CallRecord } from '../../../src/core/calls/call-record.ts';
import { recordingDefaults, retentionDefaults } from '../../../src/core/calls/call-record.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';
import { until } from '../../until.ts';
import { type BedOptions, CallBed, temporaryFolder } from './call-bed.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let beds: CallBed[] = [];

function open(options?: BedOptions): CallBed {
  const bed = new CallBed(folder.path, options);
  beds.push(bed);
  return bed;
}

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await Promise.all(beds.map(({ storage }) => storage.store.close()));
  beds = [];
  await folder.remove();
});

const request = 'GET / HTTP/1.1\r\nHeader_authorization: Bearer s3cret\r\n\r\nJohnny';
const answer = 'HTTP/1.1 200 OK\r\nSet-Cookie: id=1\r\n\r\nHello';
const facts = {
  method: 'POST',
  url: 'http://localhost/r/app/hot?token=abc&x=1',
  headers: [['Authorization', 'Bearer s3cret']] as const,
};

async function recordOf(bed: CallBed, callId: string): Promise<CallRecord> {
  return (await bed.storage.store.get(callId)) ?? assert.fail(`there is no ${callId}`);
}

function wireOf({ wire }: CallRecord): readonly string[] {
  return wire.map((event) => ('bytes' in event ? `${event.length}: ${Buffer.from(event.bytes)}` : event.kind));
}

describe('the history', () => {
  it('has all of a call, with its credentials masked at equal length', async () => {
    const bed = open();
    bed.call('c1', request, answer, { facts, origin: 'endpoint' });
    const { createdAt, startedAt, finishedAt = 0, ...record } = await recordOf(bed, 'c1');
    assert.ok(startedAt === createdAt && finishedAt >= createdAt);
    assert.deepEqual(
      { ...record, wire: wireOf({ ...record, createdAt }) },
      {
        callId: 'c1',
        routeId: 'app/hot',
        origin: 'endpoint',
        state: 'done',
        attempts: 1,
        format: 'http',
        method: 'POST',
        status: 200,
        timings: { totalMs: 5 },
        requestBytes: 6,
        responseBytes: 12,
        url: 'http://localhost/r/app/hot?token=***&x=1',
        headers: [['Authorization', '****** ******']],
        masked: true,
        wire: [
          'begin',
          `${request.length}: ${request.replace('Bearer s3cret', '****** ******')}`,
          'boundary',
          `${answer.length}: ${answer.replace('id=1', '****')}`,
          'end',
        ],
        wireSkipped: 0,
        stderr: '',
        earlier: [],
      },
    );
  });

  it('masks the names that a setting adds', async () => {
    const bed = open({ settings: { secretNames: ['X-Pin'] } });
    bed.call('c1', 'GET / HTTP/1.1\r\nHeader_x_pin: 12\r\n\r\n', answer);
    assert.equal(wireOf(await recordOf(bed, 'c1'))[1], '36: GET / HTTP/1.1\r\nHeader_x_pin: **\r\n\r\n');
  });

  it('says why a call failed, what it wrote to stderr, and what was cancelled', async () => {
    const bed = open();
    const exited = new HotFunctionsError('function-exited', 'Gone.', { hint: 'Look.', exitCode: 3, stderr: 'oh' });
    bed.start('c1');
    bed.stderr.fire({ container: 'hot-1', routeId: 'app/hot', callId: 'c1', text: 'oh' });
    bed.finish('c1', { kind: 'failed', error: exited });
    bed.start('c2');
    bed.finish('c2', { kind: 'aborted' });
    const { state, error, stderr } = await recordOf(bed, 'c1');
    assert.deepEqual(
      { state, error, stderr },
      {
        state: 'failed',
        error: { code: 'function-exited', message: 'Gone.', hint: 'Look.', exitCode: 3, stderr: 'oh' },
        stderr: 'oh',
      },
    );
    assert.deepEqual(await bed.states(), ['c2 cancelled', 'c1 failed']);
  });

  it('shows a call while it runs, and its end in the same place', async () => {
    const bed = open();
    bed.start('c1');
    const running = await bed.states();
    bed.start('c2');
    bed.finish('c1');
    assert.deepEqual([running, await bed.states()], [['c1 running'], ['c2 running', 'c1 done']]);
  });

  it('keeps the first bytes of what is long, with its length, and counts the events that are too many', async () => {
    const bed = open({ settings: { recording: { ...recordingDefaults, maxBytes: 4, maxEvents: 3 } } });
    const chunk = (text: string) => ({ kind: 'bytes', direction: 'stdout', bytes: Buffer.from(text) }) as const;
    bed.start('c1', { format: 'default' });
    bed.wire('c1', chunk('abc'), chunk('def'), chunk('ghi'), chunk('jkl'), { kind: 'end', note: 'exited' });
    bed.finish('c1');
    const record = await recordOf(bed, 'c1');
    assert.deepEqual([wireOf(record), record.wireSkipped], [['3: abc', '3: d', '3: ', 'end'], 1]);
  });

  it('keeps a frame that is larger than a batch', async () => {
    const bed = open({ settings: { recording: { ...recordingDefaults, maxBytes: 1024 * 1024 } } });
    const bytes = Buffer.alloc(700 * 1024, 'x');
    bed.start('c1', { format: 'default' });
    bed.wire('c1', { kind: 'bytes', direction: 'stdin', bytes }, { kind: 'end', note: 'exited' });
    bed.finish('c1');
    assert.deepEqual(wireOf(await recordOf(bed, 'c1')), [`${bytes.length}: ${bytes}`, 'end']);
  });

  it('is listed by page and filter, newest first', async () => {
    const bed = open();
    for (let n = 1; n <= 5; n += 1) {
      bed.start(`c${n}`, { routeId: n % 2 === 0 ? 'app/even' : 'app/odd', origin: n === 5 ? 'api' : 'editor' });
      bed.finish(`c${n}`, n === 1 ? { kind: 'aborted' } : { kind: 'answered', status: 200 });
    }
    const { store } = bed.storage;
    const ids = async (query: Parameters<typeof store.list>[0]): Promise<readonly string[]> =>
      (await store.list(query)).calls.map(({ callId }) => callId);
    const first = await store.list({ limit: 2 });
    const second = await store.list({ limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
    const third = await store.list({ limit: 2, ...(second.next === undefined ? {} : { after: second.next }) });
    assert.deepEqual(
      [first, second, third].map(({ calls, next }) => [calls.map(({ callId }) => callId), next !== undefined]),
      [
        [['c5', 'c4'], true],
        [['c3', 'c2'], true],
        [['c1'], false],
      ],
    );
    assert.deepEqual(await ids({ limit: 9, filter: { routeId: 'app/odd' } }), ['c5', 'c3', 'c1']);
    assert.deepEqual(await ids({ limit: 9, filter: { states: ['cancelled', 'failed'] } }), ['c1']);
    assert.deepEqual(await ids({ limit: 9, filter: { routeId: 'app/odd', origins: ['api'] } }), ['c5']);
  });

  it('forgets what is finished when it is cleared, and nothing else', async () => {
    const bed = open();
    bed.start('runs');
    bed.call('c1', request, answer);
    bed.call('c2', request, answer, { routeId: 'app/other' });
    const ofRoute = await bed.storage.store.clear({ routeId: 'app/other' });
    const left = await bed.states();
    assert.deepEqual(
      [ofRoute, left, await bed.storage.store.clear(), await bed.states()],
      [1, ['c1 done', 'runs running'], 1, ['runs running']],
    );
  });

  it('tells of changes, its own and those of other windows', async () => {
    const [own, other] = [open({ id: 'own' }), open({ id: 'other' })];
    let changes = 0;
    own.storage.store.onDidChange(() => (changes += 1));
    await own.states();
    own.call('c1', request, answer);
    await until(() => changes > 0, 'its own change');
    await until(async () => (await own.states()).length === 1, 'the call');
    const before = changes;
    other.call('c2', request, answer);
    await until(() => changes > before, 'the change of the other window');
  });

  it('is shared by windows, and survives them', async () => {
    const [one, two] = [open({ id: 'one' }), open({ id: 'two' })];
    await Promise.all([one.states(), two.states()]);
    for (let n = 0; n < 200; n += 1) {
      one.call(`one${n}`, request, answer);
      two.call(`two${n}`, request, answer);
    }
    await Promise.all([one.storage.store.close(), two.storage.store.close()]);
    const three = open({ id: 'three' });
    const { calls } = await three.storage.store.list({ limit: 1000 });
    assert.deepEqual([calls.length, new Set(calls.map(({ state }) => state))], [400, new Set(['done'])]);
  });

  it('says of calls of windows that have ended that they were interrupted, and leaves those of live ones', async () => {
    const live = new Set(['ends', 'stays', 'later']);
    const [ends, stays] = [open({ id: 'ends', live: () => live }), open({ id: 'stays', live: () => live })];
    ends.start('c1');
    stays.start('c2');
    await Promise.all([ends.states(), stays.states()]);
    await ends.storage.store.close();
    live.delete('ends');
    const later = open({ id: 'later', live: () => live });
    assert.deepEqual((await later.states()).toSorted(), ['c1 failed', 'c2 running']);
    assert.equal((await recordOf(later, 'c1')).error?.code, 'interrupted');
  });
});

describe('a recording', () => {
  it('is byte for byte what was on the wire while its window lives, and no longer', async () => {
    const bed = open();
    bed.call('c1', request, answer, { facts });
    const wire = await bed.storage.store.recording('c1');
    const stdin = wire?.flatMap((event) =>
      event.kind === 'bytes' && event.direction === 'stdin' ? [event.bytes] : [],
    );
    await bed.storage.store.close();
    assert.equal(Buffer.concat(stdin ?? []).toString(), request);
    assert.equal(await open().storage.store.recording('c1'), undefined);
  });
});

describe('what is kept', () => {
  const retained = async (retention: Partial<typeof retentionDefaults>, calls: number): Promise<readonly string[]> => {
    const bed = open({ settings: { retention: { ...retentionDefaults, ...retention } } });
    bed.start('runs');
    for (let n = 1; n <= calls; n += 1) {
      bed.call(`c${n}`, request, answer);
    }
    await bed.states();
    return bed.states();
  };

  it('is bounded in number', async () => {
    assert.deepEqual(await retained({ maxCalls: 2 }, 5), ['c5 done', 'c4 done', 'runs running']);
  });

  it('is bounded in bytes, all of it together', async () => {
    assert.deepEqual(await retained({ maxBytes: 1600 }, 5), ['c5 done', 'c4 done', 'runs running']);
  });

  it('is bounded in age', async () => {
    assert.deepEqual(await retained({ maxAgeMs: -60_000 }, 3), ['runs running']);
  });
});

describe('a request of the history', () => {
  it('can be made again, credentials and all, by the window that has made it', async () => {
    const bed = open();
    bed.call('c1', request, answer, { facts });
    await bed.states();
    assert.deepEqual(await bed.storage.store.request('c1'), {
      method: 'POST',
      headers: [['Authorization', 'Bearer s3cret']],
      query: 'token=abc&x=1',
      body: new Uint8Array(Buffer.from('Johnny')),
    });
  });

  it('can be made again later only if nothing of it was masked', async () => {
    const bed = open();
    await bed.states();
    bed.call('secret', request, answer, { facts });
    bed.call('plain', request.replace('authorization', 'accept'), answer);
    await bed.storage.store.close();
    const { store } = open().storage;
    assert.deepEqual(await store.request('plain'), {
      method: 'POST',
      headers: [],
      body: new Uint8Array(Buffer.from('Johnny')),
    });
    await assert.rejects(store.request('secret'), {
      code: 'invalid-request',
      message: /credentials, which are not kept/,
    });
  });

  it('can not be made again if it was too long to be recorded', async () => {
    const bed = open({ settings: { recording: { ...recordingDefaults, maxBytes: 10 } } });
    bed.call('c1', request, answer);
    await bed.states();
    await assert.rejects(bed.storage.store.request('c1'), { code: 'invalid-request', message: /not all of it/ });
  });

  it('can not be made again if there is none', async () => {
    await assert.rejects(open().storage.store.request('c1'), { code: 'invalid-request' });
  });
});

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type BedOptions, CallBed, databaseFolder, storedRequests, temporaryFolder } from './call-bed.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: string;
let beds: CallBed[] = [];

function open(options?: BedOptions): CallBed {
  const bed = new CallBed(folder.path, options);
  beds.push(bed);
  return bed;
}

beforeEach(async () => {
  folder = await temporaryFolder();
  database = await databaseFolder(folder.path);
  await mkdir(database, { recursive: true });
});
afterEach(async () => {
  await Promise.all(beds.map(({ storage }) => storage.store.close()));
  beds = [];
  await folder.remove();
});

const setAside = async (): Promise<readonly string[]> =>
  (await readdir(database)).filter((name) => /^calls-set-aside-.*\.db$/.test(name));

describe('a database that is', () => {
  it('no database is set aside, which is told, and a fresh one begun', async () => {
    await writeFile(join(database, 'calls.db'), 'no database '.repeat(1000));
    const bed = open();
    bed.call('c1', '', '');
    assert.deepEqual(await bed.states(), ['c1 done']);
    const [aside = ''] = await setAside();
    assert.match(await readFile(join(database, aside), 'utf8'), /^no database/);
    assert.equal(bed.messages.length, 1);
    assert.match(bed.messages[0] ?? '', /could not be used \(file is not a database\).*was set aside.*a new one begun/);
  });

  it('damaged while it is used is set aside, and nothing that was accepted is lost with it', async () => {
    const bed = open();
    await bed.storage.asyncCalls.add({ callId: 'a1', routeId: 'app/hot', request: { body: 'x' } });
    bed.call('c1', '', '');
    await bed.states();
    await bed.storage.store.close();
    const path = join(database, 'calls.db');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xee, 4096));
    const next = open({ id: 'next' });
    await next.states();
    next.call('c2', '', '');
    assert.deepEqual((await next.states()).toSorted(), ['a1 queued', 'c2 done']);
    assert.deepEqual([next.messages.length, (await setAside()).length], [1, 1]);
  });

  it('locked by who does not let go is set aside', async () => {
    const first = open();
    first.call('c1', '', '');
    await first.states();
    await first.storage.store.close();
    const locking = new DatabaseSync(join(database, 'calls.db'));
    locking.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    try {
      const bed = open({ lockWaitMs: 100 });
      bed.call('c2', '', '');
      assert.deepEqual(await bed.states(), ['c2 done']);
      assert.match(bed.messages[0] ?? '', /could not be used \(database is locked\)/);
    } finally {
      locking.close();
    }
  });

  it('locked does not hold up a window that closes', { timeout: 30_000 }, async () => {
    const first = open();
    first.call('c1', '', '');
    await first.states();
    await first.storage.store.close();
    const locking = new DatabaseSync(join(database, 'calls.db'));
    locking.exec('BEGIN IMMEDIATE');
    const bed = open({ lockWaitMs: 60_000 });
    bed.call('c2', '', '');
    await bed.storage.store.close();
    locking.close();
  });

  it('of a later version is left alone, which is told, and nothing is kept', async () => {
    const later = new DatabaseSync(join(database, 'calls.db'));
    later.exec('CREATE TABLE calls_of_the_future (x); PRAGMA user_version = 1000');
    later.close();
    const before = await readFile(join(database, 'calls.db'));
    const bed = open();
    bed.call('c1', '', '');
    assert.deepEqual(await bed.states(), []);
    await assert.rejects(bed.storage.asyncCalls.add({ callId: 'a1', routeId: 'app/hot', request: {} }), {
      code: 'store-unavailable',
    });
    assert.deepEqual(await readFile(join(database, 'calls.db')), before);
    assert.deepEqual(await storedRequests(folder.path), []);
    assert.equal(bed.messages.length, 1);
    assert.match(bed.messages[0] ?? '', /is of a later version.*left alone/);
  });

  it('set aside by another window is followed by the one that took its place', async () => {
    const [one, two] = [open({ id: 'one' }), open({ id: 'two' })];
    one.call('c1', '', '');
    two.call('c2', '', '');
    await Promise.all([one.states(), two.states()]);
    await one.storage.store.close();
    await rename(join(database, 'calls.db'), join(database, 'elsewhere.db'));
    two.call('c3', '', '');
    assert.deepEqual(await two.states(), ['c3 done']);
  });

  it('nowhere to be had is told once, and calls go on', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const bed = new CallBed(join(folder.path, 'file'));
    beds.push(bed);
    bed.call('c1', '', '');
    bed.call('c2', '', '');
    assert.deepEqual([await bed.states(), await bed.states()], [[], []]);
    assert.equal(bed.messages.length, 1);
    assert.match(bed.messages[0] ?? '', /cannot be opened.*not kept/);
  });
});

describe('the schema', () => {
  it('is brought up to date from any earlier version', async () => {
    // Version 0 is what a window leaves that was killed before its first step.
    new DatabaseSync(join(database, 'calls.db')).close();
    const bed = open();
    bed.call('c1', '', '');
    await bed.states();
    await bed.storage.store.close();
    const db = new DatabaseSync(join(database, 'calls.db'));
    assert.deepEqual({ ...db.prepare('PRAGMA user_version').get() }, { user_version: 1 });
    assert.deepEqual({ ...db.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' });
    db.close();
  });

  it('is made once by windows that start at once', async () => {
    const windows = Array.from({ length: 6 }, (_, n) => open({ id: `w${n}` }));
    for (const [n, bed] of windows.entries()) {
      bed.call(`c${n}`, '', '');
    }
    await Promise.all(windows.map((bed) => bed.states()));
    assert.equal((await windows[0]?.states())?.length, 6);
    assert.deepEqual(
      windows.flatMap(({ messages }) => messages),
      [],
    );
  });
});

describe('what is stored', () => {
  it('is for nobody else’s eyes', async () => {
    const bed = open();
    await bed.storage.asyncCalls.add({ callId: 'a1', routeId: 'app/hot', request: { body: 'x' } });
    const modes = await Promise.all(
      ['queued', join('queued', 'a1.call')].map(async (name) => (await stat(join(database, name))).mode & 0o777),
    );
    assert.deepEqual(modes, [0o700, 0o600]);
  });
});

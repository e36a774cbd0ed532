import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WindowLease } from '../../../src/store/window-lease.ts';

interface OtherWindow {
  readonly id: string;
  readonly installation: string;
  readonly child: ChildProcess;
}

let folder: string;
let own: WindowLease;
let others: OtherWindow[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-lease-'));
  own = await WindowLease.take(folder);
});
afterEach(async () => {
  await Promise.all(others.map(kill));
  others = [];
  await own.release();
  await rm(folder, { recursive: true });
});

/** A window in a process of its own. */
async function otherWindow(): Promise<OtherWindow> {
  const child = fork(join(import.meta.dirname, 'lease-window.ts'), [folder], { stdio: ['ignore', 2, 2, 'ipc'] });
  const [said] = await once(child, 'message');
  const other = { ...said, child };
  others.push(other);
  return other;
}

/** SIGKILL, which no process can do anything about. Settles when it has ended. */
async function kill({ child }: OtherWindow): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

const leaseFiles = async (): Promise<string[]> => (await readdir(join(own.folder, 'windows'))).sort();

describe('a window', () => {
  it('is live while its process is', async () => {
    const other = await otherWindow();
    assert.deepEqual(await own.windows(), { live: new Set([own.id, other.id]), ended: new Set() });
  });

  it('has ended as soon as its process is killed, and no other one has', async () => {
    const [killed, stays] = [await otherWindow(), await otherWindow()];
    await kill(killed);
    assert.deepEqual(await own.windows(), { live: new Set([own.id, stays.id]), ended: new Set([killed.id]) });
  });

  it('is live while its process is merely paused', async () => {
    const other = await otherWindow();
    other.child.kill('SIGSTOP');
    assert.deepEqual((await own.windows()).live, new Set([own.id, other.id]));
  });

  it('that has ended is forgotten with its file', async () => {
    const killed = await otherWindow();
    await kill(killed);
    await own.forget((await own.windows()).ended);
    assert.deepEqual(
      [await own.windows(), await leaseFiles()],
      [{ live: new Set([own.id]), ended: new Set() }, [`${own.id}.lease`]],
    );
  });

  it('that lets go of its lease leaves no file', async () => {
    const brief = await WindowLease.take(folder);
    await brief.release();
    assert.deepEqual(await leaseFiles(), [`${own.id}.lease`]);
  });

  it('is of the same installation as others with the same storage, also where they are the first and start at once', async () => {
    const fresh = join(folder, 'fresh');
    const leases = await Promise.all(Array.from({ length: 8 }, () => WindowLease.take(fresh)));
    await Promise.all(leases.map((lease) => lease.release()));
    assert.equal(new Set(leases.map((lease) => lease.installation)).size, 1);
  });

  it('is of another installation where the storage is another one', async () => {
    const elsewhere = await WindowLease.take(join(folder, 'elsewhere'));
    await elsewhere.release();
    assert.notEqual(elsewhere.installation, own.installation);
  });

  it('has a lease in a folder whose name is too long for a socket', async () => {
    const long = join(folder, 'a-long-name-of-a-folder'.repeat(6));
    const [first, second] = [await WindowLease.take(long), await WindowLease.take(long)];
    assert.deepEqual((await first.windows()).live, new Set([first.id, second.id]));
    await second.release();
    assert.deepEqual((await first.windows()).live, new Set([first.id]));
    await first.release();
  });

  it('of which a copy of the storage tells is not there', async () => {
    await writeFile(join(own.folder, 'windows', 'copied.lease'), '');
    assert.deepEqual((await own.windows()).ended, new Set(['copied']));
  });

  it('cannot be looked into by other users', async () => {
    const modes = await Promise.all(
      [own.folder, join(own.folder, 'windows')].map(async (path) => (await stat(path)).mode & 0o777),
    );
    assert.deepEqual(modes, [0o700, 0o700]);
  });

  it('takes no lease where none can be had', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(WindowLease.take(file), { code: 'ENOTDIR' });
  });
});

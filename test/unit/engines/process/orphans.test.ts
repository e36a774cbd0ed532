import assert from 'node:assert/strict';
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RecordedGroups } from '../../../../src/engines/process/group-record.ts';
import { endOrphanGroups } from '../../../../src/engines/process/orphans.ts';
import { type ProcessTable, processTable } from '../../../../src/engines/process/process-table.ts';
import { WindowLease } from '../../../../src/store/window-lease.ts';

const run = promisify(execFile);

let folder: string;
let own: WindowLease;
let children: ChildProcess[] = [];
let groups: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hot-functions-orphans-'));
  await mkdir(records());
  own = await WindowLease.take(folder);
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  for (const group of groups) {
    await run('kill', ['-9', '--', `-${group}`]).catch(() => {});
  }
  children = [];
  groups = [];
  await own.release();
  await rm(folder, { recursive: true });
});

const records = (): string => join(folder, 'records');
const reap = (table: ProcessTable): Promise<number> =>
  endOrphanGroups(records(), table, async () => (await own.windows()).live);

interface FunctionWindow {
  readonly child: ChildProcess;
  /** Of the function. */
  readonly group: number;
}

/** Starts a window that runs this script, which has the number of its group in `pid` before anything else happens. */
async function windowWith(
  platform: NodeJS.Platform,
  script: string,
  { diesWhenItRuns = false } = {},
): Promise<FunctionWindow> {
  const pidFile = join(folder, `pid-${children.length}`);
  const args = [folder, platform, `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; ${script}`];
  const program = join(import.meta.dirname, 'function-window.ts');
  const child = fork(program, diesWhenItRuns ? [...args, 'dies'] : args, { stdio: ['ignore', 2, 2, 'ipc'] });
  children.push(child);
  await once(child, diesWhenItRuns ? 'exit' : 'message');
  const group = Number(
    await eventually(
      () => readFile(pidFile, 'utf8').catch(() => ''),
      (text) => text !== '',
    ),
  );
  groups.push(group);
  return { child, group };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** A group that belongs to nobody here. */
async function strangersGroup(): Promise<number> {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const { pid = 0 } = child;
  groups.push(pid);
  return pid;
}

/** How many processes of a session are left, as `ps` sees it. */
async function membersOf(session: number): Promise<number> {
  const { stdout } = await run('ps', ['-A', '-o', 'sess=,stat=']);
  return stdout.split('\n').filter((line) => new RegExp(`^\\s*${session}\\s+[^Z]`).test(line)).length;
}

async function eventually<T>(look: () => Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
  for (const end = Date.now() + 10_000; ; await delay(10)) {
    const seen = await look();
    if (isRight(seen) || Date.now() > end) {
      return seen;
    }
  }
}

/** What a process would be recorded as. */
async function startedOf(table: ProcessTable, pid: number): Promise<number> {
  const row = (await table.rows()).find((found) => found.pid === pid);
  assert.ok(row);
  return row.started;
}

async function record(window: string, groupsOfIt: RecordedGroups): Promise<void> {
  await writeFile(join(records(), `${window}.json`), JSON.stringify(groupsOfIt));
}

/** The portable way works on Linux as well, so both can be tried there. */
const platforms: readonly NodeJS.Platform[] = process.platform === 'linux' ? ['linux', 'darwin'] : [process.platform];

for (const platform of platforms) {
  const table = processTable(platform);
  assert.ok(table);

  describe(`a window that was killed, seen from ${platform}`, () => {
    it('leaves no function that takes no notice of the end of its input', async () => {
      const { child, group } = await windowWith(platform, 'sleep 1000 & sleep 1000');
      await kill(child);
      assert.deepEqual([await reap(table), await membersOf(group)], [1, 0]);
    });

    it('leaves no record either', async () => {
      await kill((await windowWith(platform, 'sleep 1000')).child);
      await reap(table);
      assert.deepEqual(await readdir(records()), []);
    });

    it('has no say in what a live window runs', async () => {
      const live = await windowWith(platform, 'echo; sleep 1000');
      const killed = await windowWith(platform, 'sleep 1000');
      await kill(killed.child);
      assert.deepEqual([await reap(table), await membersOf(live.group)], [1, 2]);
    });

    it('does not make a process that has its number since, but another start, its own', async () => {
      const pid = await strangersGroup();
      const started = (await startedOf(table, pid)) - table.tolerance - 1;
      await record('killed', { bootId: table.bootId(), groups: [{ pid, started, pipes: [] }] });
      assert.deepEqual([await reap(table), await membersOf(pid)], [0, 1]);
    });

    it('is found by number and start of what it ran', async () => {
      const pid = await strangersGroup();
      const started = await startedOf(table, pid);
      await record('killed', { bootId: table.bootId(), groups: [{ pid, started, pipes: [] }] });
      assert.deepEqual([await reap(table), await membersOf(pid)], [1, 0]);
    });
  });
}

describe('a window that was killed', { skip: process.platform !== 'linux' }, () => {
  const table = processTable('linux');
  assert.ok(table);

  it('between the start of a function and its record leaves none', async () => {
    const { group } = await windowWith('linux', 'sleep 1000', { diesWhenItRuns: true });
    assert.deepEqual([await reap(table), await membersOf(group)], [1, 0]);
  });

  it('leaves nothing that a function which ended by itself has started', async () => {
    const { child, group } = await windowWith('linux', 'sleep 1000 & read end');
    await kill(child);
    assert.equal(
      await eventually(
        () => membersOf(group),
        (left) => left === 1,
      ),
      1,
    );
    assert.deepEqual([await reap(table), await membersOf(group)], [1, 0]);
  });

  it('leaves no further group of a function', async () => {
    const { child, group } = await windowWith('linux', "exec bash -c 'set -m; sleep 1000 & sleep 1000'");
    await eventually(
      () => membersOf(group),
      (members) => members === 3,
    );
    await kill(child);
    assert.deepEqual([await reap(table), await membersOf(group)], [3, 0]);
  });

  it('before the machine was started anew has left nothing', async () => {
    const pid = await strangersGroup();
    await record('killed', { bootId: 'earlier', groups: [{ pid, started: await startedOf(table, pid), pipes: [] }] });
    assert.deepEqual([await reap(table), await membersOf(pid)], [0, 1]);
  });

  it('with a record that cannot be read is done with', async () => {
    await writeFile(join(records(), 'killed.json'), '{');
    assert.deepEqual([await reap(table), await readdir(records())], [0, []]);
  });
});

describe('a window that stops its functions', () => {
  it('has no record of them any more', async () => {
    const { child } = await windowWith(process.platform, 'sleep 1000');
    child.send('stop');
    await once(child, 'message');
    assert.deepEqual(await readdir(records()), []);
  });
});

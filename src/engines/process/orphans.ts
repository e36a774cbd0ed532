import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GroupRecord, type RecordedGroup, type RecordedGroups } from './group-record.ts';
import { groupGone, signalGroup } from './process-group.ts';
import type { ProcessRow, ProcessTable } from './process-table.ts';

const suffix = '.json';
/** Groups that are started while others are killed are found by another look. */
const looks = 5;

/** The record that `endOrphanGroups` looks at when that window has ended. */
export function groupRecordOf(
  recordsFolder: string,
  window: string,
  table: ProcessTable,
  onFailure: (error: unknown) => void,
): GroupRecord {
  return new GroupRecord(join(recordsFolder, window + suffix), table, onFailure);
}

/** Where a window keeps what it injects. Beside its record, so that both go when it has ended. */
export function injectedFolderOf(recordsFolder: string, window: string): string {
  return join(recordsFolder, `${window}.injected`);
}

/**
 * Kills the recorded process groups of windows that are not there any more, and settles with their number. Without a
 * table it only removes their files.
 */
export async function endOrphanGroups(
  recordsFolder: string,
  table: ProcessTable | undefined,
  liveWindows: () => Promise<ReadonlySet<string>>,
): Promise<number> {
  const names = await namesIn(recordsFolder);
  if (names.length === 0) {
    return 0;
  }
  // Asked only now: a window has its lease before it has a record, so one without a lease has ended.
  const live = await liveWindows();
  let ended = 0;
  for (const name of names.filter((file) => !live.has(file.split('.')[0] ?? ''))) {
    const path = join(recordsFolder, name);
    const record = name.endsWith(suffix) ? await recordIn(path) : undefined;
    if (table && record?.bootId === table.bootId()) {
      ended += await endGroups(record.groups, table);
    }
    await rm(path, { recursive: true, force: true });
  }
  return ended;
}

async function endGroups(recorded: readonly RecordedGroup[], table: ProcessTable): Promise<number> {
  const ended = new Set<number>();
  for (let look = 0; look < looks; look += 1) {
    const groups = groupsOf(recorded, await table.rows(), table.tolerance);
    if (groups.size === 0) {
      break;
    }
    for (const group of groups) {
      signalGroup(group, 'SIGKILL');
      ended.add(group);
    }
    await Promise.all([...groups].map(groupGone));
  }
  return ended.size;
}

/**
 * The groups that are certainly the recorded ones, whoever has their numbers now. A session is known by the process
 * that opened it: same number, same start. If that has ended (at the end of its input, say) or was never recorded, a
 * member of its group is proof that still holds a pipe which was made for it.
 */
function groupsOf(
  recorded: readonly RecordedGroup[],
  rows: readonly ProcessRow[],
  tolerance: number,
): ReadonlySet<number> {
  const pipes = new Set(recorded.flatMap((group) => group.pipes));
  const isRecorded = (row: ProcessRow): boolean =>
    recorded.some(({ pid, started = Number.NaN }) => pid === row.pid && Math.abs(started - row.started) <= tolerance) ||
    row.stdio.some((name) => pipes.has(name));
  const sessions = new Set<number>();
  for (const row of rows) {
    // Somebody who looks into a pipe from a terminal has another group than the terminal's session.
    if (row.group === row.session && row.group > 1 && isRecorded(row)) {
      sessions.add(row.session);
    }
  }
  const members = rows.filter((row) => sessions.has(row.session) && row.group > 1 && !row.isZombie);
  return new Set(members.map((row) => row.group));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    // Nothing was ever recorded.
    return [];
  }
}

async function recordIn(path: string): Promise<RecordedGroups | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process as the operating system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly group: number;
  /** The group of the process that opened its session, where the system tells; else its own group. */
  readonly session: number;
  /** Ticks since boot on Linux, elsewhere seconds since 1970. */
  readonly started: number;
  /** Has ended, and waits to be asked how. */
  readonly isZombie: boolean;
  /** What its stdin, stdout and stderr are, such as `pipe:[4711]`, where the system tells. */
  readonly stdio: readonly string[];
}

/** How processes of this system are told apart. */
export interface ProcessTable {
  /** Changes with each boot, where start times count from it. */
  bootId(): string;
  /** When a process that has just been started was. */
  startOf(pid: number): number;
  /** Start times of one process may differ by this much. */
  readonly tolerance: number;
  rows(): Promise<readonly ProcessRow[]>;
}

/** Undefined on Windows, where a process ends with the job that its parent's console or editor has it in, or not. */
export function processTable(platform: NodeJS.Platform): ProcessTable | undefined {
  switch (platform) {
    case 'linux':
      return procTable;
    case 'win32':
      return undefined;
    default:
      return psTable;
  }
}

const procTable: ProcessTable = {
  bootId: () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  startOf: (pid) => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).started,
  tolerance: 0,
  rows: async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const rows = await Promise.all(pids.map(procRow));
    return rows.filter((row) => row !== undefined);
  },
};

/** Undefined if it has ended meanwhile. */
async function procRow(pid: string): Promise<ProcessRow | undefined> {
  try {
    const stat = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    // Those of other users are hidden.
    const link = (fd: number): Promise<string> => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    return { pid: Number(pid), ...stat, stdio: await Promise.all([0, 1, 2].map(link)) };
  } catch {
    return undefined;
  }
}

/** Source: proc(5). The name, in parentheses, may hold anything. */
function parseStat(text: string): Pick<ProcessRow, 'group' | 'session' | 'started' | 'isZombie'> {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
    group: Number(fields[2]),
    session: Number(fields[3]),
    started: Number(fields[19]),
  };
}

const run = promisify(execFile);

/** For systems where only `ps` tells, to the second. */
const psTable: ProcessTable = {
  bootId: () => '',
  // Asking `ps` would take longer than a start; the tolerance is for one that takes its time.
  startOf: () => Math.floor(Date.now() / 1000),
  tolerance: 2,
  rows: async () => {
    const env = { PATH: process.env['PATH'] ?? '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
    const columns = ['pid=', 'pgid=', 'stat=', 'lstart='].flatMap((column) => ['-o', column]);
    const { stdout } = await run('ps', ['-A', ...columns], { env, timeout: 10_000, maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').flatMap(psRow);
  },
};

function psRow(line: string): ProcessRow[] {
  const [, pid, group, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
  return pid === undefined
    ? []
    : [
        {
          pid: Number(pid),
          group: Number(group),
          session: Number(group),
          started: Date.parse(`${started} UTC`) / 1000,
          isZombie: state?.startsWith('Z') === true,
          stdio: [],
        },
      ];
}

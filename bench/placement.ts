import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import process from 'node:process';

/**
 * Where two processes that wake each other run: on one processor they take turns, on two each wakes the other one's,
 * which takes several times longer where that is virtual. Left to the scheduler, either lasts for as long as it likes.
 */
export type Placement = 'on one processor' | 'on two processors';

/** Only where `taskset` is, which is on Linux. */
export function canPlace(): boolean {
  try {
    pin(process.pid, everywhere);
    return cpus().length > 1;
  } catch {
    return false;
  }
}

/** This process's main thread and `others`, until `anywhere` is called. */
export function place(placement: Placement, others: readonly number[]): void {
  pin(process.pid, '0');
  for (const pid of others) {
    pin(pid, placement === 'on one processor' ? '0' : '1');
  }
}

export function anywhere(): void {
  pin(process.pid, everywhere);
}

const everywhere = `0-${cpus().length - 1}`;

function pin(pid: number, processors: string): void {
  execFileSync('taskset', ['-cp', processors, String(pid)], { stdio: 'ignore' });
}

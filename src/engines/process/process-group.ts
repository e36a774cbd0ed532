import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Sends a signal to a process and all that it started, unless they left its group. Harmless if they are gone. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    const force = signal === 'SIGKILL' ? ['/F'] : [];
    execFile('taskkill', ['/PID', String(pid), '/T', ...force], () => {});
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

const goneLimitMs = 250;

/**
 * Settles when the group of a killed process has nobody in it. With an end, because members that nobody waits for
 * (a container whose first process does not) stay in it although they are dead.
 */
export async function groupGone(pid: number): Promise<void> {
  const end = Date.now() + goneLimitMs;
  for (let pauseMs = 1; process.platform !== 'win32' && Date.now() < end; pauseMs = Math.min(20, pauseMs * 2)) {
    try {
      process.kill(-pid, 0);
    } catch {
      return;
    }
    await delay(pauseMs);
  }
}

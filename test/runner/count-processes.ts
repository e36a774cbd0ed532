import { readdir } from 'node:fs/promises';

/** How many processes of this machine are of that kind. */
export async function countProcesses(isOne: (pid: string) => Promise<boolean>): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while it is being looked at.
  const found = await Promise.all(pids.map((pid) => isOne(pid).catch(() => false)));
  return found.filter((is) => is).length;
}

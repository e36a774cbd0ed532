import { readdirSync, readFileSync } from 'node:fs';

/** Ends the extension hosts of the servers that this process has started, without giving them a chance. */
export function killExtensionHosts(): void {
  for (const pid of descendantsRunning('--type=extensionHost')) {
    process.kill(pid, 'SIGKILL');
  }
}

/** Processes that this one, or one of its own, has started, with this in their command. */
export function descendantsRunning(command: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), parentOf(Number(pid))]));
  const descends = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || descends(parent));
  };
  return [...parents.keys()].filter((pid) => descends(pid) && commandOf(pid).includes(command));
}

/** False also for what has ended and waits to be asked how. */
export function isRunning(pid: number): boolean {
  return commandOf(pid) !== '';
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Empty if the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

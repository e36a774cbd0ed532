import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CleanUp } from '../clean-up.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** Test files end the servers and browsers that they have started, when they are asked to end. */
const GRACE_MS = 15_000;
const DRAIN_MS = 2_000;

export interface BoundedProcess {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** More than it ever takes: then it is ended, with what it has started. */
  readonly boundMs: number;
  /** Where a copy of what it prints goes. */
  readonly logFile: string;
}

/** Runs a program at the top of the repository with our output. @returns whether it exited with 0, and in time */
export async function runBounded(
  { command, env, boundMs, logFile }: BoundedProcess,
  cleanUp: CleanUp,
): Promise<boolean> {
  const [program, ...programArguments] = command;
  const child = spawn(program, programArguments, {
    cwd: repository,
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, to be ended as a whole.
    detached: process.platform !== 'win32',
  });
  const log = createWriteStream(logFile);
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.pipe(to, { end: false });
    from.pipe(log, { end: false });
  }
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code));
    // A process that it has left behind may hold on to its output.
    child.once('exit', (code) => setTimeout(resolve, DRAIN_MS, code).unref());
  });
  const endGroup = async () => {
    const deadline = Date.now() + GRACE_MS;
    let isLeft = signalGroup(child.pid, 'SIGTERM');
    while (isLeft && Date.now() < deadline) {
      await delay(50);
      isLeft = signalGroup(child.pid, 0);
    }
    signalGroup(child.pid, 'SIGKILL');
  };
  const isRunning = { yes: true };
  cleanUp.add(() => (isRunning.yes ? endGroup() : undefined));
  try {
    const code = await Promise.race([exitCode, delay(boundMs, 'late' as const, { ref: false })]);
    if (code === 'late') {
      console.error(`Ended, because it was not done after ${boundMs / 1000} s: ${command.join(' ')}`);
      await endGroup();
    }
    return code === 0;
  } finally {
    isRunning.yes = false;
    log.end();
  }
}

/** @returns whether anything of the group is left */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return false;
  }
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { FunctionStdio } from './process-container.ts';

/** Real pipes to a program that is to be started, and our ends of them. */
export interface StdioPipes extends FunctionStdio {
  /** Descriptors for the program; to be closed here as soon as it has its own. */
  readonly childEnds: readonly [stdin: number, stdout: number, stderr: number];
}

interface Ends {
  readonly reader: number;
  readonly writer: number;
}

/** A shell keeps a short text of this kind in a pipe. It then waits until we have taken the pipes over. */
const helperScript = 'exec 3<<A 4<<A 5<<A\n\nA\n\nA\n\nA\necho; read -r end';
const helperDescriptors = [3, 4, 5];
const helperLimitMs = 5_000;

/**
 * What Node calls a pipe to a child is a socket, and Linux opens no socket by name: a function with `cat /dev/stdin` or
 * `echo failed >/dev/stderr` works in a container and fails on one. Node cannot make a pipe, so a shell makes three
 * and we open them where Linux shows them. (Not FIFOs: opening one whose writer has gone already waits for ever.)
 * Undefined where that is not needed, as outside of Linux a name opens whatever the descriptor is, or not possible.
 */
export async function openStdioPipes(): Promise<StdioPipes | undefined> {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const opened: number[] = [];
  const helper = spawn('/bin/sh', ['-c', helperScript], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
  try {
    await said(helper);
    const [input, output, errors] = helperDescriptors.map((fd) => takeOver(`/proc/${helper.pid}/fd/${fd}`, opened));
    if (!input || !output || !errors) {
      throw new Error('the shell keeps its texts elsewhere');
    }
    return {
      childEnds: [input.reader, output.writer, errors.writer],
      stdin: new Socket({ fd: input.writer, readable: false, writable: true }),
      stdout: new Socket({ fd: output.reader, readable: true, writable: false }),
      stderr: new Socket({ fd: errors.reader, readable: true, writable: false }),
    };
  } catch {
    opened.forEach(closeSync);
    return undefined;
  } finally {
    helper.kill('SIGKILL');
  }
}

/** Settles when the helper has said something; rejects if it ends or takes too long instead. */
function said(helper: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the shell says nothing')), helperLimitMs);
    const give = (settle: () => void) => (): void => {
      clearTimeout(timer);
      settle();
    };
    helper.stdin.on('error', () => {});
    helper.stdout.once('data', give(resolve));
    helper.on(
      'error',
      give(() => reject(new Error('there is no shell'))),
    );
    helper.once(
      'exit',
      give(() => reject(new Error('the shell has ended'))),
    );
  });
}

function takeOver(name: string, opened: number[]): Ends | undefined {
  if (!readlinkSync(name).startsWith('pipe:')) {
    return undefined;
  }
  const open = (flags: number): number => {
    const descriptor = openSync(name, flags);
    opened.push(descriptor);
    return descriptor;
  };
  const ends = { reader: open(constants.O_RDONLY), writer: open(constants.O_WRONLY) };
  // The text that made the shell make the pipe: one end of line.
  readSync(ends.reader, Buffer.alloc(1));
  return ends;
}

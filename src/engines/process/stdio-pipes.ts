import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Real pipes to a program that is to be started, and our ends of them. */
export interface StdioPipes {
  /** Descriptors for the program; to be closed here as soon as it has its own. */
  readonly childEnds: readonly [stdin: number, stdout: number, stderr: number];
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * What Node calls a pipe to a child is a socket, and a socket cannot be opened by name: a function with
 * `cat /dev/stdin` or `echo failed >/dev/stderr` works in a container and fails on one. So these are FIFOs, opened at
 * both ends and removed from the file system before anybody else can know them.
 */
export async function openStdioPipes(): Promise<StdioPipes> {
  const folder = await mkdtemp(join(tmpdir(), 'hot-functions-'));
  const opened: number[] = [];
  try {
    const names = ['stdin', 'stdout', 'stderr'].map((name) => join(folder, name));
    await run('mkfifo', ['-m', '600', ...names]);
    const [input, output, errors] = names.map((name) => openBothEnds(name, opened));
    if (!input || !output || !errors) {
      throw new Error('three names gave fewer pipes');
    }
    return {
      childEnds: [input.reader, output.writer, errors.writer],
      stdin: new Socket({ fd: input.writer, readable: false, writable: true }),
      stdout: new Socket({ fd: output.reader, readable: true, writable: false }),
      stderr: new Socket({ fd: errors.reader, readable: true, writable: false }),
    };
  } catch (error) {
    opened.forEach(closeSync);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opened for both first, so that neither of the other two waits for its opposite, and both may block later on. */
function openBothEnds(name: string, opened: number[]): { reader: number; writer: number } {
  const open = (flags: number): number => {
    const descriptor = openSync(name, flags);
    opened.push(descriptor);
    return descriptor;
  };
  const both = openSync(name, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    return { reader: open(constants.O_RDONLY), writer: open(constants.O_WRONLY) };
  } finally {
    closeSync(both);
  }
}

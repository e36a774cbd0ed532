import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { openStdioPipes } from '../../src/engines/process/stdio-pipes.ts';

export interface Piped {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/**
 * A hot function on pipes. What Node gives a child by itself is no pipe but a pair of sockets, over which a waiting
 * process is woken several times slower on some machines: that would be too easy a floor.
 */
export async function startPiped(command: string): Promise<Piped> {
  const env = { FN_FORMAT: 'http' };
  const pipes = await openStdioPipes();
  if (pipes === undefined) {
    const child = spawn(command, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    return { child, stdin: child.stdin, stdout: child.stdout };
  }
  const child = spawn(command, { env, stdio: [...pipes.childEnds] });
  pipes.childEnds.forEach(closeSync);
  return { child, stdin: pipes.stdin, stdout: pipes.stdout };
}

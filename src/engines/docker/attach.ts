import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type Dockerode from 'dockerode';
import { dialSocket } from './dial.ts';

/**
 * Opens the stdio of a container as one raw socket. To be called before the container starts: output written before
 * the attach is lost. Dialled by hand because dockerode's `attach` posts its options as a body, and Podman feeds that
 * body to the function.
 */
export function attach(docker: Dockerode, containerId: string, signal: AbortSignal): Promise<Socket> {
  return dialSocket(docker, {
    path: `/containers/${containerId}/attach?`,
    file: Buffer.alloc(0),
    options: { stream: true, stdin: true, stdout: true, stderr: true },
    abortSignal: signal,
  });
}

/** The writing half of an attach socket. Ending it is end of file for the function; the reading half stays open. */
export function stdinOf(socket: Socket): Writable {
  const stdin = new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(chunk, done);
    },
    writev: (chunks, done) => {
      socket.cork();
      chunks.forEach(({ chunk }, index) => {
        socket.write(chunk, index === chunks.length - 1 ? done : undefined);
      });
      socket.uncork();
    },
    final: (done) => {
      socket.end(() => done());
    },
  });
  // A function may end while it is being written to: what that means its exit tells, not an exception here.
  stdin.on('error', () => {});
  socket.on('close', () => stdin.destroy());
  return stdin;
}

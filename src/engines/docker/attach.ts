import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type Dockerode from 'dockerode';
import { dial } from './dial.ts';

/**
 * Opens the stdio of a container as one raw socket. To be called before the container starts: output written before
 * the attach is lost. Dialled by hand because dockerode's `attach` posts its options as a body, and Podman feeds that
 * body to the function; and hijacked, because the library's own duplex knows neither backpressure nor half-close.
 */
export async function attach(docker: Dockerode, containerId: string, signal: AbortSignal): Promise<Socket> {
  const options = { stream: true, stdin: true, stdout: true, stderr: true };
  const socket = await dial(docker, {
    path: `/containers/${containerId}/attach?`,
    method: 'POST',
    isStream: true,
    hijack: true,
    openStdin: true,
    file: Buffer.alloc(0),
    options,
    abortSignal: signal,
    statusCodes: { 101: true, 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
  });
  if (!(socket instanceof Socket)) {
    throw new Error('the engine answered an attach without handing over the connection');
  }
  // The container's streams listen from the next tick on; until then an error must not be one that nobody hears.
  socket.on('error', () => {});
  return socket;
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

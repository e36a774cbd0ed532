import type { Socket } from 'node:net';
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

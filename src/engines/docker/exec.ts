import type { Socket } from 'node:net';
import type Dockerode from 'dockerode';
import { environment } from './altered-start.ts';
import { dial, dialSocket } from './dial.ts';
import { jsonField } from './json-field.ts';

/**
 * Starts one more command in a running container and settles with its stdio as one raw socket. That the command is not
 * there an engine may say in its output, where that of the command would be.
 */
export async function startExec(
  docker: Dockerode,
  containerId: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Socket> {
  const created = await dial(docker, {
    path: `/containers/${containerId}/exec`,
    method: 'POST',
    options: {
      Cmd: argv,
      Env: environment(env),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    },
    abortSignal: signal,
    statusCodes: { 201: true, 404: 'no such container', 409: 'container is stopped or paused', 500: 'server error' },
  });
  const id = jsonField(created, 'Id');
  if (typeof id !== 'string') {
    throw new Error('the engine made an exec without an id');
  }
  return dialSocket(docker, { path: `/exec/${id}/start`, options: { Detach: false, Tty: false }, abortSignal: signal });
}

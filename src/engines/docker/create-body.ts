import type Dockerode from 'dockerode';
import type { ContainerSpec } from '../../core/engine.ts';
import { environment, type StartOptions } from './altered-start.ts';

/** Whose containers these are: one installation of the extension, and one window of it. */
export interface ContainerOwner {
  readonly installation: string;
  readonly window: string;
}

/** Docker's own floor. */
export const lowestMemoryMiB = 6;

export const containerLabels = {
  installation: 'dev.hot-functions.installation',
  window: 'dev.hot-functions.window',
  route: 'dev.hot-functions.route',
  format: 'dev.hot-functions.format',
} as const;

/** Enough for a JVM or a busy Go program; a fork bomb ends here. */
const pidsLimit = 512;

/**
 * What a function has no use for even as root in its container: raw sockets, device files, file capabilities, other
 * roots, the audit log. What an entrypoint needs to become another user stays.
 */
const uselessCapabilities = ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP', 'SYS_CHROOT'] as const;

/** What a container is created with, and starts with unless that is altered. */
export function createBodyOf(
  imageId: string,
  spec: ContainerSpec,
  owner: ContainerOwner,
  altered?: StartOptions,
): Dockerode.ContainerCreateOptions {
  const memoryBytes = spec.memoryMiB * 1024 * 1024;
  return {
    // By id and not by name: a name may mean another image by now, or make the engine ask a registry.
    Image: imageId,
    Env: environment(spec.env),
    ...altered,
    Tty: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The function sees end of file when we go away, so it ends even if nobody is left to end it.
    StdinOnce: true,
    // The health check of an image would run inside a function again and again, and nobody looks at it.
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      [containerLabels.installation]: owner.installation,
      [containerLabels.window]: owner.window,
      [containerLabels.route]: spec.routeId,
      [containerLabels.format]: spec.format,
    },
    HostConfig: {
      // Equal, so that swap does not soften the limit.
      Memory: memoryBytes,
      MemorySwap: memoryBytes,
      PidsLimit: pidsLimit,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: [...uselessCapabilities],
      // Its output is read over the attach; a log would keep every payload on disk.
      LogConfig: { Type: 'none', Config: {} },
      NetworkMode: 'default',
      RestartPolicy: { Name: 'no' },
      // No AutoRemove: the exit code and the out-of-memory flag are read first.
      AutoRemove: false,
    },
  };
}

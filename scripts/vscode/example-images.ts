import Docker from 'dockerode';
import { ensureBaseImages } from '../bases/base-images.ts';

const REGISTRY = 'https://registry-1.docker.io/v2/';

/**
 * Build arguments for the Dockerfiles of `examples/`: none where the public base images can be pulled, else the names
 * of local ones, which are made if need be.
 */
export async function exampleBuildArguments(dockerHost: string): Promise<Readonly<Record<string, string>>> {
  return (await isReachable(REGISTRY)) ? {} : await ensureBaseImages(dockerAt(dockerHost));
}

/** Whether anything answers there: a registry's first answer is that it wants a token. */
async function isReachable(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(3000) });
    return response.status === 200 || response.status === 401;
  } catch {
    return false;
  }
}

function dockerAt(dockerHost: string): Docker {
  const url = new URL(dockerHost);
  return url.protocol === 'unix:' || url.protocol === 'npipe:'
    ? new Docker({ socketPath: url.pathname })
    : // Named by the user: dockerode reads the variables itself, those for TLS included.
      new Docker();
}

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { inspect } from 'node:util';
import Dockerode from 'dockerode';
import { HotFunctionsError } from '../../core/errors.ts';
import { dial } from './dial.ts';
import type { EngineEndpoint } from './endpoint.ts';
import { engineWords } from './engine-request-errors.ts';
import { jsonField } from './json-field.ts';
import { reuseReadBuffers } from './read-buffers.ts';

export interface EngineClient {
  readonly docker: Dockerode;
  readonly endpoint: EngineEndpoint;
  /** Closes the kept connections; requests under way fail. */
  close(): void;
}

const checkLimitMs = 3_000;

/** A client for that endpoint. It opens nothing yet. */
export function createClient(endpoint: EngineEndpoint): EngineClient {
  const { address } = endpoint;
  // One agent per client instead of Node's global one: its connections end with the engine that owns it.
  const agent =
    address.kind === 'tcp' && address.tls
      ? new HttpsAgent({
          keepAlive: true,
          ...(address.tls.ca && { ca: address.tls.ca }),
          ...(address.tls.cert && { cert: address.tls.cert }),
          ...(address.tls.key && { key: address.tls.key }),
          rejectUnauthorized: address.tls.verify,
        })
      : new HttpAgent({ keepAlive: true });
  // The library spells each request out for a debug log that nobody reads, to any depth: with the agent's connections
  // that was 10 ms of each start of a container and of each ping when five were running, and more with more of them.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' });
  reuseReadBuffers(agent);
  // Every option is given, also as undefined: what is absent the library takes from DOCKER_HOST by itself.
  const options: Dockerode.DockerOptions & { agent: HttpAgent } = {
    socketPath: address.kind === 'socket' ? address.path : undefined,
    host: address.kind === 'tcp' ? address.host : undefined,
    port: address.kind === 'tcp' ? address.port : undefined,
    protocol: address.kind === 'tcp' && address.tls ? 'https' : 'http',
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
    agent,
  };
  return { docker: openClient(options, endpoint), endpoint, close: () => agent.destroy() };
}

function openClient(options: Dockerode.DockerOptions, endpoint: EngineEndpoint): Dockerode {
  try {
    return new Dockerode(options);
  } catch (error) {
    // The library reads DOCKER_HOST and DOCKER_CERT_PATH even where it is told everything, and throws at bad ones.
    throw new HotFunctionsError('engine-unavailable', `No client for ${endpoint.url}: ${engineWords(error)}.`, {
      hint: 'Check DOCKER_HOST and DOCKER_CERT_PATH.',
      cause: error,
    });
  }
}

/** An engine that has answered. */
export interface EngineFound {
  /** For people, such as `Docker 20.10.24 at unix:///var/run/docker.sock`. */
  readonly description: string;
  readonly totalMemoryMiB: number | undefined;
}

/** Asks the engine what it is. Throws `engine-unavailable`, or `aborted`; an engine that is silent counts as away. */
export async function checkEngine(client: EngineClient, signal: AbortSignal): Promise<EngineFound> {
  const { endpoint, docker } = client;
  try {
    const answer = await dial(docker, {
      path: '/info',
      method: 'GET',
      statusCodes: { 200: true, 500: 'server error' },
      abortSignal: AbortSignal.any([signal, AbortSignal.timeout(checkLimitMs)]),
    });
    const version: unknown = jsonField(answer, 'ServerVersion');
    const memoryBytes: unknown = jsonField(answer, 'MemTotal');
    if (typeof version !== 'string') {
      throw new Error('what answers there is no Docker Engine');
    }
    return {
      description: `Docker ${version} at ${endpoint.url}`,
      totalMemoryMiB:
        typeof memoryBytes === 'number' && memoryBytes > 0 ? Math.floor(memoryBytes / 1024 ** 2) : undefined,
    };
  } catch (error) {
    if (signal.aborted) {
      throw new HotFunctionsError('aborted', 'The search for a Docker Engine was cancelled.', { cause: error });
    }
    throw new HotFunctionsError(
      'engine-unavailable',
      `No Docker Engine answers at ${endpoint.url} (from ${endpoint.origin}): ${engineWords(error)}.`,
      { hint: hintFor(error), cause: error },
    );
  }
}

function hintFor(error: unknown): string {
  switch (error instanceof Error ? Reflect.get(error, 'code') : undefined) {
    case 'EACCES':
      return 'Your user may not use that socket: add it to the group "docker", or use a rootless engine.';
    case 'ENOENT':
    case 'ECONNREFUSED':
      return 'Start Docker, or set DOCKER_HOST or the Docker context to where it runs.';
    default:
      return 'Check DOCKER_HOST or the Docker context, and that "docker version" works in a terminal.';
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type {
  Container,
  ContainerSpec,
  Engine,
  FunctionCommand,
  PreparedFunction,
  PrepareProgress,
  PrepareRequest,
} from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { attach } from './attach.ts';
import { checkEngine, createClient, type EngineClient, type EngineFound } from './connect.ts';
import { waitForExit } from './container-wait.ts';
import { type ContainerOwner, lowestMemoryMiB } from './create-body.ts';
import { createContainer, startFailure } from './create-container.ts';
import { dial } from './dial.ts';
import { DockerContainer, type OpenedContainer, removeContainer } from './docker-container.ts';
import { type EndpointSources, resolveEndpoint } from './endpoint.ts';
import { EngineRequests } from './engine-requests.ts';
import { ExitEvents } from './exit-events.ts';
import { Heartbeat } from './heartbeat.ts';
import { imageCommand } from './image-command.ts';
import { Images } from './images.ts';
import { injectFiles } from './inject-files.ts';

export interface DockerEngineOptions {
  readonly owner: ContainerOwner;
  /** Read at each build. */
  readonly buildArgs: () => Readonly<Record<string, string>>;
  /** Each line that a build or a pull says. */
  readonly onBuildLog: (routeId: RouteId, line: string) => void;
}

const openLimitMs = 15_000;
const startLimitMs = 60_000;
/** How long an aborted start waits for its own cleaning up before it says so. The cleaning up goes on. */
const abortGraceMs = 1_000;
/** VS Code gives an extension five seconds to deactivate. */
const disposeLimitMs = 4_500;

/** Finds the engine and asks it for its version. Throws `engine-unavailable`. */
export async function connectDockerEngine(
  sources: EndpointSources,
  options: DockerEngineOptions,
  signal: AbortSignal,
): Promise<DockerEngine> {
  const client = createClient(await resolveEndpoint(sources));
  try {
    return new DockerEngine(client, await checkEngine(client, signal), options);
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Runs functions as containers of one Docker Engine. */
export class DockerEngine implements Engine {
  readonly kind = 'docker';
  readonly description: string;
  readonly totalMemoryMiB: number | undefined;
  readonly #client: EngineClient;
  readonly #requests: EngineRequests;
  readonly #images: Images;
  readonly #exitEvents: ExitEvents;
  readonly #owner: ContainerOwner;
  readonly #closing = new AbortController();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #containers = new Set<DockerContainer>();
  /** Ids of containers that could not be removed, because the engine could not be asked to. */
  readonly #left = new Set<string>();
  readonly #heartbeat: Heartbeat;

  constructor(client: EngineClient, found: EngineFound, options: DockerEngineOptions) {
    this.description = found.description;
    this.totalMemoryMiB = found.totalMemoryMiB;
    this.#client = client;
    this.#requests = new EngineRequests(client.docker, client.endpoint.url);
    this.#images = new Images(this.#requests, options);
    this.#exitEvents = new ExitEvents(this.#requests, options.owner);
    this.#owner = options.owner;
    this.#heartbeat = new Heartbeat({
      ping: (limitMs) => this.#ping(limitMs),
      onSilence: () => {
        for (const container of this.#containers) {
          container.lose('the engine does not answer');
        }
      },
      onAnswer: () => void this.#removeLeft(),
    });
  }

  async prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<PreparedFunction> {
    this.#assertOpen();
    return { identity: await this.#images.prepare(request, report, AbortSignal.any([signal, this.#closing.signal])) };
  }

  async inspect(prepared: PreparedFunction, signal: AbortSignal): Promise<FunctionCommand> {
    this.#assertOpen();
    return await imageCommand(this.#requests, prepared.identity, AbortSignal.any([signal, this.#closing.signal]));
  }

  async start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<Container> {
    this.#assertOpen();
    if (spec.memoryMiB < lowestMemoryMiB) {
      throw new HotFunctionsError('invalid-route', `${spec.routeId} has a memory limit of ${spec.memoryMiB} MiB.`, {
        hint: `Docker starts no container with less than ${lowestMemoryMiB} MiB: raise "memory", or leave it out for 128.`,
      });
    }
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const starting = this.#start(prepared, spec, ended);
    this.#starting.add(starting);
    const forget = (): void => {
      this.#starting.delete(starting);
    };
    starting.then(forget, forget);
    return await untilAborted(starting, ended, spec);
  }

  async dispose(): Promise<void> {
    this.#closing.abort();
    this.#heartbeat.stop();
    const all = async (): Promise<void> => {
      await Promise.allSettled(this.#starting);
      await Promise.allSettled([...this.#containers].map((container) => container.kill()));
    };
    const done = new AbortController();
    const limit = delay(disposeLimitMs, undefined, { ref: false, signal: done.signal }).catch(() => {});
    await Promise.race([all(), limit]);
    done.abort();
    this.#requests.close();
    this.#client.close();
  }

  async #start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<DockerContainer> {
    throwIfAborted(signal, spec);
    const id = await createContainer(this.#requests, prepared.identity, spec, this.#owner);
    let opened: OpenedContainer | undefined;
    try {
      throwIfAborted(signal, spec);
      await injectFiles(this.#requests, id, spec.alteration?.files ?? []);
      throwIfAborted(signal, spec);
      opened = await this.#open(id);
      throwIfAborted(signal, spec);
      const container = new DockerContainer(this.#requests, opened);
      await this.#requests.limited(startLimitMs, (abortSignal) =>
        this.#requests.docker.getContainer(id).start({ abortSignal }),
      );
      throwIfAborted(signal, spec);
      this.#keep(container);
      return container;
    } catch (error) {
      opened?.wait.stop();
      opened?.socket.destroy();
      await removeContainer(this.#requests, id);
      throw startFailure(error, spec);
    }
  }

  #keep(container: DockerContainer): void {
    this.#containers.add(container);
    this.#heartbeat.start();
    void container.gone.then((known) => {
      this.#containers.delete(container);
      if (!known) {
        this.#left.add(container.engineId);
      }
      if (this.#containers.size + this.#left.size === 0) {
        this.#heartbeat.stop();
      }
    });
  }

  async #ping(limitMs: number): Promise<void> {
    await this.#requests.limited(limitMs, (abortSignal) =>
      dial(this.#requests.docker, { path: '/_ping', method: 'GET', abortSignal, statusCodes: { 200: true } }),
    );
  }

  /** What was lost with the engine may have run on without us. */
  async #removeLeft(): Promise<void> {
    for (const id of [...this.#left]) {
      this.#left.delete(id);
      if (!(await removeContainer(this.#requests, id))) {
        this.#left.add(id);
        return;
      }
    }
    if (this.#containers.size + this.#left.size === 0) {
      this.#heartbeat.stop();
    }
  }

  /** Attach and wait before start: what the function writes or how it ends before them would be lost. */
  async #open(id: string): Promise<OpenedContainer> {
    const { docker } = this.#requests;
    const [attached, waited] = await Promise.allSettled([
      this.#requests.limited(openLimitMs, (limit) => attach(docker, id, limit)),
      this.#requests.limited(openLimitMs, (limit) => waitForExit(docker, id, limit)),
    ]);
    if (attached.status === 'fulfilled' && waited.status === 'fulfilled') {
      return { id, socket: attached.value, wait: this.#exitEvents.hasten(id, waited.value) };
    }
    if (attached.status === 'fulfilled') {
      attached.value.destroy();
    }
    if (waited.status === 'fulfilled') {
      waited.value.stop();
    }
    throw attached.status === 'rejected' ? attached.reason : waited.status === 'rejected' ? waited.reason : undefined;
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new HotFunctionsError('closing', 'The Docker engine is being closed.');
    }
  }
}

function throwIfAborted(signal: AbortSignal, spec: ContainerSpec): void {
  if (signal.aborted) {
    throw aborted(spec);
  }
}

function aborted(spec: ContainerSpec): HotFunctionsError {
  return new HotFunctionsError('aborted', `The start of a container for ${spec.routeId} was cancelled.`);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal, spec: ContainerSpec): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      timer = setTimeout(() => reject(aborted(spec)), abortGraceMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    const settled = (): void => {
      signal.removeEventListener('abort', abort);
      clearTimeout(timer);
    };
    work.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}

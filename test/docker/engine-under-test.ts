import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import Dockerode from 'dockerode';
import type { Container, ContainerSpec, PreparedFunction } from '../../src/core/engine.ts';
import {
  connectDockerEngine,
  type DockerEngine,
  type DockerEngineOptions,
} from '../../src/engines/docker/docker-engine.ts';
import { localSources } from '../../src/engines/docker/local-sources.ts';
import { until } from '../until.ts';

const run = promisify(execFile);

/** A real engine, named by DOCKER_HOST, and everything that a suite leaves on it under a label of its own. */
export class EngineUnderTest {
  readonly engine: DockerEngine;
  readonly installation: string;
  readonly buildLog: string[];
  readonly docker: Dockerode;
  /** Holds `function`, the program of functions/function.c, and a Dockerfile for it. */
  readonly folder: string;
  readonly image: string;
  #containers = 0;

  private constructor(engine: DockerEngine, installation: string, buildLog: string[], folder: string) {
    this.engine = engine;
    this.installation = installation;
    this.buildLog = buildLog;
    this.folder = folder;
    this.image = `${installation}/function:1`;
    this.docker = directClient();
  }

  static async open(): Promise<EngineUnderTest> {
    const installation = `hot-functions-test-${randomUUID().slice(0, 8)}`;
    const buildLog: string[] = [];
    const [engine, folder] = await Promise.all([connectEngine(installation, buildLog), functionFolder(installation)]);
    return new EngineUnderTest(engine, installation, buildLog, folder);
  }

  prepareFunction(): Promise<PreparedFunction> {
    const request = { routeId: 'tests/function', image: this.image, source: { folder: this.folder } };
    return this.engine.prepare(request, () => {}, AbortSignal.timeout(60_000));
  }

  /** An image of its own from the text of a Dockerfile, which has nothing else to take from. */
  async prepareDockerfile(name: string, dockerfile: string): Promise<PreparedFunction> {
    const folder = await mkdtemp(join(tmpdir(), 'hot-functions-test-'));
    try {
      await writeFile(join(folder, 'Dockerfile'), `${dockerfile}LABEL suite=${this.installation}\n`);
      const request = { routeId: `tests/${name}`, image: `${this.installation}/${name}:1`, source: { folder } };
      return await this.engine.prepare(request, () => {}, AbortSignal.timeout(60_000));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  spec(env: Record<string, string>, overrides: Partial<ContainerSpec> = {}): ContainerSpec {
    this.#containers += 1;
    return {
      name: `${this.installation}-${this.#containers}`,
      routeId: 'tests/function',
      format: 'default',
      memoryMiB: 32,
      env,
      ...overrides,
    };
  }

  async start(env: Record<string, string>, overrides: Partial<ContainerSpec> = {}): Promise<Container> {
    const prepared = await this.prepareFunction();
    return this.engine.start(prepared, this.spec(env, overrides), AbortSignal.timeout(30_000));
  }

  /** Names of the containers of this suite that the engine still knows, in whatever state. */
  async leftovers(): Promise<string[]> {
    const filters = { label: [`dev.hot-functions.installation=${this.installation}`] };
    const found = await this.docker.listContainers({ all: true, filters });
    return found.flatMap((container) => container.Names);
  }

  /** To be asked after each test. What is left all the same is removed, so that only the culprit fails. */
  async nothingLeft(): Promise<void> {
    try {
      await until(async () => (await this.leftovers()).length === 0, 'all containers of the suite to be removed');
    } finally {
      for (const name of await this.leftovers()) {
        const abortSignal = AbortSignal.timeout(5_000);
        await this.docker.getContainer(name.slice(1)).remove({ force: true, abortSignal });
      }
    }
  }

  /** Ends the engine's client, then removes the suite's images. */
  async close(): Promise<void> {
    await this.engine.dispose();
    await this.nothingLeft();
    for (const image of await this.docker.listImages({ filters: { label: [`suite=${this.installation}`] } })) {
      await this.docker.getImage(image.Id).remove({ force: true });
    }
    await rm(this.folder, { recursive: true });
  }
}

export function connectEngine(
  installation: string,
  buildLog: string[] = [],
  overrides: Partial<DockerEngineOptions> = {},
  dockerHost?: string,
): Promise<DockerEngine> {
  const options: DockerEngineOptions = {
    owner: { installation, window: 'window-1' },
    buildArgs: () => ({}),
    onBuildLog: (_routeId, line) => buildLog.push(line),
    ...overrides,
  };
  // The check of the engine has a limit of its own.
  return connectDockerEngine(localSources(dockerHost), options, new AbortController().signal);
}

/** A client of its own, to see what the engine under test has done without asking it. */
export function directClient(): Dockerode {
  if (!process.env['DOCKER_HOST']) {
    throw new Error('These tests need a real engine: set DOCKER_HOST.');
  }
  // It keeps no connection, so that those of the engine under test can be counted.
  return new Dockerode({ headers: { Connection: 'close' } });
}

/** The Dockerfile of an image with nothing but the test function, which carries the label of its suite. */
export function dockerfileOf(installation: string): string {
  return `FROM scratch\nLABEL suite=${installation}\nCOPY function /function\nENTRYPOINT ["/function"]\n`;
}

/** A new folder with the compiled test function and its Dockerfile. */
async function functionFolder(installation: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hot-functions-test-'));
  const source = join(import.meta.dirname, 'functions', 'function.c');
  await run('gcc', ['-static', '-O2', '-o', join(folder, 'function'), source]);
  await writeFile(join(folder, 'Dockerfile'), dockerfileOf(installation));
  return folder;
}

export async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The next so many bytes of a stream, as text. */
export async function nextBytes(stream: Readable, count: number): Promise<string> {
  for (;;) {
    const bytes: Buffer | null = stream.read(count);
    if (bytes !== null) {
      return bytes.toString('utf8');
    }
    await new Promise((resolve) => stream.once('readable', resolve));
  }
}

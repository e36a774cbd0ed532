import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CallRequest, CallResult, CallSummary } from '../../src/core/call.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ContainerSnapshot } from '../../src/core/pool/container-snapshot.ts';
import type { Route } from '../../src/core/route.ts';
import { type InvokeOptions, Runner } from '../../src/core/runner.ts';
import type { DockerEngine } from '../../src/engines/docker/docker-engine.ts';
import { fileSpool } from '../../src/store/file-spool.ts';
import { routeWith } from '../unit/route-with.ts';
import { connectEngine, directClient, until } from './engine-under-test.ts';

const run = promisify(execFile);

/** An answer, collected. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Of a call that failed. */
  readonly code?: string;
  readonly result: CallResult;
}

/** The runner on a real engine, with the probe function as its routes' image, built by the runner itself. */
export class RunnerUnderTest {
  readonly runner: Runner;
  readonly finished: CallSummary[] = [];
  readonly folder: string;
  readonly installation: string;
  readonly buildLog: string[];
  readonly #engine: DockerEngine;

  private constructor(engine: DockerEngine, installation: string, buildLog: string[], folder: string) {
    this.#engine = engine;
    this.installation = installation;
    this.buildLog = buildLog;
    this.folder = folder;
    this.runner = new Runner({
      clock: systemClock,
      engine: () => engine,
      admit: () => {},
      spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
      newCallId: randomUUID,
      containerPrefix: installation,
    });
    this.runner.onDidFinishCall((summary) => this.finished.push(summary));
  }

  static async open(): Promise<RunnerUnderTest> {
    const installation = `hot-functions-test-${randomUUID().slice(0, 8)}`;
    const buildLog: string[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'hot-functions-probe-'));
    const source = join(import.meta.dirname, 'functions', 'probe.c');
    await run('gcc', ['-static', '-O2', '-o', join(folder, 'probe'), source]);
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY probe /probe\nENTRYPOINT ["/probe"]\n');
    return new RunnerUnderTest(await connectEngine(installation, buildLog), installation, buildLog, folder);
  }

  /** A saved route of the probe. */
  route(fields: Partial<Route>): Route {
    const route = routeWith({
      app: 'tests',
      image: `${this.installation}/probe:1`,
      memoryMiB: 32,
      timeoutMs: 10_000,
      source: { folder: this.folder },
      ...fields,
    });
    this.runner.setRoutes([route]);
    return route;
  }

  async call(route: Route, body: string, options: InvokeOptions = {}, request: CallRequest = {}): Promise<Answered> {
    const result = await this.runner.invoke(route, { body, ...request }, options);
    const { bytes } = await result.body.collect(1024 * 1024);
    const text = Buffer.from(bytes).toString();
    return { status: result.status, text, result, ...(result.error === undefined ? {} : { code: result.error.code }) };
  }

  /** Settles when a container of the runner comes into a state of that kind. */
  container(kind: ContainerSnapshot['state']['kind']): Promise<ContainerSnapshot> {
    return new Promise((resolve) => {
      const subscription = this.runner.onDidChangeContainers((snapshot) => {
        if (snapshot.state.kind === kind) {
          subscription.dispose();
          resolve(snapshot);
        }
      });
    });
  }

  /** Settles when no container can be given a call any more. */
  async nothingServing(): Promise<void> {
    const serving = () =>
      this.runner.containers().filter(({ state }) => state.kind === 'idle' || state.kind === 'busy');
    await until(() => serving().length === 0, 'the container to leave the pool');
  }

  async nothingLeft(): Promise<void> {
    const filters = { label: [`dev.hot-functions.installation=${this.installation}`] };
    const left = async () => (await directClient().listContainers({ all: true, filters })).length;
    await until(async () => (await left()) === 0, 'all containers of the runner to be removed');
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.nothingLeft();
    await this.#engine.dispose();
    const docker = directClient();
    for (const image of await docker.listImages({ filters: { reference: [`${this.installation}/*`] } })) {
      await docker.getImage(image.Id).remove({ force: true });
    }
    await rm(this.folder, { recursive: true });
  }
}

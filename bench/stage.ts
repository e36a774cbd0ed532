import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { CallRequest } from '../src/core/call.ts';
import type { Engine } from '../src/core/engine.ts';
import { bodyOfBytes, type RequestBody } from '../src/core/request-body.ts';
import { type Route, routeDefaults } from '../src/core/route.ts';
import type { Runner } from '../src/core/runner.ts';
import { type EncodedRequest, encodeRequest, requestTemplate } from '../src/core/wire/encode-request.ts';
import { connectDockerEngine } from '../src/engines/docker/docker-engine.ts';
import { localSources } from '../src/engines/docker/local-sources.ts';
import { ProcessEngine } from '../src/engines/process/process-engine.ts';
import { RawEngine } from './floor/raw-engine.ts';
import { openRunner } from './open-runner.ts';

export const payload: Uint8Array = Buffer.alloc(100, 'x');

/** Everything that is measured on: the functions, both engines, and the Engine API without any of them. */
export class Stage {
  /** Less of everything, for a run that has to be over soon. */
  readonly quick: boolean;
  readonly docker: Engine;
  readonly processes: Engine;
  readonly raw: RawEngine;
  /** Where the functions' binary and its Dockerfile are. */
  readonly folder: string;
  readonly image: string;
  readonly #home: string;

  private constructor(quick: boolean, home: string, image: string, docker: Engine) {
    this.quick = quick;
    this.#home = home;
    this.folder = join(home, 'function');
    this.image = image;
    this.docker = docker;
    this.raw = new RawEngine((process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, ''));
    this.processes = new ProcessEngine({
      env: process.env,
      platform: process.platform,
      execPath: process.execPath,
      storageFolder: join(home, 'storage'),
      onBuildLog: () => {},
    });
  }

  static async set({ quick }: { readonly quick: boolean }): Promise<Stage> {
    const home = mkdtempSync(join(tmpdir(), 'hot-functions-bench-'));
    const image = `hot-functions-bench-${randomUUID().slice(0, 8)}`;
    const folder = join(home, 'function');
    mkdirSync(folder);
    execFileSync('gcc', ['-static', '-O2', '-o', join(folder, 'function'), join(import.meta.dirname, 'functions.c')]);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY function /function\nENTRYPOINT ["/function"]\n');
    const docker = await connectDockerEngine(
      localSources(),
      { owner: { installation: image, window: 'bench' }, buildArgs: () => ({}), onBuildLog: () => {} },
      AbortSignal.timeout(10_000),
    );
    const source = { folder };
    await docker.prepare({ routeId: 'bench/image', image, source }, () => {}, AbortSignal.timeout(60_000));
    return new Stage(quick, home, image, docker);
  }

  /** A folder of this name, removed in the end. */
  newFolder(name: string): string {
    const folder = join(this.#home, name);
    mkdirSync(folder);
    return folder;
  }

  /** Puts the functions' binary there, as `function`. */
  putFunction(folder: string): void {
    copyFileSync(join(this.folder, 'function'), join(folder, 'function'));
  }

  route(path: string, differences: Partial<Route> = {}): Route {
    return {
      ...routeDefaults,
      id: `bench${path}`,
      app: 'bench',
      path,
      image: this.image,
      format: 'http',
      config: {},
      headers: [],
      source: { folder: this.folder, entrypoint: ['./function'] },
      ...differences,
    };
  }

  runner(engine: Engine, routes: readonly Route[]): Runner {
    return openRunner(engine, routes, this.image);
  }

  /** The bytes of a request to a hot route as the runner would write them. */
  requestBytes(route: Route, body: Uint8Array): Buffer {
    return Buffer.concat(this.#encoded(route, bodyOfBytes(body)).chunks);
  }

  /** The same without a body, which has this length. */
  requestHead(route: Route, length: number): Buffer {
    return Buffer.concat(this.#encoded(route, { kind: 'stream', chunks: nothing(), length }).chunks);
  }

  #encoded(route: Route, body: RequestBody): EncodedRequest {
    const call = { method: 'POST', url: `http://localhost/r/${route.id}`, headers: [] };
    return encodeRequest(requestTemplate(route), randomUUID(), call, body);
  }

  async dismantle(): Promise<void> {
    await this.docker.dispose();
    await this.processes.dispose();
    await this.raw.removeImage(this.image);
    rmSync(this.#home, { recursive: true });
  }
}

/** Calls a function that gives its payload back. Throws where it does not. */
export async function echo(runner: Runner, route: Route, request: CallRequest = { body: payload }): Promise<void> {
  const { status, body } = await runner.invoke(route, request);
  const { bytes } = await body.collect(1024);
  if (status !== 200 || bytes.length !== payload.length) {
    throw new Error(`A call to ${route.id} gave ${status} and ${bytes.length} bytes.`);
  }
}

/** Settles when the runner has no container any more. */
export async function noContainers(runner: Runner): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (runner.containers().length === 0) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = runner.onDidChangeContainers(() => queueMicrotask(look));
    look();
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type {
  Container,
  ContainerSpec,
  Engine,
  PreparedFunction,
  PrepareProgress,
  PrepareRequest,
} from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { SharedJobs } from '../shared-jobs.ts';
import { commandOf } from './command.ts';
import { isOnPath } from './find-program.ts';
import { functionEnvironment } from './function-environment.ts';
import { buildGo } from './go-build.ts';
import type { GroupRecord } from './group-record.ts';
import { type FunctionStdio, ProcessContainer } from './process-container.ts';
import { openStdioPipes } from './stdio-pipes.ts';

export interface ProcessEngineOptions {
  /** The environment of this process: what functions may have of it is chosen here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Stands in for `node` where the path has none. */
  readonly execPath: string;
  /** Where built programs are kept. */
  readonly storageFolder: string;
  /** Each line that a build says. */
  readonly onBuildLog: (routeId: RouteId, line: string) => void;
  /** Told of each group before it is there, so that a sudden end of this process leaves none unknown. */
  readonly groups?: GroupRecord | undefined;
}

/** What `prepare` gives and `start` takes. */
class PreparedProcess implements PreparedFunction {
  readonly identity: string;
  readonly folder: string;
  readonly programs: readonly string[];
  readonly args: readonly string[];

  constructor(identity: string, folder: string, programs: readonly string[], args: readonly string[]) {
    this.identity = identity;
    this.folder = folder;
    this.programs = programs;
    this.args = args;
  }
}

interface Invocation {
  readonly program: string;
  readonly env: Record<string, string>;
}

/** Runs functions as processes of this machine, without any isolation and without a limit on memory. */
export class ProcessEngine implements Engine {
  readonly kind = 'process';
  readonly description = 'Processes of this machine, without isolation and memory limits';
  readonly totalMemoryMiB = undefined;
  readonly #options: ProcessEngineOptions;
  readonly #builds = new SharedJobs();
  readonly #running = new Set<ProcessContainer>();
  readonly #closing = new AbortController();
  #buildNumber = 0;

  constructor(options: ProcessEngineOptions) {
    this.#options = options;
  }

  async prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<PreparedFunction> {
    this.#assertOpen();
    const command = await commandOf(request);
    const folder = request.source?.folder ?? '';
    if (command.kind === 'go') {
      const ended = AbortSignal.any([signal, this.#closing.signal]);
      const program = await this.#build(request, folder, report, ended);
      return new PreparedProcess(JSON.stringify([folder, await hashOf(program)]), folder, [program], []);
    }
    const { programs, args } = command;
    const files = await Promise.all([...programs, ...args].map((word) => fileState(resolve(folder, word), word)));
    return new PreparedProcess(JSON.stringify([folder, files]), folder, programs, args);
  }

  async start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<Container> {
    this.#assertOpen();
    if (!(prepared instanceof PreparedProcess)) {
      throw new TypeError('What another engine has prepared cannot be started as a process.');
    }
    const invocation = await this.#invocation(prepared, spec);
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const container = await this.#spawn(prepared, invocation, spec, ended);
    this.#running.add(container);
    void container.exit.then(() => this.#running.delete(container));
    if (ended.aborted) {
      await container.kill();
      throw aborted(spec.routeId);
    }
    return container;
  }

  async dispose(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#running].map((container) => container.kill()));
  }

  async #build(
    request: PrepareRequest,
    folder: string,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { env, platform, storageFolder, onBuildLog } = this.#options;
    const work = (): Promise<string> => {
      report({ phase: 'building', message: `go build in ${folder}` });
      const onLine = (line: string): void => onBuildLog(request.routeId, line);
      return buildGo({ folder, storageFolder, env, platform, onLine }, signal);
    };
    // Never shared, as a build under way may have read older code; but one after the other.
    this.#buildNumber += 1;
    const what = String(this.#buildNumber);
    try {
      for (;;) {
        const outcome = await this.#builds.run(folder, what, work, report, signal);
        if (outcome.kind === 'done') {
          return outcome.value;
        }
      }
    } catch (error) {
      throw signal.aborted ? aborted(request.routeId) : error;
    }
  }

  async #invocation(prepared: PreparedProcess, spec: ContainerSpec): Promise<Invocation> {
    const { env: machine, platform, execPath } = this.#options;
    const env = functionEnvironment(machine, spec.env, platform);
    for (const program of prepared.programs) {
      if (await isOnPath(program, env['PATH'] ?? '', platform)) {
        return { program, env };
      }
    }
    const [program = ''] = prepared.programs;
    if (program === 'node') {
      // VS Code brings a Node along: this process runs on it.
      return { program: execPath, env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
    }
    throw new HotFunctionsError('start-failed', `${spec.routeId} needs ${prepared.programs.join(' or ')}: not found.`, {
      hint: `Install ${program} and have it on the PATH of VS Code, or use the docker engine.`,
    });
  }

  async #spawn(
    prepared: PreparedProcess,
    invocation: Invocation,
    spec: ContainerSpec,
    signal: AbortSignal,
  ): Promise<ProcessContainer> {
    const { platform } = this.#options;
    const options: SpawnOptions = {
      cwd: prepared.folder,
      env: invocation.env,
      // A group of its own, to be ended with all that it starts.
      detached: platform !== 'win32',
      windowsHide: true,
    };
    const { program } = invocation;
    try {
      const pipes = await openStdioPipes();
      const entry = this.#options.groups?.expect(pipes?.childEnds ?? []);
      try {
        if (signal.aborted) {
          throw aborted(spec.routeId);
        }
        const child = spawn(program, prepared.args, { ...options, stdio: pipes ? [...pipes.childEnds] : 'pipe' });
        if (child.pid !== undefined) {
          entry?.started(child.pid);
        }
        const container = await spawned(child, pipes);
        void container.exit.then(() => entry?.ended());
        return container;
      } catch (error) {
        entry?.ended();
        pipes?.stdin.destroy();
        pipes?.stdout.destroy();
        pipes?.stderr.destroy();
        throw error;
      } finally {
        pipes?.childEnds.forEach(closeSync);
      }
    } catch (error) {
      throw await startFailure(error, program, prepared.folder, spec.routeId);
    }
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new HotFunctionsError('closing', 'The process engine is being closed.');
    }
  }
}

/** Settles when the program runs; what it is of use for is watched from before that on. */
function spawned(child: ChildProcess, stdio: FunctionStdio = child as FunctionStdio): Promise<ProcessContainer> {
  return new Promise((resolveSpawned, reject) => {
    const { pid } = child;
    child.on('error', reject);
    if (pid !== undefined) {
      const container = new ProcessContainer(child, pid, stdio);
      child.once('spawn', () => resolveSpawned(container));
    }
  });
}

async function startFailure(error: unknown, program: string, folder: string, routeId: RouteId): Promise<unknown> {
  if (error instanceof HotFunctionsError) {
    return error;
  }
  const words = error instanceof Error ? error.message : String(error);
  const folderExists = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return new HotFunctionsError('start-failed', `${routeId}: ${program} did not start in ${folder}: ${words}.`, {
    // Node blames the program for a folder that does not exist.
    hint: folderExists
      ? `Check that ${program} exists and may be executed, or use the docker engine.`
      : 'The folder does not exist any more.',
    cause: error,
  });
}

function aborted(routeId: RouteId): HotFunctionsError {
  return new HotFunctionsError('aborted', `The start of ${routeId} was cancelled.`);
}

/** Go writes a program anew even if it is the same, so that only its content tells. */
async function hashOf(program: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(program), hash);
  return hash.digest('hex');
}

/** What tells one state of a file from another; for a word of a command that names no file, the word. */
async function fileState(path: string, word: string): Promise<readonly unknown[]> {
  try {
    const file = await stat(path);
    return file.isFile() ? [word, file.size, file.mtimeMs, file.ino] : [word];
  } catch {
    return [word];
  }
}

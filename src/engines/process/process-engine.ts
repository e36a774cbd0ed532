import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type {
  Container,
  ContainerSpec,
  Engine,
  FunctionCommand,
  PreparedFunction,
  PrepareProgress,
  PrepareRequest,
  StartCommand,
} from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { RouteId } from '../../core/route.ts';
import { SharedJobs } from '../shared-jobs.ts';
import { commandOf } from './command.ts';
import { buildGo } from './go-build.ts';
import type { GroupRecord } from './group-record.ts';
import { InjectedFiles } from './injected-files.ts';
import { invocation, type Machine, type Programs } from './invocation.ts';
import { type FunctionStdio, ProcessContainer, type ProcessStart } from './process-container.ts';
import { openStdioPipes } from './stdio-pipes.ts';

/** Of the machine's environment it is chosen here what functions may have. */
export interface ProcessEngineOptions extends Machine {
  /** Where built programs are kept. */
  readonly storageFolder: string;
  /** Each line that a build says. */
  readonly onBuildLog: (routeId: RouteId, line: string) => void;
  /** Told of each group before it is there, so that a sudden end of this process leaves none unknown. */
  readonly groups?: GroupRecord | undefined;
  /** Where files of altered starts are put; by default in the storage. */
  readonly injectedFolder?: string | undefined;
}

/** What `prepare` gives and `start` takes. */
class PreparedProcess implements PreparedFunction {
  readonly identity: string;
  readonly routeId: RouteId;
  readonly folder: string;
  readonly command: Programs;

  constructor(identity: string, { routeId, source }: PrepareRequest, command: Programs) {
    this.identity = identity;
    this.routeId = routeId;
    this.folder = source?.folder ?? '';
    this.command = command;
  }
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
      const identity = JSON.stringify([folder, await hashOf(program)]);
      return new PreparedProcess(identity, request, { programs: [program], args: [] });
    }
    const { programs, args } = command;
    const files = await Promise.all([...programs, ...args].map((word) => fileState(resolve(folder, word), word)));
    return new PreparedProcess(JSON.stringify([folder, files]), request, command);
  }

  async inspect(prepared: PreparedFunction): Promise<FunctionCommand> {
    this.#assertOpen();
    const { folder, routeId, command } = ours(prepared);
    return { ...(await invocation(this.#options, command, {}, routeId)), workingFolder: folder };
  }

  async start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<Container> {
    this.#assertOpen();
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const { folder, command } = ours(prepared);
    const given = await invocation(this.#options, command, spec.env, spec.routeId);
    const container = await this.#launch(folder, given, spec, ended);
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
      return buildGo({ folder, storageFolder, env, platform, onLine, forDebugger: request.debug === true }, signal);
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

  async #launch(
    folder: string,
    given: StartCommand,
    spec: ContainerSpec,
    signal: AbortSignal,
  ): Promise<ProcessContainer> {
    const { alteration } = spec;
    if (alteration === undefined) {
      return await this.#spawn(folder, { ...given, cleanUp: async () => {} }, spec, signal);
    }
    const parent = this.#options.injectedFolder ?? join(this.#options.storageFolder, 'injected');
    const injected = await InjectedFiles.write(parent, alteration.files);
    try {
      const altered = alteration.command(given, injected.folder);
      return await this.#spawn(folder, { ...altered, cleanUp: () => injected.remove() }, spec, signal);
    } catch (error) {
      await injected.remove();
      throw error;
    }
  }

  async #spawn(
    folder: string,
    start: StartCommand & ProcessStart,
    spec: ContainerSpec,
    signal: AbortSignal,
  ): Promise<ProcessContainer> {
    const [program = '', ...args] = start.argv;
    try {
      const pipes = await openStdioPipes();
      const entry = this.#options.groups?.expect(pipes?.childEnds ?? []);
      try {
        if (signal.aborted) {
          throw aborted(spec.routeId);
        }
        const child = spawn(program, args, {
          cwd: folder,
          env: { ...start.env },
          // A group of its own, to be ended with all that it starts.
          detached: this.#options.platform !== 'win32',
          windowsHide: true,
          stdio: pipes ? [...pipes.childEnds] : 'pipe',
        });
        if (child.pid !== undefined) {
          entry?.started(child.pid);
        }
        const container = await spawned(child, start, pipes);
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
      throw await startFailure(error, program, folder, spec.routeId);
    }
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new HotFunctionsError('closing', 'The process engine is being closed.');
    }
  }
}

function ours(prepared: PreparedFunction): PreparedProcess {
  if (!(prepared instanceof PreparedProcess)) {
    throw new TypeError('What another engine has prepared cannot be started as a process.');
  }
  return prepared;
}

/** Settles when the program runs; what it is of use for is watched from before that on. */
function spawned(
  child: ChildProcess,
  start: ProcessStart,
  stdio: FunctionStdio = child as FunctionStdio,
): Promise<ProcessContainer> {
  return new Promise((resolveSpawned, reject) => {
    const { pid } = child;
    child.on('error', reject);
    if (pid !== undefined) {
      const container = new ProcessContainer(child, pid, stdio, start);
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

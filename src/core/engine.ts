import type { Duplex, Readable, Writable } from 'node:stream';
import type { Format, FunctionSource, RouteId } from './route.ts';

export type EngineKind = 'docker' | 'process';

/** What a build or a pull is doing, for people. */
export interface PrepareProgress {
  readonly phase: 'building' | 'pulling';
  readonly message: string;
  /** 0 to 1, where the engine knows. */
  readonly fraction?: number;
}

export interface PrepareRequest {
  readonly routeId: RouteId;
  readonly image: string;
  readonly source?: FunctionSource;
  /** Build even if nothing changed. */
  readonly force?: boolean;
  /** Where the engine compiles by itself: without optimizations, so that a debugger sees every line and variable. */
  readonly debug?: boolean;
}

/** A function that can be started. `identity` changes when the code to be run has changed. */
export interface PreparedFunction {
  readonly identity: string;
}

/** A program with its arguments, and its environment. */
export interface StartCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a prepared function would be started as, before the variables of its route. */
export interface FunctionCommand extends StartCommand {
  /** Absolute, where the function runs. */
  readonly workingFolder: string;
}

export interface InjectedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly executable?: true;
}

/** How a container is started differently, so that a debugger gets at its function. */
export interface StartAlteration {
  /** Put before the start into a folder of their own, which the function can read and nobody else uses. */
  readonly files: readonly InjectedFile[];
  /**
   * What is started instead. `given` is what would have been, with all of its environment.
   *
   * @param folder absolute path of `files` where the function runs
   */
  readonly command: (given: StartCommand, folder: string) => StartCommand;
  /** What the debugger may use beside the function, on top of the route's memory. */
  readonly extraMemoryMiB: number;
}

export interface ContainerSpec {
  /** Unique on the machine, readable in `docker ps`: the container's id everywhere in this system. */
  readonly name: string;
  readonly routeId: RouteId;
  readonly format: Format;
  readonly memoryMiB: number;
  readonly env: Readonly<Record<string, string>>;
  readonly alteration?: StartAlteration;
}

/** How a container ended. `killed` is by us; `lost` means that the engine or the link to it is gone. */
export type ContainerExit =
  | { readonly reason: 'exit'; readonly code: number }
  | { readonly reason: 'out-of-memory'; readonly code: number; readonly certain: boolean }
  | { readonly reason: 'killed' }
  | { readonly reason: 'lost'; readonly detail: string };

/** What a debugger may do with a container beside its stdio. */
export interface ContainerAccess {
  /** Words of the command that runs, as it was started. */
  command(): Promise<readonly string[]>;
  /** Whether there is a file or folder of this absolute path where the function runs. */
  has(path: string): Promise<boolean>;
  /**
   * Connects to a TCP port on the loopback of where the function runs, with no port published. Rejects with
   * `debugger-unreachable` where nobody listens (yet) or the container has ended, and with `debugger-missing` where
   * nothing in the container can carry the bytes, so that asking again is of no use. Ends when the other side does;
   * `close` comes when nothing of the connection is left in the container.
   *
   * @param relays commands that join their stdio to the port, tried first where the engine cannot connect itself; only
   *   for a container without a shell and an interpreter. The first line of one on stdout is `connected`, or `refused`
   *   where nobody listens; then it carries the bytes, ends with the other side, and soon after the end of its stdin
   */
  connect(port: number, relays: readonly (readonly string[])[]): Promise<Duplex>;
  /** Sends a signal to the function's first process. */
  signal(name: 'SIGUSR1'): Promise<void>;
}

/** One running function. Its stdio belongs to one owner, is never shared and never attached to again. */
export interface Container extends ContainerAccess {
  /** What the engine calls it: a Docker id, a process id. For people; `ContainerSpec.name` is the key. */
  readonly engineId: string;
  /** Ending it is end of file for the function. */
  readonly stdin: Writable;
  /** Every byte the function writes from its first one on. Ends before `exit` settles, unless the link is lost. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles once and never rejects. */
  readonly exit: Promise<ContainerExit>;
  /** Asks the function to end (SIGTERM). */
  terminate(): Promise<void>;
  /** Ends it at once and removes what the engine keeps of it. Settles when it is gone; safe to repeat. */
  kill(): Promise<void>;
}

/** What runs functions. Narrow enough for one daemon, several nodes, or none at all. */
export interface Engine {
  readonly kind: EngineKind;
  /** Where it was found, for people: `Docker 20.10.24 at unix:///var/run/docker.sock`. */
  readonly description: string;
  /** What all containers together may have, in MiB; undefined where the engine puts no limit on a container. */
  readonly totalMemoryMiB: number | undefined;
  /**
   * Makes the function startable: builds or pulls what is missing, says why it cannot. Requests for the same thing
   * at the same time share one build and its progress; it is given up when the signals of all of them are aborted.
   */
  prepare(
    request: PrepareRequest,
    report: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<PreparedFunction>;
  /** Rejects with `image-missing` where it is gone. */
  inspect(prepared: PreparedFunction, signal: AbortSignal): Promise<FunctionCommand>;
  start(prepared: PreparedFunction, spec: ContainerSpec, signal: AbortSignal): Promise<Container>;
  /** Kills whatever it still runs. */
  dispose(): Promise<void>;
}

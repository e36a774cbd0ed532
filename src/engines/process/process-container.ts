import type { ChildProcess } from 'node:child_process';
import { access } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerExit } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { connectLocal } from './connect-local.ts';
import { groupGone, signalGroup } from './process-group.ts';

/** Our ends of a function's stdio. */
export interface FunctionStdio {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** What a function was started as, and what is to be done when it has ended. */
export interface ProcessStart {
  readonly argv: readonly string[];
  /** Never rejects. */
  cleanUp(): Promise<void>;
}

/** How long output may stay away after the end of the whole group: whoever left the group then holds it. */
const silentOutputMs = 500;
const lookEveryMs = 100;

/** A function that runs as a group of processes of this machine. Its owner reads both output streams, stdout to its end. */
export class ProcessContainer implements Container {
  readonly engineId: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<ContainerExit>;
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #start: ProcessStart;
  readonly #connections = new Set<Socket>();
  #state: 'running' | 'killing' | 'over' = 'running';

  constructor(child: ChildProcess, pid: number, stdio: FunctionStdio, start: ProcessStart) {
    this.#child = child;
    this.#pid = pid;
    this.#start = start;
    this.engineId = String(pid);
    this.stdin = stdio.stdin;
    this.stdout = stdio.stdout;
    this.stderr = stdio.stderr;
    for (const stream of [this.stdin, this.stdout, this.stderr]) {
      // What a broken pipe means the exit tells; nobody listening must not make it a crash of this process.
      stream.on('error', () => {});
    }
    const ended = new Promise<number>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    this.exit = this.#watch(ended);
  }

  async command(): Promise<readonly string[]> {
    return this.#start.argv;
  }

  async has(path: string): Promise<boolean> {
    return await access(path).then(
      () => true,
      () => false,
    );
  }

  async connect(port: number): Promise<Duplex> {
    const socket = await connectLocal(port);
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    if (this.#state === 'over') {
      socket.destroy();
    }
    return socket;
  }

  /** To the first process alone: it would end most of what that has started. */
  async signal(name: 'SIGUSR1'): Promise<void> {
    if (process.platform === 'win32') {
      throw new HotFunctionsError(
        'debugger-unreachable',
        'Windows cannot tell a running function to begin to listen.',
        {
          hint: 'Restart it for debugging.',
        },
      );
    }
    if (!this.#child.kill(name)) {
      throw new HotFunctionsError('debugger-unreachable', 'The function has ended.');
    }
  }

  async terminate(): Promise<void> {
    if (this.#state === 'running') {
      signalGroup(this.#pid, 'SIGTERM');
    }
  }

  async kill(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'killing';
      signalGroup(this.#pid, 'SIGKILL');
    }
    await this.exit;
    await groupGone(this.#pid);
  }

  async #watch(ended: Promise<number>): Promise<ContainerExit> {
    const code = await ended;
    // As in a container: with its first process all others end. At once, while no other group can have the number.
    signalGroup(this.#pid, 'SIGKILL');
    await Promise.all([this.#outputOver(), this.#start.cleanUp()]);
    const exit: ContainerExit = this.#state === 'killing' ? { reason: 'killed' } : { reason: 'exit', code };
    this.#state = 'over';
    this.stdin.destroy();
    for (const socket of this.#connections) {
      socket.destroy();
    }
    return exit;
  }

  async #outputOver(): Promise<void> {
    const streams = [this.stdout, this.stderr];
    let silentMs = 0;
    let closed = false;
    const allClosed = Promise.all(streams.map(closedOf)).then(() => {
      closed = true;
    });
    while (!closed && silentMs < silentOutputMs) {
      await Promise.race([allClosed, delay(lookEveryMs)]);
      if (this.#state === 'killing') {
        // Who reads has read it by now, and who does not read must not hold up the kill.
        break;
      }
      // A slow reader of the answer may take the time that the call has.
      silentMs = this.stdout.readableLength > 0 ? 0 : silentMs + lookEveryMs;
    }
    if (!closed) {
      for (const stream of streams) {
        endForReader(stream);
      }
      await Promise.race([allClosed, delay(lookEveryMs)]);
    }
  }
}

/** Ends a stream as if its last writer had gone, so that its reader sees an end and not a failure. */
function endForReader(stream: Readable): void {
  if (!stream.destroyed && !stream.readableEnded) {
    stream.once('end', () => stream.destroy());
    stream.push(null);
  }
}

function closedOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) {
      resolve();
    } else {
      stream.once('close', () => resolve());
    }
  });
}

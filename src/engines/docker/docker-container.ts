import type { Socket } from 'node:net';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerExit } from '../../core/engine.ts';
import { DockerAccess } from './container-access.ts';
import type { AcceptedWait, WaitEnd } from './container-wait.ts';
import { Demux } from './demux.ts';
import { answeredStatus } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';

/** A container that was created, attached to and is being waited for, in that order; not yet started. */
export interface OpenedContainer {
  readonly id: string;
  readonly socket: Socket;
  readonly wait: AcceptedWait;
}

const removeLimitMs = 15_000;
const removeAttempts = 3;
const signalLimitMs = 5_000;
const inspectLimitMs = 5_000;
/** How long output may stay away after the end of a killed container. */
const killedOutputGraceMs = 250;
/** How long output may stay away after an exit before the rest of it counts as lost with whoever holds it. */
const silentOutputMs = 3_000;

/** How long the engine may take to say that a killed process had used too much memory. */
const lateReasonMs = 150;

/** Exit code of a process that SIGKILL ended. */
const killedCode = 137;

/**
 * One container of a Docker Engine. Its owner reads both output streams: they come over one connection, so a side
 * that nobody reads holds up the other one and, in the end, the function and its exit.
 */
export class DockerContainer implements Container {
  readonly engineId: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<ContainerExit>;
  /** Settles when the engine keeps nothing of it any more, or cannot be asked to; true if it is known to be gone. */
  readonly gone: Promise<boolean>;
  readonly #requests: EngineRequests;
  readonly #opened: OpenedContainer;
  readonly #demux: Demux;
  readonly #access: DockerAccess;
  readonly #setGone: (gone: boolean) => void;
  #state: 'running' | 'killing' | 'over' = 'running';
  #removing = false;

  constructor(requests: EngineRequests, opened: OpenedContainer) {
    this.#requests = requests;
    this.#opened = opened;
    this.engineId = opened.id;
    this.#demux = new Demux(opened.socket);
    this.#access = new DockerAccess(requests, opened.id);
    // Ending it is end of file for the function; the reading half stays open.
    this.stdin = opened.socket;
    this.stdout = this.#demux.stdout;
    this.stderr = this.#demux.stderr;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.gone = promise;
    this.#setGone = resolve;
    this.exit = this.#watch();
    void Promise.all([this.exit, this.gone]).then(() => this.#access.close('the container has ended'));
  }

  command(): Promise<readonly string[]> {
    return this.#access.command();
  }

  has(path: string): Promise<boolean> {
    return this.#access.has(path);
  }

  connect(port: number, relays: readonly (readonly string[])[]): Promise<Duplex> {
    return this.#access.connect(port, relays);
  }

  signal(name: 'SIGUSR1'): Promise<void> {
    return this.#access.signal(name);
  }

  /** Settles also where the engine cannot be asked: `exit` tells whether it could. */
  async terminate(): Promise<void> {
    if (this.#state !== 'running') {
      return;
    }
    try {
      await this.#requests.limited(signalLimitMs, (abortSignal) =>
        this.#container().kill({ signal: 'SIGTERM', abortSignal }),
      );
    } catch {
      // It has just ended, or the engine is away; both show in `exit`.
    }
  }

  async kill(): Promise<void> {
    if (this.#state === 'running') {
      this.#state = 'killing';
    }
    // Output that nobody takes would hold up the removal.
    this.#demux.discardUnread();
    this.#remove();
    await this.gone;
    await this.exit;
  }

  /** The engine does not answer any more: what is on its way over the connection will not come. */
  lose(detail: string): void {
    this.#opened.socket.destroy(new Error(detail));
    this.#access.close(detail);
  }

  async #watch(): Promise<ContainerExit> {
    const end = await Promise.race([this.#opened.wait.end, this.#linkBroken(), this.#killedAndGone()]);
    const exit = await this.#concluded(end);
    this.#state = 'over';
    this.#opened.wait.stop();
    this.#opened.socket.destroy();
    this.#remove();
    return exit;
  }

  async #concluded(end: WaitEnd | { kind: 'removed' }): Promise<ContainerExit> {
    if (end.kind === 'broken') {
      // The engine may end the connections of a container that it is removing before it says that it has.
      return this.#state === 'killing' && (await this.gone)
        ? { reason: 'killed' }
        : { reason: 'lost', detail: end.detail };
    }
    await this.#outputOver();
    if (this.#state === 'killing' || end.kind === 'removed') {
      return { reason: 'killed' };
    }
    if (end.code === 0) {
      return { reason: 'exit', code: 0 };
    }
    switch (await this.#outOfMemory(end.code)) {
      case 'yes':
        return { reason: 'out-of-memory', code: end.code, certain: true };
      case 'no':
        return end.code === killedCode
          ? { reason: 'out-of-memory', code: end.code, certain: false }
          : { reason: 'exit', code: end.code };
      case 'nobody knows':
        // An engine that shuts down kills its containers before it goes.
        return end.code === killedCode
          ? { reason: 'lost', detail: 'the engine went away' }
          : { reason: 'exit', code: end.code };
    }
  }

  /** Settles only if the attach connection fails; its regular end may be a function that closed its output. */
  #linkBroken(): Promise<WaitEnd> {
    return new Promise((resolve) => {
      void this.#demux.ended.then((end) => {
        if (end.kind === 'broken') {
          resolve(end);
        }
      });
    });
  }

  /** Settles only after a kill of ours, for an engine that forgets to answer the wait. */
  async #killedAndGone(): Promise<WaitEnd | { kind: 'removed' }> {
    const gone = await this.gone;
    await delay(killedOutputGraceMs);
    return gone ? { kind: 'removed' } : { kind: 'broken', detail: 'the engine could not be told to remove it' };
  }

  /** The last bytes can come after the news of the exit, and stdout must have ended for its reader before `exit`. */
  async #outputOver(): Promise<void> {
    const { stdout } = this;
    const { promise: cut, resolve } = Promise.withResolvers<void>();
    let silentSince = Date.now();
    const timer = setInterval(() => {
      if (stdout.readableLength > 0) {
        // Not silence but a slow reader, who may take the time that the call has. A kill ends its waiting.
        silentSince = Date.now();
      }
      if (Date.now() - silentSince > silentOutputMs) {
        resolve();
      }
    }, killedOutputGraceMs);
    const closed = stdout.closed || new Promise((resolveClosed) => stdout.once('close', resolveClosed));
    await Promise.race([Promise.all([this.#demux.ended, closed]), this.#killedAndGone(), cut]);
    clearInterval(timer);
    this.#demux.finish();
  }

  /** To be asked before the removal. */
  async #outOfMemory(code: number): Promise<'yes' | 'no' | 'nobody knows'> {
    const look = async (): Promise<boolean> => {
      const { State } = await this.#requests.limited(inspectLimitMs, (abortSignal) =>
        this.#container().inspect({ abortSignal }),
      );
      return State.OOMKilled;
    };
    try {
      if (await look()) {
        return 'yes';
      }
      if (code !== killedCode) {
        return 'no';
      }
      // The engine hears of the exit and of its reason one after the other, in either order.
      await delay(lateReasonMs);
      return (await look()) ? 'yes' : 'no';
    } catch {
      return 'nobody knows';
    }
  }

  #remove(): void {
    if (!this.#removing) {
      this.#removing = true;
      void removeContainer(this.#requests, this.engineId).then(this.#setGone);
    }
  }

  #container() {
    return this.#requests.docker.getContainer(this.engineId);
  }
}

/** Kills and removes a container with its anonymous volumes. False if the engine could not be asked or refused. */
export async function removeContainer(requests: EngineRequests, id: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await requests.limited(removeLimitMs, (abortSignal) =>
        requests.docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
      );
      return true;
    } catch (error) {
      const status = answeredStatus(error);
      if (status === 404 || status === 409) {
        // Gone already, or somebody else is removing it.
        return true;
      }
      if (status === undefined || attempt === removeAttempts) {
        return false;
      }
      // "device or resource busy" and its like pass by themselves.
      await delay(100 * attempt);
    }
  }
}

import type { Duplex } from 'node:stream';
import type { ContainerAccess } from '../../core/engine.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import { Demux } from './demux.ts';
import { dial } from './dial.ts';
import { answeredStatus, engineWords } from './engine-request-errors.ts';
import type { EngineRequests } from './engine-requests.ts';
import { startExec } from './exec.ts';
import { killCommand, readRelayAnswer, relayEnvironment, shellRelay } from './relay.ts';
import { endRelay, type RunningRelay, Tunnel } from './tunnel.ts';

const askLimitMs = 5_000;
/** Of one relay, from the request for it to what it says. An engine on a loaded machine takes its time. */
const relayLimitMs = 15_000;

/** A debugger's way into a running container, through the engine alone: no port is published and no network needed. */
export class DockerAccess implements ContainerAccess {
  readonly #requests: EngineRequests;
  readonly #id: string;
  readonly #tunnels = new Set<Tunnel>();
  /** Programs that cannot relay in this container. */
  readonly #unable = new Set<string>();

  constructor(requests: EngineRequests, id: string) {
    this.#requests = requests;
    this.#id = id;
  }

  async command(): Promise<readonly string[]> {
    const { Path, Args } = await this.#ask((abortSignal) =>
      this.#requests.docker.getContainer(this.#id).inspect({ abortSignal }),
    );
    return [Path, ...Args];
  }

  async has(path: string): Promise<boolean> {
    try {
      await this.#ask((abortSignal) =>
        dial(this.#requests.docker, {
          path: `/containers/${this.#id}/archive?`,
          method: 'HEAD',
          options: { path },
          abortSignal,
          statusCodes: { 200: true, 400: 'bad parameter', 404: 'no such file', 500: 'server error' },
        }),
      );
      return true;
    } catch (error) {
      if (answeredStatus(error) === 404) {
        return false;
      }
      throw error;
    }
  }

  async signal(name: 'SIGUSR1'): Promise<void> {
    await this.#ask((abortSignal) =>
      this.#requests.docker.getContainer(this.#id).kill({ signal: name, abortSignal }),
    ).catch((error: unknown) => {
      throw hasEnded(error) ? unreachable('The container has ended', error) : error;
    });
  }

  /** A shell goes first: what it finds takes less of the function's memory than an interpreter. */
  async connect(port: number, relays: readonly (readonly string[])[]): Promise<Duplex> {
    const candidates = [shellRelay(port), ...relays].filter(([program = '']) => !this.#unable.has(program));
    const reasons: string[] = [];
    for (const argv of candidates) {
      const attempt = await this.#attempt(argv, port);
      if (attempt instanceof Tunnel) {
        return attempt;
      }
      const [program = ''] = argv;
      this.#unable.add(program);
      reasons.push(`${program}: ${attempt}`);
    }
    // A program that failed for want of memory may be able another time.
    this.#unable.clear();
    throw new HotFunctionsError(
      'debugger-missing',
      `Nothing in the container can carry a debugger's bytes to port ${port}. ${reasons.join(' ')}`.trim(),
      { hint: 'Use a base image with a shell and perl, bash or the nc of BusyBox while debugging.' },
    );
  }

  /** Cuts what is still open; for a container that is gone or out of reach. */
  close(detail: string): void {
    for (const tunnel of this.#tunnels) {
      tunnel.cut(detail);
    }
  }

  /** Settles with why not where the relay cannot be used. Throws `debugger-unreachable`. */
  async #attempt(argv: readonly string[], port: number): Promise<Tunnel | string> {
    try {
      return await this.#requests.limited(relayLimitMs, async (abortSignal) => {
        const relay = await this.#startRelay(argv, abortSignal);
        const giveUp = (): void => void endRelay(relay);
        abortSignal.addEventListener('abort', giveUp);
        const answer = await readRelayAnswer(relay.demux.stdout);
        abortSignal.removeEventListener('abort', giveUp);
        if (answer.kind === 'connected' && !abortSignal.aborted) {
          const { pid } = answer;
          return this.#keep(new Tunnel({ ...relay, kill: () => this.#kill(pid) }));
        }
        giveUp();
        if (answer.kind === 'refused') {
          throw unreachable(`Nobody listens on port ${port} in the container`);
        }
        return answer.kind === 'unable' ? answer.words : 'connected too late';
      });
    } catch (error) {
      if (hasEnded(error)) {
        throw unreachable('The container has ended', error);
      }
      if (answeredStatus(error) !== undefined) {
        return engineWords(error);
      }
      throw error;
    }
  }

  async #startRelay(argv: readonly string[], signal: AbortSignal): Promise<RunningRelay> {
    const socket = await startExec(this.#requests.docker, this.#id, argv, relayEnvironment, signal);
    const demux = new Demux(socket);
    demux.stderr.resume();
    return { socket, demux, kill: async () => {} };
  }

  async #kill(pid: string | undefined): Promise<void> {
    if (pid === undefined) {
      return;
    }
    try {
      await this.#requests.limited(askLimitMs, async (abortSignal) => {
        const { socket, demux } = await this.#startRelay(killCommand(pid), abortSignal);
        demux.stdout.resume();
        abortSignal.addEventListener('abort', () => socket.destroy());
        await demux.ended;
      });
    } catch {
      // The container has ended, or the engine is away: then the relay is not ours to end any more.
    }
  }

  #keep(tunnel: Tunnel): Tunnel {
    this.#tunnels.add(tunnel);
    tunnel.once('close', () => this.#tunnels.delete(tunnel));
    return tunnel;
  }

  #ask<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#requests.limited(askLimitMs, run);
  }
}

/** The engine's answer for a container that is gone, stopped or paused. */
function hasEnded(error: unknown): boolean {
  const status = answeredStatus(error);
  return status === 404 || status === 409;
}

function unreachable(what: string, cause?: unknown): HotFunctionsError {
  return new HotFunctionsError('debugger-unreachable', `${what}.`, { cause });
}

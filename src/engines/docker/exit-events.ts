import { IncomingMessage } from 'node:http';
import type { AcceptedWait, WaitEnd } from './container-wait.ts';
import { type ContainerOwner, containerLabels } from './create-body.ts';
import { dial } from './dial.ts';
import type { EngineRequests } from './engine-requests.ts';
import { jsonField } from './json-field.ts';
import { jsonLines } from './json-lines.ts';

/**
 * Hears of containers that have ended well, which may be sooner than from their waits: these are answered when the engine
 * has cleaned up behind the container, its network included. Engines such as 20.10 tell of the exit before that, which
 * makes a cold call a fifth shorter; newer ones at the same time. Nothing relies on it: what is missed here the wait
 * tells, and of any exit code but 0 the reason is known only then.
 */
export class ExitEvents {
  readonly #requests: EngineRequests;
  readonly #filters: string;
  readonly #ended = new Map<string, () => void>();
  #listening: AbortController | undefined;

  constructor(requests: EngineRequests, { installation, window }: ContainerOwner) {
    this.#requests = requests;
    const label = [`${containerLabels.installation}=${installation}`, `${containerLabels.window}=${window}`];
    this.#filters = JSON.stringify({ type: ['container'], event: ['die'], label });
  }

  /** The same wait, whose end is known sooner where the container exits with 0. */
  hasten(containerId: string, wait: AcceptedWait): AcceptedWait {
    const { promise: ended, resolve } = Promise.withResolvers<WaitEnd>();
    this.#ended.set(containerId, () => resolve({ kind: 'exited', code: 0 }));
    this.#listen();
    return {
      end: Promise.race([wait.end, ended]),
      stop: () => {
        wait.stop();
        this.#ended.delete(containerId);
        if (this.#ended.size === 0) {
          this.#listening?.abort();
          this.#listening = undefined;
        }
      },
    };
  }

  #listen(): void {
    if (this.#listening === undefined) {
      const listening = new AbortController();
      this.#listening = listening;
      this.#hear(listening.signal).then(
        () => this.#heard(listening),
        () => this.#heard(listening),
      );
    }
  }

  /** Ends where the engine ends it; the next container has it asked again. */
  async #hear(signal: AbortSignal): Promise<void> {
    await this.#requests.unlimited(signal, async (abortSignal) => {
      const response = await dial(this.#requests.docker, {
        path: '/events?',
        method: 'GET',
        isStream: true,
        options: { filters: this.#filters },
        abortSignal,
        statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error' },
      });
      if (response instanceof IncomingMessage) {
        for await (const event of jsonLines(response)) {
          this.#tell(event);
        }
      }
    });
  }

  #heard(listening: AbortController): void {
    if (this.#listening === listening) {
      this.#listening = undefined;
    }
  }

  #tell(event: unknown): void {
    const id = jsonField(event, 'Actor', 'ID');
    if (typeof id === 'string' && jsonField(event, 'Actor', 'Attributes', 'exitCode') === '0') {
      this.#ended.get(id)?.();
    }
  }
}

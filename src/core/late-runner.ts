import type { CallRequest, CallResult } from './call.ts';
import { HotFunctionsError } from './errors.ts';
import { Lazy } from './lazy.ts';
import type { ContainerSnapshot } from './pool/container-snapshot.ts';
import type { Route, RouteId } from './route.ts';
import type { Runner } from './runner.ts';
import { RunnerEmitters } from './runner-emitters.ts';
import type { InvokeOptions } from './runner-options.ts';

/**
 * A runner whose code is loaded behind the start of a window, of which it would be half. It can be followed at once and
 * called at once: a call that comes too early waits for the code.
 */
export class LateRunner {
  readonly #emitters = new RunnerEmitters();
  readonly #runner: Lazy<Runner>;
  #loaded: Runner | undefined;
  #closed = false;
  readonly onDidStartCall = this.#emitters.didStartCall.event;
  readonly onDidFinishCall = this.#emitters.didFinishCall.event;
  readonly onDidChangeContainers = this.#emitters.didChangeContainers.event;
  readonly onWire = this.#emitters.wire.event;
  readonly onStderr = this.#emitters.stderr.event;
  readonly onDidHoldClocks = this.#emitters.didHoldClocks.event;

  /** @param load makes the runner, which tells by these emitters */
  constructor(load: (emitters: RunnerEmitters) => Promise<Runner>) {
    this.#runner = new Lazy(async () => {
      this.#loaded = await load(this.#emitters);
      return this.#loaded;
    });
  }

  /** The runner itself. A failure to load it is tried again with the next question. */
  get(): Promise<Runner> {
    if (this.#closed && this.#loaded === undefined) {
      return Promise.reject(new HotFunctionsError('closing', 'Hot Functions is closing.'));
    }
    return this.#runner.get();
  }

  /** The runner itself; undefined until it is there, by when nothing has run. */
  get loaded(): Runner | undefined {
    return this.#loaded;
  }

  invoke(route: Route, request: CallRequest, options?: InvokeOptions): Promise<CallResult> {
    return this.#loaded === undefined
      ? this.get().then((runner) => runner.invoke(route, request, options))
      : this.#loaded.invoke(route, request, options);
  }

  containers(): readonly ContainerSnapshot[] {
    return this.#loaded?.containers() ?? [];
  }

  async stopContainers(routeId?: RouteId): Promise<void> {
    await this.#loaded?.stopContainers(routeId);
  }

  /**
   * Takes no more calls and closes the runner, for which it waits if it is being loaded: calls that wait as well came
   * before, begin, and end as all others do.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const runner = await this.#runner.made?.catch(() => undefined);
    await runner?.close();
  }
}

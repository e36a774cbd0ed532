/** What a process holds on to that the size of its heap does not tell. */
import { readdirSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** Of the whole process, after a collection. */
export interface Holdings {
  readonly descriptors: number;
  /** Not yet run and not cleared, whether they keep the process alive or not. */
  readonly timers: number;
  /** Sockets, servers, processes, requests: what keeps the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** On all emitters that there are. */
  readonly listeners: number;
  /** On all abort signals that there are. */
  readonly abortListeners: number;
}

/** Asks the engine of this process itself, which finds every living object: nothing has to be handed to it. */
export class HoldingsOfProcess {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
  }

  async count(): Promise<Holdings> {
    const resources: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) {
      resources[kind] = (resources[kind] ?? 0) + 1;
    }
    return {
      descriptors: readdirSync('/proc/self/fd').length,
      timers: await this.#sum(timerPrototype, '(timer) => timer._destroyed ? 0 : 1'),
      resources,
      listeners: await this.#listenersOfEmitters(),
      abortListeners: await this.#listenersOfSignals(),
    };
  }

  close(): void {
    this.#session.disconnect();
  }

  #listenersOfEmitters(): Promise<number> {
    const ofOne = 'emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)';
    // A prototype is an emitter too, and has not been made one.
    return this.#sum(`${events}.prototype`, `(emitter) => Object.hasOwn(emitter, "_events") ? ${ofOne} : 0`);
  }

  #listenersOfSignals(): Promise<number> {
    return this.#sum('AbortSignal.prototype', `(signal) => ${events}.getEventListeners(signal, "abort").length`);
  }

  /** Of all living objects that have this prototype. */
  async #sum(prototype: string, worth: string): Promise<number> {
    const { result } = await this.#session.post('Runtime.evaluate', { expression: prototype });
    const { objects } = await this.#session.post('Runtime.queryObjects', { prototypeObjectId: result.objectId ?? '' });
    const objectId = objects.objectId ?? '';
    const sum = await this.#session.post('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: `function () { return this.reduce((sum, object) => sum + (${worth})(object), 0); }`,
      returnByValue: true,
    });
    // The list keeps all of them alive.
    await this.#session.post('Runtime.releaseObject', { objectId });
    return sum.result.value;
  }
}

const events = 'process.getBuiltinModule("node:events")';
const timerPrototype =
  '(() => { const timer = setTimeout(() => {}); clearTimeout(timer); return Object.getPrototypeOf(timer); })()';

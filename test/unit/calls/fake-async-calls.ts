import type { CallRequest } from '../../../src/core/call.ts';
import type { AsyncCallStore, AsyncEnd, ClaimedCall, GivenBack } from '../../../src/core/calls/async-call-store.ts';
import { HotFunctionsError } from '../../../src/core/errors.ts';

interface Kept {
  readonly callId: string;
  readonly routeId: string;
  readonly request: CallRequest;
  state: 'queued' | 'running' | AsyncEnd['state'];
  attempts: number;
  retries: number;
  interruptions: number;
  notBefore: number;
}

/** Calls in memory, in order of arrival, of one window; what other windows do is done to it by the test. */
export class FakeAsyncCalls implements AsyncCallStore {
  readonly calls: Kept[] = [];
  /** What it was told of the calls it had given out, in order. */
  readonly told: string[] = [];
  readonly ends = new Map<string, AsyncEnd>();
  readonly markedCalls: string[] = [];
  /** How often it refuses to be told. */
  refusals = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async add({ callId, routeId, request }: Parameters<AsyncCallStore['add']>[0]): Promise<void> {
    const counts = { attempts: 0, retries: 0, interruptions: 0, notBefore: 0 };
    this.calls.push({ callId, routeId, request, state: 'queued', ...counts });
  }

  async anyLeft(): Promise<boolean> {
    return this.calls.some(({ state }) => state === 'queued' || state === 'running');
  }

  async recover(): Promise<readonly []> {
    return [];
  }

  async waiting(): ReturnType<AsyncCallStore['waiting']> {
    const firsts = new Map<string, { routeId: string; notBefore: number }>();
    for (const { routeId, notBefore } of this.calls.filter(({ state }) => state === 'queued')) {
      firsts.set(routeId, firsts.get(routeId) ?? { routeId, notBefore });
    }
    return [...firsts.values()];
  }

  async claim(routeId: string, limit: number): Promise<ClaimedCall | undefined> {
    const ofRoute = this.calls.filter((call) => call.routeId === routeId);
    const first = ofRoute.find(({ state }) => state === 'queued');
    const running = ofRoute.filter(({ state }) => state === 'running').length;
    if (first === undefined || first.notBefore > this.#now() || running >= limit) {
      return undefined;
    }
    first.state = 'running';
    first.attempts += 1;
    const { callId, attempts, retries, interruptions } = first;
    return { callId, routeId, attempts, retries, interruptions };
  }

  async open(callId: string): ReturnType<AsyncCallStore['open']> {
    const call = this.#find(callId);
    if (call === undefined) {
      throw new HotFunctionsError('invalid-request', 'It is gone.');
    }
    return { request: call.request, dispose: async () => {} };
  }

  async finish(callId: string, end: AsyncEnd): Promise<boolean> {
    this.#refuse();
    const call = this.#find(callId);
    if (call?.state !== 'running') {
      return false;
    }
    call.state = end.state;
    this.ends.set(callId, end);
    this.told.push(`${callId} ${end.state}${end.state === 'failed' ? ` ${end.error.code}` : ''}`);
    return true;
  }

  async giveBack(callId: string, { begun, as, notBefore, error }: GivenBack): Promise<boolean> {
    this.#refuse();
    const call = this.#find(callId);
    if (call?.state !== 'running') {
      return false;
    }
    call.state = 'queued';
    call.notBefore = notBefore;
    call.attempts -= begun ? 0 : 1;
    call.retries += as === 'retry' ? 1 : 0;
    call.interruptions += as === 'interruption' ? 1 : 0;
    const wait = notBefore === 0 ? '' : ` for ${notBefore - this.#now()} ms`;
    this.told.push(`${callId} ${begun ? 'begun' : 'not begun'}, ${as}${wait}: ${error?.code ?? 'no error'}`);
    return true;
  }

  async hurry(): Promise<void> {
    for (const call of this.calls) {
      call.notBefore = 0;
    }
  }

  async cancel(callId: string): Promise<boolean> {
    const call = this.#find(callId);
    if (call?.state === 'queued') {
      call.state = 'cancelled';
      return true;
    }
    return false;
  }

  async cancelWaiting(routeId?: string): Promise<number> {
    const meant = this.calls.filter((one) => one.state === 'queued' && (routeId ?? one.routeId) === one.routeId);
    for (const call of meant) {
      call.state = 'cancelled';
    }
    return meant.length;
  }

  async marked(): Promise<readonly string[]> {
    return this.markedCalls;
  }

  #find(callId: string): Kept | undefined {
    return this.calls.find((call) => call.callId === callId);
  }

  #refuse(): void {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new Error('The database is locked.');
    }
  }
}

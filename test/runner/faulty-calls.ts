import fc from 'fast-check';
import type { CallOutcome, CallResult } from '../../src/core/call.ts';
import { HotFunctionsError } from '../../src/core/errors.ts';
import type { Route } from '../../src/core/route.ts';
import type { RunnerUnderTest } from './runner-under-test.ts';

/** What may go wrong with a call, and what the function is told to do for that. */
const orders = {
  exit: 'exit',
  print: 'print',
  'no length': 'no length',
  short: 'short',
  twice: 'twice',
  late: 'late',
  last: 'last',
  memory: 'memory',
  timeout: 'hang until the timeout',
  cancel: 'id',
  'struck while idle': 'id',
  'struck before its answer': 'hang until it is struck',
  'struck within its answer': 'half',
  'struck after its answer': 'id',
} as const;
export type Fault = keyof typeof orders;

/** How many calls are under way at a time. */
const atOnce = 8;

/** @param withMemory whether what a function may use has a limit other than what the machine has */
export function possibleFaults(withMemory: boolean): readonly Fault[] {
  return (Object.keys(orders) as Fault[]).filter((fault) => withMemory || fault !== 'memory');
}

/** Of so many calls the fault that each has, if any: one in a hundred has one. */
export function faultsAtRandom(
  calls: number,
  possible: readonly Fault[],
  seed: number,
): readonly (Fault | undefined)[] {
  const fault = fc.oneof(
    { weight: 99, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...possible) },
  );
  return fc.sample(fault, { numRuns: calls, seed });
}

interface Ended {
  readonly fault: Fault | undefined;
  /** Unknown of a call that was rejected. */
  readonly callId?: string;
  /** That served it. */
  readonly engineId?: string;
  /** The status and the text of an answer, or the code of a failure. */
  readonly outcome: string;
  /** Whether whoever follows the calls was told the same. */
  readonly toldSo: boolean;
}

/** Calls of one route, some of which go wrong, and how each has ended. */
export class FaultyCalls {
  readonly #bed: RunnerUnderTest;
  readonly #route: Route;
  readonly #signal: AbortSignal;
  readonly #ended: Ended[] = [];
  /** Containers that a fault may have made unfit only after its own call: one more call may notice. */
  readonly #spoiled = new Set<string>();

  /** @param signal of a caller who makes them all; it is not aborted */
  constructor(bed: RunnerUnderTest, route: Route, signal: AbortSignal) {
    this.#bed = bed;
    this.#route = route;
    this.#signal = signal;
  }

  /** Makes a call for each entry, with the fault that it names. */
  async make(plan: readonly (Fault | undefined)[]): Promise<void> {
    const following = this.#bed.runner.onWire((event) => {
      const until = { stdin: orders['struck before its answer'], stdout: 'half ' };
      if (event.kind === 'bytes' && Buffer.from(event.bytes).toString('latin1').endsWith(until[event.direction])) {
        void this.#strike(({ name }) => name === event.exchange.container);
      }
    });
    const left = plan.values();
    const oneByOne = async (): Promise<void> => {
      for (const fault of left) {
        this.#ended.push({ fault, ...(await this.#call(fault)) });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, oneByOne));
    following.dispose();
  }

  /** How many calls have ended in which way. */
  get outcomes(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { fault, callId, outcome } of this.#ended) {
      const how = `${fault ?? 'no fault'}: ${outcome === `200 ${callId}` ? 'its own answer' : outcome}`;
      counts[how] = (counts[how] ?? 0) + 1;
    }
    return counts;
  }

  /** Those whose end is not their own. */
  get astray(): readonly Ended[] {
    return this.#ended.filter((call) => !call.toldSo || !this.#isItsOwn(call));
  }

  #isItsOwn({ fault, callId, engineId, outcome }: Ended): boolean {
    const { before, within } = this.#bed.real.struck;
    const ownAnswer = `200 ${callId}`;
    const own: Readonly<Record<Fault, readonly string[]>> = {
      exit: ['function-exited'],
      print: ['stray-output'],
      'no length': ['missing-content-length'],
      short: ['short-body'],
      twice: ['200 one'],
      late: ['200 on time'],
      last: ['200 the last one'],
      memory: ['out-of-memory'],
      timeout: ['timeout'],
      cancel: ['aborted', ownAnswer],
      'struck while idle': [ownAnswer],
      'struck before its answer': [before],
      'struck within its answer': [within],
      'struck after its answer': [ownAnswer],
    };
    const noticed = [before, within, 'function-exited', 'stray-output'];
    return (
      (fault === undefined ? [ownAnswer] : own[fault]).includes(outcome) ||
      (engineId !== undefined && this.#spoiled.has(engineId) && noticed.includes(outcome))
    );
  }

  async #call(fault: Fault | undefined): Promise<Omit<Ended, 'fault'>> {
    if (fault === 'struck while idle') {
      void this.#strike(({ state }) => state.kind === 'idle');
    }
    // Text that is not saved and differs in its clocks only is called in the same containers.
    const route = fault === 'timeout' ? { ...this.#route, timeoutMs: 300 } : this.#route;
    const controller = new AbortController();
    const signal = fault === 'cancel' ? controller.signal : this.#signal;
    const body = fault === undefined ? 'id' : orders[fault];
    const invoking = this.#bed.runner.invoke(route, { body }, { signal });
    if (fault === 'cancel') {
      setImmediate(() => controller.abort());
    }
    try {
      return await this.#end(await invoking, fault);
    } catch (error) {
      return { outcome: codeOf(error), toldSo: true };
    }
  }

  async #end(result: CallResult, fault: Fault | undefined): Promise<Omit<Ended, 'fault'>> {
    const { callId, servedBy, body, finished } = result;
    const outcome =
      result.error?.code ??
      (await body.collect(1000).then(
        ({ bytes }) => `${result.status} ${Buffer.from(bytes)}`,
        (error: unknown) => codeOf(error),
      ));
    if (servedBy !== undefined) {
      if (fault === 'twice' || fault === 'late' || fault === 'last') {
        this.#spoiled.add(servedBy.engineId);
      }
      if (fault === 'struck after its answer') {
        void this.#strike(({ name }) => name === servedBy.name);
      }
    }
    const toldSo = outcome.startsWith(beginningOf((await finished).outcome));
    return { callId, outcome, toldSo, ...(servedBy === undefined ? {} : { engineId: servedBy.engineId }) };
  }

  async #strike(isTheOne: Parameters<ReturnType<RunnerUnderTest['runner']['containers']>['find']>[0]): Promise<void> {
    const engineId = this.#bed.runner.containers().find(isTheOne)?.engineId;
    if (engineId !== undefined) {
      this.#spoiled.add(engineId);
      await this.#bed.real.strike(engineId);
    }
  }
}

function beginningOf(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `${outcome.status} `;
    case 'failed':
      return outcome.error.code;
    case 'aborted':
      return 'aborted';
    default:
      return outcome satisfies never;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof HotFunctionsError)) {
    throw error;
  }
  return error.code;
}

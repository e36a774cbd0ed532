import { tmpdir } from 'node:os';
import type { CallRequest, CallResult, CallSummary } from '../../../src/core/call.ts';
// Loaded with the first cold call otherwise: from the disk, in no fake time.
import '../../../src/core/cold-calls.ts';
import type { ContainerSnapshot } from '../../../src/core/pool/container-snapshot.ts';
import type { Route } from '../../../src/core/route.ts';
import { Runner } from '../../../src/core/runner.ts';
import type { RunnerEmitters } from '../../../src/core/runner-emitters.ts';
import type { InvokeOptions, RunnerOptions } from '../../../src/core/runner-options.ts';
import type { WireEvent } from '../../../src/core/wire/recording.ts';
import { fileSpool } from '../../../src/store/file-spool.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeEngine } from './fake-engine.ts';

/** A runner on fake time and a fake engine, and what it told. Calls are `c1`, `c2`, … */
export class RunnerBed {
  readonly clock = new FakeClock();
  engine = new FakeEngine();
  /** Why nothing may run. */
  refusal: Error | undefined;
  readonly runner: Runner;
  readonly finished: CallSummary[] = [];
  readonly changes: ContainerSnapshot[] = [];
  readonly wire: WireEvent[] = [];
  #calls = 0;

  /**
   * @param memoryBudgetMiB what all containers may use together; not counted if absent
   * @param emitters what it is to tell by; its own if absent
   */
  constructor(saved: readonly Route[] = [], memoryBudgetMiB?: number, emitters?: RunnerEmitters) {
    const options: RunnerOptions = {
      clock: this.clock,
      engine: () => this.engine,
      admit: () => {
        if (this.refusal !== undefined) {
          throw this.refusal;
        }
      },
      spool: fileSpool({ folder: tmpdir(), maxBytes: 64 * 1024 * 1024 }),
      newCallId: () => {
        this.#calls += 1;
        return `c${this.#calls}`;
      },
      memoryBudgetMiB: () => memoryBudgetMiB,
      containerPrefix: 'hf',
    };
    this.runner = new Runner(options, emitters);
    this.runner.setRoutes(saved);
    this.runner.onDidFinishCall((summary) => this.finished.push(summary));
    this.runner.onDidChangeContainers((snapshot) => this.changes.push(snapshot));
    this.runner.onWire((event) => this.wire.push(event));
  }

  /** Begins a call and collects its answer as text, or the code it failed or was refused with. */
  call(route: Route, request: CallRequest = {}, options: InvokeOptions = {}): Promise<string> {
    return outcomeOf(this.runner.invoke(route, request, options));
  }

  states(): readonly string[] {
    return this.runner.containers().map(({ state }) => state.kind);
  }
}

/** The answer of a call as text, or the code it failed or was refused with. */
export async function outcomeOf(call: Promise<CallResult>): Promise<string> {
  try {
    return await outcomeText(await call);
  } catch (error) {
    return `rejected: ${codeOf(error)}`;
  }
}

async function outcomeText(result: CallResult): Promise<string> {
  if (result.error !== undefined) {
    return `${result.status} ${result.error.code}`;
  }
  try {
    const { bytes } = await result.body.collect(1024 * 1024);
    return `${result.status} ${Buffer.from(bytes).toString()}`;
  } catch (error) {
    return `${result.status}, then ${codeOf(error)}`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
